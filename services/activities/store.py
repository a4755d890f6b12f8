"""Every query of activities."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.bulk import among, insert_ignore
from services.activities import domain
from services.activities.domain import Ref
from services.activities.models import Activity, NamedRecord, RecordUnion

Values = dict[str, Any]
LONGEST_CHAIN = 20


def activity_by_id(session: Session, *, id: str, deleted: bool = False, locked: bool = False) -> Activity | None:
    """An activity, or one in the recycle bin."""
    there = Activity.deleted_at.is_not(None) if deleted else Activity.deleted_at.is_(None)
    query = select(Activity).where(Activity.id == id, there)
    return session.scalars(query.with_for_update(of=Activity) if locked else query).one_or_none()


def unions_of(session: Session, *, rows: Iterable[Activity], more: Iterable[Ref] = ()) -> dict[str, Ref]:
    """Of the records that activities name, of ``more``, and of those they went up in: what went up in what."""
    wanted = {one.record_id for row in rows for one in row.named} | {id for _, id in more}
    found: dict[str, Ref] = {}
    for _ in range(LONGEST_CHAIN):
        steps = _unions(session, wanted - found.keys())
        if not steps:
            break
        found |= steps
        wanted = {id for _, id in steps.values()}
    return found


def _unions(session: Session, ids: Iterable[str]) -> dict[str, Ref]:
    query = select(RecordUnion.old_id, RecordUnion.kind, RecordUnion.id).where(among(session, RecordUnion.old_id, ids))
    return {old: (kind, id) for old, kind, id in session.execute(query)} if ids else {}


def names_of(session: Session, *, id: str) -> set[str]:
    """The id of a record and those of all that went up in it."""
    names, last = {id}, {id}
    for _ in range(LONGEST_CHAIN):
        query = select(RecordUnion.old_id).where(among(session, RecordUnion.id, last))
        last = set(session.scalars(query)) - names
        if not last:
            break
        names |= last
    return names


def add_union(session: Session, *, old_id: str, new: Ref, said_at: str) -> None:
    """Remember that a record went up in another one, unless something later is known of it."""
    row = {"old_id": old_id, "kind": new[0], "id": new[1], "said_at": said_at}
    if not insert_ignore(session, RecordUnion.__table__, [row], returning=RecordUnion.old_id):
        older = (RecordUnion.old_id == old_id, RecordUnion.said_at < said_at)
        session.execute(update(RecordUnion).where(*older).values(kind=new[0], id=new[1], said_at=said_at))


def name_records(row: Activity, *, role: str, refs: Sequence[Ref], unions: Mapping[str, Ref]) -> bool:
    """Let an activity name these records in a role; whether that changes anything.

    What it names already stays as it was named, so that an un-merge can be followed.
    """
    mine = [one for one in row.named if one.role == role]
    present = {one: domain.followed((one.record_kind, one.record_id), unions) for one in mine}
    wanted = domain.present(refs, unions)
    if wanted == list(dict.fromkeys(present.values())):
        return False
    for one in mine:
        if present[one] not in wanted:
            row.named.remove(one)
    new = [ref for ref in refs if domain.followed(ref, unions) not in present.values()]
    for kind, id in new:
        added = NamedRecord(role=role, record_kind=kind, record_id=id)
        present[added] = domain.followed((kind, id), unions)
        row.named.append(added)
    for one in present.keys() & set(row.named):
        one.place = wanted.index(present[one])
    return True


def matching(
    session: Session,
    *,
    record: Ref | None = None,
    owner_id: str | None = None,
    kind: str | None = None,
    state: str | None = None,
    mail_message_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    overdue_at: datetime | None = None,
    deleted: bool = False,
) -> list[ColumnElement[bool]]:
    """The conditions of a list. ``state``: also ``past``, done or cancelled. ``overdue_at``: the present moment."""
    found: list[ColumnElement[bool]] = [Activity.deleted_at.is_not(None) if deleted else Activity.deleted_at.is_(None)]
    if record:
        found.append(_names(session, record[1]))
    if state:
        found.append(Activity.state != domain.OPEN if state == "past" else Activity.state == state)
    if since:
        found += [Activity.until_at >= since, Activity.from_at < domain.NEVER]
    if until:
        found.append(Activity.from_at < until)
    if overdue_at:
        found += [Activity.state == domain.OPEN, Activity.until_at < overdue_at]
    equal = {Activity.owner_id: owner_id, Activity.kind: kind, Activity.mail_message_id: mail_message_id}
    return found + [column == value for column, value in equal.items() if value is not None]


def _names(session: Session, record_id: str) -> ColumnElement[bool]:
    names = names_of(session, id=record_id)
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
