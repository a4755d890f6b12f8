"""Every query of activities."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, union_all, update
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.bulk import among
from services.activities import domain, unions
from services.activities.domain import Ref
from services.activities.models import Activity, NamedRecord

Values = dict[str, Any]


def activity_by_id(session: Session, *, id: str, deleted: bool = False, locked: bool = False) -> Activity | None:
    """An activity, or one in the recycle bin."""
    there = Activity.deleted_at.is_not(None) if deleted else Activity.deleted_at.is_(None)
    query = select(Activity).where(Activity.id == id, there)
    return session.scalars(query.with_for_update(of=Activity) if locked else query).one_or_none()


def activities_by_ids(session: Session, *, ids: Iterable[str]) -> list[Activity]:
    """The activities that there are of these and that are not in the recycle bin, as they are now."""
    wanted = select(Activity).where(among(session, Activity.id, ids), Activity.deleted_at.is_(None))
    return list(session.scalars(wanted.order_by(Activity.id), execution_options={"populate_existing": True}))


def name_records(row: Activity, *, role: str, refs: Sequence[Ref], steps: Mapping[str, Ref]) -> bool:
    """Let an activity name these records in a role; whether that changes anything.

    What it names already stays as it was named, so that an un-merge can be followed.
    """
    mine = [one for one in row.named if one.role == role]
    present = {one: domain.followed((one.record_kind, one.record_id), steps) for one in mine}
    wanted = domain.present(refs, steps)
    if wanted == list(dict.fromkeys(present.values())):
        return False
    for one in mine:
        if present[one] not in wanted:
            row.named.remove(one)
    new = [ref for ref in refs if domain.followed(ref, steps) not in present.values()]
    for kind, id in new:
        added = NamedRecord(role=role, record_kind=kind, record_id=id)
        present[added] = domain.followed((kind, id), steps)
        row.named.append(added)
    for one in present.keys() & set(row.named):
        one.place = wanted.index(present[one])
    return True


def matching(
    session: Session,
    *,
    record: Ref | None = None,
    owner_id: str | None = None,
    people: Sequence[str] | None = None,
    kind: str | None = None,
    state: str | None = None,
    mail_message_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    overdue_at: datetime | None = None,
    deleted: bool = False,
) -> list[ColumnElement[bool]]:
    """The conditions of a list.

    ``people``: who is in charge or takes part. ``state``: also ``past``, done or cancelled. ``overdue_at``: the present
    moment.
    """
    found: list[ColumnElement[bool]] = [Activity.deleted_at.is_not(None) if deleted else Activity.deleted_at.is_(None)]
    if record:
        found.append(_names(session, record))
    if people is not None:
        found.append(Activity.id.in_(_of(session, people)))
    if state:
        found.append(Activity.state != domain.OPEN if state == "past" else Activity.state == state)
    if since:
        found += [Activity.until_at >= since, Activity.from_at < domain.NEVER]
    if until:
        found.append(Activity.from_at < until)
    if overdue_at:
        # What is over has begun: the index is by that.
        found += [Activity.state == domain.OPEN, Activity.until_at < overdue_at, Activity.from_at < overdue_at]
    equal = {Activity.owner_id: owner_id, Activity.kind: kind, Activity.mail_message_id: mail_message_id}
    return found + [column == value for column, value in equal.items() if value is not None]


def _names(session: Session, record: Ref) -> ColumnElement[bool]:
    names = unions.names_of(session, record=record)
    mine = (NamedRecord.activity_id == Activity.id, among(session, NamedRecord.record_id, names))
    return exists().where(*mine)


def page(
    session: Session,
    *,
    conditions: Sequence[ColumnElement[bool]],
    soonest_first: bool,
    limit: int | None,
    cursor: str | None,
) -> tuple[list[Activity], str | None]:
    """One page of activities in the order of their time, the latest first unless wanted otherwise."""
    order = [column if soonest_first else column.desc() for column in (Activity.from_at, Activity.id)]
    wanted = select(Activity).where(*conditions).order_by(*order)
    if cursor:
        moment, id = paging.last_moment(cursor)
        here = (Activity.from_at, Activity.id)
        beyond = here[0] > moment if soonest_first else here[0] < moment
        later = here[1] > id if soonest_first else here[1] < id
        wanted = wanted.where(or_(beyond, and_(here[0] == moment, later)))
    length = paging.bounded(limit)
    rows = list(session.scalars(wanted.limit(length + 1)))
    return paging.page(rows, length, key=lambda row: [clock.wire(row.from_at), row.id])


def _of(session: Session, people: Sequence[str], *narrower: ColumnElement[bool]) -> Any:
    """What one of these is in charge of or takes part in, each by its index, however many activities others have."""
    invited = (NamedRecord.role == "attendees", among(session, NamedRecord.record_id, people))
    return union_all(
        select(Activity.id).where(among(session, Activity.owner_id, people), *narrower),
        select(NamedRecord.activity_id).where(*invited),
    )


def of_people(session: Session, *, people: Sequence[str], since: datetime, limit: int) -> list[Activity]:
    """What staff users and groups are in charge of or take part in, from a moment on, what has no day at the end."""
    theirs = _of(session, people, Activity.until_at >= since)
    wanted = select(Activity).where(Activity.id.in_(theirs), Activity.deleted_at.is_(None), Activity.until_at >= since)
    return list(session.scalars(wanted.order_by(Activity.from_at, Activity.id).limit(limit)))


def count(session: Session, *, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many activities there are."""
    return session.scalar(select(func.count()).select_from(Activity).where(*conditions)) or 0


def to_remind(session: Session, *, now: datetime, limit: int) -> list[Activity]:
    """Activities to remind of by now that no other replica is reminding of, marked as done."""
    due = select(Activity.id).where(Activity.remind_at <= now, Activity.deleted_at.is_(None))
    ids = due.order_by(Activity.remind_at).limit(limit).with_for_update(skip_locked=True).scalar_subquery()
    mark = update(Activity).where(Activity.id.in_(ids), Activity.remind_at <= now)
    mark = mark.values(reminded_for=Activity.remind_at, remind_at=None).returning(Activity)
    return list(session.scalars(mark, execution_options={"synchronize_session": False}))
