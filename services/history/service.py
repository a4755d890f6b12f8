"""The history service."""

from collections.abc import Iterable, Sequence
from typing import Any

from chassis import Database, on_event, rpc
from chassis.database import Transaction
from contracts import (
    CommentAdded,
    ContactDeleted,
    ContactMerged,
    ContactRestored,
    HistoryEntryAdded,
    LeadConverted,
    LeadDeleted,
    LeadOpened,
    LeadUpdated,
    MatchCorrected,
    SenderMatched,
    SenderUnmatched,
    TicketOpened,
    TicketReplyReceived,
    TicketUpdated,
)
from contracts.base import Event
from services.history import by_hand, domain, placing, records, store
from services.history.domain import Home
from services.history.models import Base

Json = dict[str, Any]
BATCH = 500


class HistoryService:
    """Everything about a record in order of time, whoever looks after it now."""

    name = "history"
    db = Database(Base)

    @on_event(SenderMatched, SenderUnmatched, batch=BATCH)
    def on_sender_decided(self, events: list[Event]) -> None:
        """Put each mail on the timeline of the one it comes from; a later revision moves it."""
        with self.db.handling(events) as tx:
            _place_mails(tx)

    @on_event(MatchCorrected)
    def on_match_corrected(self, event: Event) -> None:
        """Move a mail to the record that a person says it comes from."""
        with self.db.handling(event) as tx:
            _place_mails(tx)

    @on_event(TicketOpened, TicketReplyReceived, TicketUpdated, batch=BATCH)
    def on_ticket_event(self, events: list[Event]) -> None:
        """Tell what happens to a ticket, on its own timeline and on its customer's."""
        with self.db.handling(events) as tx:
            store.share_gate(tx.session)
            if tx.fresh:
                _tell(tx, placing.place_tickets(tx.session, events=tx.fresh), causes=tx.fresh)

    @on_event(LeadOpened, LeadUpdated, LeadConverted, LeadDeleted, batch=BATCH)
    def on_lead_event(self, events: list[Event]) -> None:
        """Tell what happens to a lead; all of its timeline goes along when it is converted."""
        with self.db.handling(events) as tx:
            _unite(tx)
            leads = [(Home("lead", event.data["lead_id"]), domain.lead_entry(event)) for event in tx.fresh]
            _tell_of(tx, leads)

    @on_event(ContactMerged, ContactDeleted, ContactRestored)
    def on_contact_event(self, event: Event) -> None:
        """Re-home the timeline of a contact that was merged into another one; say that one was deleted or restored."""
        with self.db.handling(event) as tx:
            _unite(tx)
            contacts = [(Home("contact", domain.contact_of(one)), domain.contact_entry(one)) for one in tx.fresh]
            _tell_of(tx, contacts)

    @rpc
    def entries(self, *, kind: str, id: str, limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of a record's timeline, newest first. Of a record that was merged: the one it went up in."""
        home = domain.checked_record({"kind": kind, "id": id})
        with self.db.session() as session:
            present = store.present_home(session, home=home)
            rows, following = store.timeline(session, home=present, limit=limit, cursor=cursor)
            return {"items": [records.entry(entry, mail) for entry, mail in rows], "next": following}

    @rpc
    def comments(self, *, kind: str, id: str, limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of a record's comments, newest first."""
        home = domain.checked_record({"kind": kind, "id": id})
        with self.db.session() as session:
            present = store.present_home(session, home=home)
            rows, following = store.comments(session, home=present, limit=limit, cursor=cursor)
            return {"items": [records.comment(row) for row in rows], "next": following}

    @rpc
    def link_mail(
        self,
        *,
        record: Json,
        mail_message_id: str,
        facts: Json | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Put a mail on a record's timeline by hand ("Select"), once; no re-match takes it away.

        ``facts``: ``{title, happened_at, summary}`` of the mail, needed where history was not told of it yet.
        """
        request = {"record": record, "mail_message_id": mail_message_id, "facts": facts}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                store.share_gate(tx.session)
                entry, added = by_hand.link(tx.session, record=record, mail_message_id=mail_message_id, facts=facts)
                _tell(tx, added)
                tx.answer = entry
        return dict(tx.answer)

    @rpc
    def unlink_mail(
        self, *, record: Json, mail_message_id: str, actor: Json | None = None, idempotency_key: str | None = None
    ) -> None:
        """Take a mail off a record's timeline by hand; no re-match puts it back. NotFound if it is not there."""
        request = {"record": record, "mail_message_id": mail_message_id}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                store.share_gate(tx.session)
                by_hand.unlink(tx.session, record=record, mail_message_id=mail_message_id)
                tx.answer = {}

    @rpc
    def add_comment(
        self,
        *,
        record: Json,
        text: str,
        mail_message_id: str | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Comment on a record, about one of its mails where named. Invalid without a text."""
        request = {"record": record, "text": text, "mail_message_id": mail_message_id}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                store.share_gate(tx.session)
                comment, added = by_hand.comment(
                    tx.session, record=record, text=text, mail_message_id=mail_message_id, actor=actor or {}
                )
                tx.publish(CommentAdded, subject=comment["id"], **by_hand.comment_facts(comment))
                _tell(tx, added)
                tx.answer = comment
        return dict(tx.answer)


def _place_mails(tx: Transaction) -> None:
    if not tx.fresh:
        return
    store.share_gate(tx.session)
    last = domain.last_words(domain.word_of(event) for event in tx.fresh)
    words = placing.remember_words(tx.session, words=last)
    _tell(tx, placing.place_mails(tx.session, words=words), causes=tx.fresh)


def _unite(tx: Transaction) -> None:
    """Make one record of two wherever an event says so."""
    unions = [union for event in tx.fresh if (union := domain.union_of(event))]
    if unions:
        store.close_gate(tx.session)
    else:
        store.share_gate(tx.session)
    for old, new in unions:
        store.unite(tx.session, old=old, new=new)


def _tell_of(tx: Transaction, told: Sequence[tuple[Home, Json]]) -> None:
    """Add the entries of events to the records they are about, wherever those went."""
    instead = store.present_homes(tx.session, homes=[home for home, _ in told])
    entries = [{**entry, "home": instead.get(home, home)} for home, entry in told]
    _tell(tx, store.add_entries(tx.session, entries=entries), causes=tx.fresh)


def _tell(tx: Transaction, rows: Iterable[Json], *, causes: Iterable[Event] = ()) -> None:
    """Publish each added entry, with the event it comes from as its cause."""
    events = {event.id: event for event in causes}
    for row in rows:
        cause = events.get(row["source_event_id"] or "")
        tx.publish(HistoryEntryAdded, subject=row["id"], cause=cause, **records.added_facts(row))
