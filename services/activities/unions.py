"""Which records went up in which (merged, converted), and which came out again.

Nothing is re-written by a union: an activity keeps whom it was said to be about, and is read for who stands for that
one now. So the order in which events arrive makes no difference, and a record that is taken out again has all its own.
It also gets what was made between of mails that bear one of its addresses.
"""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_ignore
from services.activities import domain
from services.activities.domain import Ref, Union
from services.activities.models import Activity, NamedRecord, RecordUnion


def note(session: Session, union: Union) -> list[str]:
    """Remember a union, or its end; the end of one that was not heard of yet counts when that comes.

    The ids of the activities that go back with the record that came out.
    """
    row = {"merge_id": union.merge_id, "old_id": union.old[1], "old_kind": union.old[0], "ended_at": None}
    row |= {"kind": union.new[0], "id": union.new[1], "since": None, "addresses": None}
    insert_ignore(session, RecordUnion.__table__, [row])
    if not union.ended_at or not union.since:
        return []
    ended = session.get_one(RecordUnion, union.merge_id, with_for_update=True, populate_existing=True)
    ended.ended_at, ended.since = clock.unwire(union.ended_at), clock.unwire(union.since)
    ended.addresses = list(union.addresses)
    return list(dict.fromkeys(_give_back(session, ended)))


def _give_back(session: Session, union: RecordUnion) -> list[str]:
    """What was made of mails that bear an address of the record that came out, while it was in the other one."""
    between = (Activity.created_at >= union.since) & (Activity.created_at < union.ended_at)
    of_mails = select(Activity.id).where(between, among(session, Activity.mail_canonical, union.addresses or []))
    theirs = select(NamedRecord).where(NamedRecord.record_id == union.id, NamedRecord.activity_id.in_(of_mails))
    given = list(session.scalars(theirs))
    for one in given:
        if session.get(NamedRecord, (one.activity_id, one.role, union.old_id)):
            session.delete(one)
        else:
            one.record_id, one.record_kind = union.old_id, union.old_kind
    session.flush()
    # Those who came out of the one that got something may have heard of it before: now it is their turn.
    later = select(RecordUnion).where(RecordUnion.id == union.old_id, RecordUnion.ended_at.is_not(None))
    further = session.scalars(later.order_by(RecordUnion.merge_id)).all() if given else []
    return [one.activity_id for one in given] + [id for each in further for id in _give_back(session, each)]


def steps_from(session: Session, *, ids: Iterable[str]) -> dict[str, Ref]:
    """Of records and of those that they went up in, to the end: by its id, what each went up in."""
    steps: dict[str, Ref] = {}
    wanted = set(ids)
    while wanted:
        # The last union counts: the end of one before may not have been heard of yet.
        theirs = select(RecordUnion).where(among(session, RecordUnion.old_id, wanted), RecordUnion.ended_at.is_(None))
        new = {row.old_id: (row.kind, row.id) for row in session.scalars(theirs.order_by(RecordUnion.merge_id))}
        steps |= new
        wanted = {id for _, id in new.values()} - steps.keys()
    return steps


def of_activities(session: Session, *, rows: Iterable[Activity], more: Iterable[Ref] = ()) -> dict[str, Ref]:
    """The steps from all records that activities name, and from ``more``."""
    return steps_from(session, ids={one.record_id for row in rows for one in row.named} | {id for _, id in more})


def names_of(session: Session, *, record: Ref) -> set[str]:
    """The ids under which activities name a record: its own and of all that went up in it.

    Of a record that went up in another one: those of the one that is there now.
    """
    present = domain.followed(record, steps_from(session, ids=[record[1]]))
    found = {present[1]: present}
    wanted = {present[1]}
    while wanted:
        theirs = select(RecordUnion).where(among(session, RecordUnion.id, wanted), RecordUnion.ended_at.is_(None))
        new = {row.old_id: (row.old_kind, row.old_id) for row in session.scalars(theirs)}
        wanted = new.keys() - found.keys()
        found |= {id: new[id] for id in wanted}
    steps = steps_from(session, ids=found)
    return {id for id, ref in found.items() if domain.followed(ref, steps) == present}
