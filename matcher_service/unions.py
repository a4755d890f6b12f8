"""Which records stand in the place of others (merged, converted), for what people chose; and who came back."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.bulk import among, insert_ignore
from matcher_service.models import RecordUnion, RememberedChoice

Values = dict[str, Any]


def present(session: Session, ids: Iterable[str]) -> dict[str, Values]:
    """For those of these records that another one stands for now: that one."""
    steps: dict[str, Values] = {}
    named = set(ids)
    wanted = named
    while wanted:
        # The last union counts: the end of one before may not have been heard of yet.
        theirs = select(RecordUnion).where(among(session, RecordUnion.old_id, wanted), RecordUnion.ended_at.is_(None))
        rows = session.scalars(theirs.order_by(RecordUnion.merge_id)).all()
        steps |= {row.old_id: {"kind": row.kind, "id": row.id} for row in rows}
        wanted = {row.id for row in rows} - steps.keys()
    return {id: steps[end] for id in named if (end := _last_step(id, steps))}


def _last_step(id: str, steps: Mapping[str, Values]) -> str | None:
    last, passed = None, set[str]()
    while id in steps and id not in passed:
        passed.add(id)
        last, id = id, steps[id]["id"]
    return last


def unite(session: Session, *, merge_id: str, record: Values, heir: Values) -> None:
    """Another record stands for one from now on; not where it came back before this was heard."""
    ids = {"merge_id": merge_id, "old_id": record["id"], "kind": heir["kind"], "id": heir["id"]}
    insert_ignore(session, RecordUnion, [{**ids, "since": None, "ended_at": None, "addresses": []}])


def has_ended(session: Session, merge_id: str) -> bool:
    """Whether a merge is undone."""
    ended = (RecordUnion.merge_id == merge_id) & RecordUnion.ended_at.is_not(None)
    return session.scalar(select(RecordUnion.merge_id).where(ended)) is not None


def part(session: Session, *, merge_id: str, since: datetime, until: datetime, addresses: list[str]) -> None:
    """A record is there again: what people chose for it is its own, and what they chose between for its addresses."""
    row = session.get_one(RecordUnion, merge_id, with_for_update=True)
    row.since, row.ended_at, row.addresses = since, until, addresses
    session.flush()
    _give_back(session, row)


def _give_back(session: Session, row: RecordUnion) -> None:
    theirs = (RememberedChoice.record_id == row.id) & among(session, RememberedChoice.canonical, row.addresses)
    between = (RememberedChoice.chosen_at >= row.since) & (RememberedChoice.chosen_at < row.ended_at)
    session.execute(update(RememberedChoice).where(theirs, between).values(record_id=row.old_id))
    # Those who came out of the one that got something may have heard of it before: now it is their turn.
    later = select(RecordUnion).where(RecordUnion.id == row.old_id, RecordUnion.ended_at.is_not(None))
    for each in session.scalars(later.order_by(RecordUnion.merge_id)).all():
        _give_back(session, each)


def members(session: Session, record_id: str) -> set[str]:
    """A record and all that ever went up in it, that in these, and so on."""
    found: set[str] = set()
    wanted = {record_id}
    while wanted:
        found |= wanted
        wanted = set(session.scalars(select(RecordUnion.old_id).where(among(session, RecordUnion.id, wanted)))) - found
    return found


def chosen_for(session: Session, record_id: str) -> set[str]:
    """The addresses for which people chose a record, or one that went up in it."""
    theirs = among(session, RememberedChoice.record_id, members(session, record_id))
    return set(session.scalars(select(RememberedChoice.canonical).where(theirs)))


def forget(session: Session, record: Values) -> None:
    """What people chose for a record that is gone holds no more, also what they chose for those that went up in it."""
    ids = members(session, record["id"])
    now = present(session, ids)
    gone = {id for id in ids if now.get(id, {"id": id})["id"] == record["id"]}
    theirs = update(RememberedChoice).where(among(session, RememberedChoice.record_id, gone))
    session.execute(theirs.values(forgotten=True))
