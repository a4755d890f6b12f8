"""Entries onto timelines, and the events that say so."""

from collections.abc import Iterable, Sequence
from typing import Any

from chassis.database import Transaction
from contracts import HistoryEntryAdded
from contracts.base import Event
from services.history import domain, placing, records, store, ticket_mails, unions
from services.history.domain import Home

Json = dict[str, Any]


def place_mails(tx: Transaction) -> None:
    """Put mails where the last words said of them want them."""
    if not tx.fresh:
        return
    last = domain.last_words(domain.word_of(event) for event in tx.fresh)
    words = placing.remember_words(tx.session, words=last)
    tell(tx, placing.place_mails(tx.session, words=words), causes=tx.fresh)


def unite(tx: Transaction) -> None:
    """Make one record of two wherever an event says so."""
    for event in tx.fresh:
        if union := domain.union_of(event):
            unions.unite(tx.session, union=union)


def part(tx: Transaction) -> None:
    """Take records apart again wherever an event says so; mails of tickets stay with the tickets' customers too."""
    for event in tx.fresh:
        if parting := domain.parting_of(event):
            given = unions.part(tx.session, parting=parting)
            tell(tx, ticket_mails.stay(tx.session, mails=given))


def tell_of(tx: Transaction, told: Sequence[tuple[Home, Json]]) -> None:
    """Add the entries of events to the records they are about."""
    added = store.add_entries(tx.session, entries=[{**entry, "home": home} for home, entry in told])
    tell(tx, added, causes=tx.fresh)


def tell(tx: Transaction, rows: Sequence[Json], *, causes: Iterable[Event] = ()) -> None:
    """Publish each added entry, on the timeline where it is read, with the event it comes from as its cause."""
    causes = list(causes)
    events, of_mails = {event.id: event for event in causes}, {domain.mail_of(event): event for event in causes}
    homes = {row["id"]: Home(row["record_kind"], row["record_id"]) for row in rows}
    instead = unions.present_homes(tx.session, homes=homes.values())
    for row in rows:
        home = homes[row["id"]]
        cause = events.get(row["source_event_id"] or "") or (
            of_mails.get(mail) if (mail := row["mail_message_id"]) else None
        )
        facts = records.added_facts(row, home=instead.get(home, home))
        tx.publish(HistoryEntryAdded, subject=row["id"], cause=cause, **facts)
