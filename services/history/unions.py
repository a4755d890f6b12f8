"""Which records went up in which (merged, converted), and how one comes out again.

Nothing moves by a union: every entry stays with the record it was said of, and a timeline is read from all records that
are one. So whatever the order in which events arrive, taking a record out again gives it all that was its own.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_ignore
from chassis.ids import lowest_id
from contracts.addresses import canonical_address
from services.history import domain
from services.history.domain import Home, Parting, Union
from services.history.models import Comment, Entry, Mail, RecordUnion

Values = dict[str, Any]
# What ids tell time by.
_TICK = timedelta(milliseconds=1)


def present_homes(session: Session, *, homes: Iterable[Home | None]) -> dict[Home, Home]:
    """For those of the homes that went up in another record: the record at the end of the chain."""
    named = {home for home in homes if home}
    steps: dict[str, Home] = {}
    wanted = {home.id for home in named}
    while wanted:
        # The last union counts: the end of one before may not have been heard of yet.
        theirs = select(RecordUnion).where(among(session, RecordUnion.old_id, wanted), RecordUnion.ended_at.is_(None))
        new = {row.old_id: Home(row.kind, row.id) for row in session.scalars(theirs.order_by(RecordUnion.merge_id))}
        steps |= new
        wanted = {home.id for home in new.values()} - steps.keys()
    return {home: end for home in named if (end := domain.end_of(home, steps)) != home}


def present_home(session: Session, *, home: Home) -> Home:
    """The record itself, or the one it went up in."""
    return present_homes(session, homes=[home]).get(home, home)


def members(session: Session, *, home: Home) -> list[Home]:
    """A record and all that went up in it, that in these, and so on."""
    return list(members_of(session, homes=[home]))


def members_of(session: Session, *, homes: Collection[Home]) -> dict[Home, Home]:
    """As ``members``, of several records: all of them, each with the one of ``homes`` that it is now."""
    found = {home.id: home for home in homes}
    wanted = set(found)
    while wanted:
        theirs = select(RecordUnion).where(among(session, RecordUnion.id, wanted), RecordUnion.ended_at.is_(None))
        new = {row.old_id: Home(row.old_kind, row.old_id) for row in session.scalars(theirs)}
        wanted = new.keys() - found.keys()
        found |= {each: new[each] for each in wanted}
    instead = present_homes(session, homes=found.values()) if len(found) > len(homes) else {}
    ends = {each: each if each in homes else instead.get(each, each) for each in found.values()}
    return {each: end for each, end in ends.items() if end in homes}


def unite(session: Session, *, union: Union) -> None:
    """A record went up in another one; nothing where it came out again before this was heard."""
    insert_ignore(session, RecordUnion.__table__, [_row(union)])


def _row(union: Union) -> Values:
    homes = {"old_kind": union.old.kind, "old_id": union.old.id, "kind": union.new.kind, "id": union.new.id}
    return {"merge_id": union.merge_id, **homes, "since": None, "ended_at": None, "addresses": []}


def part(session: Session, *, parting: Parting) -> list[str]:
    """A record came out of another one: it gets what was done by hand to that one since, with its addresses.

    The mails that went along.
    """
    insert_ignore(session, RecordUnion.__table__, [_row(parting.union)])
    row = session.get_one(RecordUnion, parting.union.merge_id, with_for_update=True)
    row.since, row.ended_at = clock.unwire(parting.since), clock.unwire(parting.ended_at)
    row.addresses = parting.addresses
    return _give_back(session, row)


def _give_back(session: Session, row: RecordUnion) -> list[str]:
    mails = _mails_of(session, row)
    if not mails:
        return []
    old, new = Home(row.kind, row.id), Home(row.old_kind, row.old_id)
    move(
        session,
        Comment,
        old=old,
        new=new,
        to_move=_within(Comment, row) & among(session, Comment.mail_message_id, mails),
    )
    told = select(Comment.id).where(Comment.record_id == new.id)
    move(session, Entry, old=old, new=new, to_move=Entry.about_id.in_(told) & (Entry.kind == "comment"))
    _move_mails(session, row, mails, old=old, new=new)
    # Those who came out of the one that got something may have heard of it before: now it is their turn.
    later = select(RecordUnion).where(RecordUnion.id == new.id, RecordUnion.ended_at.is_not(None))
    for each in session.scalars(later.order_by(RecordUnion.merge_id)).all():
        mails += _give_back(session, each)
    return mails


def _within(table: Any, row: RecordUnion) -> Any:
    """What was written while the union lasted: ids tell when they were made."""
    since, until = row.since, row.ended_at
    if since is None or until is None:
        raise AssertionError("only what has ended is given back")
    return (table.id >= lowest_id(since)) & (table.id < lowest_id(until + _TICK))


def _mails_of(session: Session, row: RecordUnion) -> list[str]:
    """The mails that people put on the other's timeline, or wrote about, and that bear an address that goes back."""
    addresses = set(row.addresses)
    of_other: list[Mail] = []
    for table in (Entry, Comment):
        theirs = select(table.mail_message_id).where(table.record_id == row.id, _within(table, row))
        by_hand = theirs.where(Entry.origin.not_in(domain.BY_ITSELF)) if table is Entry else theirs
        named = by_hand.where(table.mail_message_id.is_not(None)).scalar_subquery()
        of_other += session.scalars(select(Mail).where(Mail.mail_message_id.in_(named))).all()
    return sorted({mail.mail_message_id for mail in of_other if _party_address(mail) in addresses})


def _party_address(mail: Mail) -> str:
    party = mail.summary.get("party")
    address = party.get("address") if isinstance(party, dict) else None
    return canonical_address(address) if isinstance(address, str) else ""


def move(session: Session, table: Any, *, old: Home, new: Home, to_move: Any) -> None:
    """Put what stands with one record and fulfils a condition to another one."""
    here = update(table).where(table.record_kind == old.kind, table.record_id == old.id, to_move)
    moved = here.values(record_kind=new.kind, record_id=new.id)
    session.execute(moved, execution_options={"synchronize_session": False})


def _move_mails(session: Session, row: RecordUnion, mails: Sequence[str], *, old: Home, new: Home) -> None:
    """What people did to mails; where a decision put the same mail on the other timeline already, it counts there."""
    by_hand = Entry.origin.not_in(domain.BY_ITSELF) & _within(Entry, row) & among(session, Entry.mail_message_id, mails)
    there = _at(select(Entry), new).where(among(session, Entry.mail_message_id, mails)).with_for_update()
    doubles = {entry.mail_message_id: entry for entry in session.scalars(there)}
    for entry in session.scalars(_at(select(Entry), old).where(by_hand)).all():
        double = doubles.get(entry.mail_message_id)
        if double is None:
            continue
        if double.origin in domain.BY_ITSELF:
            double.origin = entry.origin
        session.execute(delete(Entry).where(Entry.id == entry.id), execution_options={"synchronize_session": False})
    session.flush()
    move(session, Entry, old=old, new=new, to_move=by_hand)


def _at(query: Any, home: Home) -> Any:
    return query.where(Entry.record_kind == home.kind, Entry.record_id == home.id)
