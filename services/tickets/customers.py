"""Who a ticket's customer is now: the record that was said, or what it went up in; nobody while that is deleted.

A ticket keeps what was said (``said_customer_id``) beside what follows from it (``customer_id``). Each event about a
record changes what is known of that record, and the tickets that hang on it follow: so the order of events makes no
difference.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_ignore, insert_many
from contracts.base import Event
from services.tickets.models import AbsentCustomer, CustomerUnion, Ticket
from services.tickets.words import Word

Values = dict[str, Any]


def present_ids(session: Session, *, ids: Iterable[str | None]) -> dict[str, str | None]:
    """For each of these customers and organizations: who stands for it now, None while that one is deleted."""
    named = {id for id in ids if id}
    steps: dict[str, str] = {}
    wanted: Collection[str] = named
    while wanted:
        # The last union counts: the end of one before may not have been heard of yet.
        theirs = select(CustomerUnion).where(
            among(session, CustomerUnion.old_id, wanted), CustomerUnion.ended_at.is_(None)
        )
        new = {row.old_id: row.survivor_id for row in session.scalars(theirs.order_by(CustomerUnion.merge_id))}
        steps |= new
        wanted = set(new.values()) - steps.keys()
    ends = {id: _end(id, steps) for id in named}
    gone = _absent(session, set(ends.values()))
    return {id: None if end in gone else end for id, end in ends.items()}


def _end(id: str, steps: Mapping[str, str]) -> str:
    passed: set[str] = set()
    while id in steps and id not in passed:
        passed.add(id)
        id = steps[id]
    return id


def _absent(session: Session, ids: Collection[str]) -> set[str]:
    theirs = select(AbsentCustomer.id).where(among(session, AbsentCustomer.id, ids), AbsentCustomer.gone)
    return set(session.scalars(theirs)) if ids else set()


def say(ticket: Ticket, word: Word) -> None:
    """What a word says of a ticket's customer is what was said last."""
    customer = word.customer or {"kind": None, "id": None}
    ticket.said_customer_kind, ticket.said_customer_id = customer["kind"], customer["id"]
    ticket.said_organization_id = word.organization_id


def follow(session: Session, tickets: Sequence[Ticket]) -> list[Ticket]:
    """Bring customer and organization of tickets in line with what was said; those whose customer changed."""
    said = [id for ticket in tickets for id in (ticket.said_customer_id, ticket.said_organization_id)]
    now = present_ids(session, ids=said)
    changed = []
    for ticket in tickets:
        customer_id = now.get(ticket.said_customer_id or "")
        kind = ticket.said_customer_kind if customer_id else None
        if (ticket.customer_kind, ticket.customer_id) != (kind, customer_id):
            changed.append(ticket)
        ticket.customer_kind, ticket.customer_id = kind, customer_id
        ticket.organization_id = now.get(ticket.said_organization_id or "")
    return changed


def note_who_has_none(session: Session, events: Sequence[Event]) -> list[Event]:
    """Of many: remember at once who was deleted or restored and has no tickets; the events that are left.

    Whoever calls holds the lock.
    """
    last = {_said(each)[0]: each for each in sorted(events, key=lambda each: each.time) if _is_of_bin(each)}
    named = (Ticket.said_customer_id, Ticket.said_organization_id, CustomerUnion.survivor_id)
    found = [session.scalars(select(column).where(among(session, column, last)).distinct()) for column in named]
    alone = last.keys() - {id for ids in found for id in ids}
    theirs = select(AbsentCustomer).where(among(session, AbsentCustomer.id, alone))
    known = {row.id: row for row in session.scalars(theirs)}
    for id in alone & known.keys():
        _note_presence(session, id, gone=_said(last[id])[1] == "deleted", as_of=last[id].time)
    new = [{"id": id, "gone": _said(last[id])[1] == "deleted", "as_of": last[id].time} for id in alone - known.keys()]
    insert_many(session, AbsentCustomer, new)
    return [event for event in events if _said(event)[0] not in alone or not _is_of_bin(event)]


def _is_of_bin(event: Event) -> bool:
    return _said(event)[1] in ("deleted", "restored")


def _said(event: Event) -> tuple[str, str]:
    """Which record an event is about, and what became of it."""
    kind, _, what = event.type.removesuffix(".v1").partition(".")
    return str(event.data.get(f"{kind}_id") or event.data[kind]["id"]), what


def note(session: Session, event: Event) -> list[Ticket]:
    """Remember what an event says of a contact or organization; the tickets that hang on it."""
    id, what = _said(event)
    returned: Sequence[Ticket] = ()
    if what in ("deleted", "restored"):
        _note_presence(session, id, gone=what == "deleted", as_of=event.time)
    elif what == "merged":
        insert_ignore(session, CustomerUnion.__table__, [_union(event, id)])
    else:
        returned = _part(session, event, id)
    hanging = _hanging_on(session, _members(session, id))
    return list({ticket.id: ticket for ticket in (*hanging, *returned)}.values())


def _union(event: Event, old_id: str) -> Values:
    ids = {
        "merge_id": event.data.get("merge_id") or event.id,
        "old_id": old_id,
        "survivor_id": event.data["survivor_id"],
    }
    return {**ids, "since": None, "ended_at": None, "addresses": []}


def _note_presence(session: Session, id: str, *, gone: bool, as_of: str) -> None:
    insert_ignore(session, AbsentCustomer.__table__, [{"id": id, "gone": gone, "as_of": as_of}])
    older = update(AbsentCustomer).where(AbsentCustomer.id == id, AbsentCustomer.as_of < as_of)
    session.execute(older.values(gone=gone, as_of=as_of))


def _part(session: Session, event: Event, old_id: str) -> list[Ticket]:
    """A record came out of another one: the tickets that it gets with its addresses."""
    union = _union(event, old_id)
    insert_ignore(session, CustomerUnion.__table__, [union])
    row = session.get_one(CustomerUnion, union["merge_id"])
    row.since, row.ended_at = clock.unwire(event.data["merged_at"]), clock.unwire(event.time)
    row.addresses = event.data["addresses"]
    return _give_back(session, row)


def _give_back(session: Session, row: CustomerUnion) -> list[Ticket]:
    between = (Ticket.created_at >= row.since) & (Ticket.created_at < row.ended_at)
    theirs = (Ticket.said_customer_id == row.survivor_id) & among(session, Ticket.requester_canonical, row.addresses)
    tickets = list(session.scalars(select(Ticket).where(theirs, between)))
    for ticket in tickets:
        ticket.said_customer_id = row.old_id
    if not tickets:
        return []
    session.flush()
    # Those who came out of the one that got something may have heard of it before: now it is their turn.
    later = select(CustomerUnion).where(CustomerUnion.survivor_id == row.old_id, CustomerUnion.ended_at.is_not(None))
    for each in session.scalars(later.order_by(CustomerUnion.merge_id)).all():
        _give_back(session, each)
    return tickets


def _members(session: Session, id: str) -> set[str]:
    """A record and all that went up in it, that in these, and so on, whether it came out again or not."""
    found: set[str] = set()
    wanted = {id}
    while wanted:
        found |= wanted
        theirs = select(CustomerUnion.old_id).where(among(session, CustomerUnion.survivor_id, wanted))
        wanted = set(session.scalars(theirs)) - found
    return found


def _hanging_on(session: Session, ids: Collection[str]) -> Sequence[Ticket]:
    customer, organization = (
        among(session, each, ids) for each in (Ticket.said_customer_id, Ticket.said_organization_id)
    )
    return session.scalars(select(Ticket).where(or_(customer, organization)).order_by(Ticket.id)).all()
