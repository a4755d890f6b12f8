"""Whom a record is for after merges of contacts and organizations, and after these were undone.

A record keeps who was chosen beside who stands for that one now, so the order in which events arrive makes no
difference.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis.bulk import insert_ignore
from contracts.base import Event
from services.sales.models import Invoice, Opportunity, Quote, Union

# The column of who was chosen, and of who stands for that one now.
_NAMED = {kind: (f"original_{kind}_id", f"{kind}_id") for kind in ("contact", "organization")}


def present(session: Session, record_id: str | None) -> str | None:
    """The contact or organization itself, or the one that stands for it now."""
    passed: set[str] = set()
    while record_id and record_id not in passed:
        passed.add(record_id)
        # Of several the last union counts: the end of one before may not have been heard of yet.
        theirs = select(Union.survivor_id).where(Union.old_id == record_id, Union.ended.is_(False))
        record_id = session.scalars(theirs.order_by(Union.merge_id.desc()).limit(1)).first() or record_id
    return record_id


def follow(session: Session, event: Event) -> None:
    """Note a merge, or that it was undone, and let the records of whoever it is about be for the right one."""
    kind, _, what = event.type.removesuffix(".v1").partition(".")
    old_id = str(event.data[f"{kind}_id"])
    merge_id = event.data.get("merge_id") or event.id
    union = {"merge_id": merge_id, "old_id": old_id, "survivor_id": event.data["survivor_id"], "ended": False}
    insert_ignore(session, Union.__table__, [union])
    if what == "unmerged":
        session.execute(update(Union).where(Union.merge_id == merge_id).values(ended=True))
    for member in _members(session, old_id):
        _move(session, *_NAMED[kind], member, present(session, member))


def _members(session: Session, record_id: str) -> set[str]:
    """A record and all that went up in it, that in these, and so on, whether it came out again or not."""
    found: set[str] = set()
    wanted = {record_id}
    while wanted:
        found |= wanted
        wanted = set(session.scalars(select(Union.old_id).where(Union.survivor_id.in_(wanted)))) - found
    return found


def _move(session: Session, chosen: str, shown: str, member: str, now: str | None) -> None:
    for model in (Opportunity, Quote, Invoice):
        columns: Any = model.__table__.c
        theirs = update(model).where(columns[chosen] == member, columns[shown] != now)
        session.execute(theirs.values({shown: now, "version": model.version + 1}))
