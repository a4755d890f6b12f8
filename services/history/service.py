"""The history service."""

from functools import partial
from typing import Any

from chassis import Database, on_event, paging, rpc
from contracts import (
    ActivityCancelled,
    ActivityCompleted,
    ActivityDeleted,
    ActivityPlanned,
    ActivityReopened,
    ActivityRestored,
    ActivityUpdated,
    CommentAdded,
    CommentDeleted,
    CommentRestored,
    CommentUpdated,
    ContactDeleted,
    ContactMerged,
    ContactRestored,
    ContactUnmerged,
    InvoiceCancelled,
    InvoiceCreated,
    InvoiceDeleted,
    InvoiceIssued,
    InvoicePaid,
    LeadConverted,
    LeadDeleted,
    LeadOpened,
    LeadUpdated,
    MatchCorrected,
    OpportunityDeleted,
    OpportunityLost,
    OpportunityOpened,
    OpportunityUpdated,
    OpportunityWon,
    OrganizationMerged,
    OrganizationUnmerged,
    QuoteAccepted,
    QuoteCreated,
    QuoteDeleted,
    QuoteDelivered,
    QuoteRejected,
    SenderMatched,
    SenderUnmatched,
    TicketOpened,
    TicketReplyReceived,
    TicketUpdated,
)
from contracts.base import Event
from services.history import by_hand, comments, domain, gathering, placing, records, store, telling, unions
from services.history.document_calls import DocumentCalls
from services.history.domain import Home
from services.history.kinds import checked_kinds, checked_people
from services.history.models import Base

Json = dict[str, Any]
BATCH = 500
ACTIVITIES = (
    ActivityCancelled,
    ActivityCompleted,
    ActivityDeleted,
    ActivityPlanned,
    ActivityReopened,
    ActivityRestored,
    ActivityUpdated,
)
SALES = (
    InvoiceCancelled,
    InvoiceCreated,
    InvoiceDeleted,
    InvoiceIssued,
    InvoicePaid,
    OpportunityDeleted,
    OpportunityLost,
    OpportunityOpened,
    OpportunityUpdated,
    OpportunityWon,
    QuoteAccepted,
    QuoteCreated,
    QuoteDeleted,
    QuoteDelivered,
    QuoteRejected,
)


class HistoryService(DocumentCalls):
    """Everything about a record in order of time, whoever looks after it now."""

    name = "history"
    db = Database(Base)

    @on_event(SenderMatched, SenderUnmatched, batch=BATCH)
    def on_sender_decided(self, events: list[Event]) -> None:
        """Put each mail on the timeline of the one it comes from; a later revision moves it."""
        with self.db.handling(events) as tx:
            telling.place_mails(tx)

    @on_event(MatchCorrected)
    def on_match_corrected(self, event: Event) -> None:
        """Move a mail to the record that a person says it comes from."""
        with self.db.handling(event) as tx:
            telling.place_mails(tx)

    @on_event(TicketOpened, TicketReplyReceived, TicketUpdated, batch=BATCH)
    def on_ticket_event(self, events: list[Event]) -> None:
        """Tell what happens to a ticket, on its own timeline and on its customer's."""
        with self.db.handling(events) as tx:
            if tx.fresh:
                telling.tell(tx, placing.place_tickets(tx.session, events=tx.fresh), causes=tx.fresh)

    @on_event(LeadOpened, LeadUpdated, LeadConverted, LeadDeleted, batch=BATCH)
    def on_lead_event(self, events: list[Event]) -> None:
        """Tell what happens to a lead; all of its timeline goes along when it is converted."""
        with self.db.handling(events) as tx:
            telling.unite(tx)
            leads = [(Home("lead", event.data["lead_id"]), domain.lead_entry(event)) for event in tx.fresh]
            telling.tell_of(tx, leads)

    @on_event(*SALES, batch=BATCH)
    def on_sale_event(self, events: list[Event]) -> None:
        """Tell what becomes of opportunities, quotes and invoices, on the contact's timeline and the organization's."""
        with self.db.handling(events) as tx:
            telling.tell_of(tx, [(home, domain.sale_entry(one)) for one in tx.fresh for home in domain.buyers_of(one)])

    @on_event(*ACTIVITIES, batch=BATCH)
    def on_activity_event(self, events: list[Event]) -> None:
        """Tell what becomes of to-dos, calls, meetings and visits, with all whom they are about or who take part."""
        with self.db.handling(events) as tx:
            telling.tell_of(
                tx, [(home, domain.activity_entry(one)) for one in tx.fresh for home in domain.concerned_by(one)]
            )

    @on_event(
        *(ContactMerged, ContactUnmerged, ContactDeleted, ContactRestored, OrganizationMerged, OrganizationUnmerged),
        batch=BATCH,
    )
    def on_record_event(self, events: list[Event]) -> None:
        """Timelines of records that were merged are one until they are taken apart; say who was deleted or restored."""
        with self.db.handling(events) as tx:
            telling.unite(tx)
            telling.part(tx)
            telling.tell_of(tx, [(domain.record_of(one), domain.record_entry(one)) for one in tx.fresh])

    @rpc
    def entries(
        self,
        *,
        kind: str,
        id: str,
        kinds: list[str] | None = None,
        people: list[str] | None = None,
        counted: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """A page of a record's timeline, newest first. Of a record that was merged: the one it went up in.

        ``kinds``: of entries, all unless named. ``people``: contacts whose entries stand there too, MAX_PEOPLE of them.
        ``counted``: with ``count`` and ``exact``.
        """
        home, wanted = domain.checked_record({"kind": kind, "id": id}), checked_kinds(kinds)
        further = checked_people(people or [])
        asked: Json = {"kinds": wanted, "limit": limit, "cursor": cursor}
        with self.db.session() as session:
            present = unions.present_home(session, home=home)
            homes = unions.members_of(session, homes=[present, *further])
            read = gathering.page if further else store.timeline
            rows, following = read(session, homes=list(homes), **asked)
            written = store.comments_by_id(session, ids=[row.about_id for row, _ in rows if row.kind == "comment"])
            items = [
                records.entry(
                    row, mail, home=homes[Home(row.record_kind, row.record_id)], comment=written.get(row.about_id)
                )
                for row, mail in rows
            ]
            found = {"items": items, "next": following}
            return {**found, **gathering.counted(session, homes=homes, kinds=wanted)} if counted else found

    @rpc
    def comments(
        self, *, kind: str, id: str, counted: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Json:
        """A page of a record's comments, newest first. ``counted``: with ``count`` and ``exact``."""
        home = domain.checked_record({"kind": kind, "id": id})
        with self.db.session() as session:
            present = unions.present_home(session, home=home)
            homes = unions.members(session, home=present)
            rows, following = store.comments(session, homes=homes, limit=limit, cursor=cursor)
            found = {"items": [records.comment(row, home=present) for row in rows], "next": following}
            return {**found, **paging.counted(session, store.comments_on(homes))} if counted else found

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

        The entry, and ``added``: whether it was not there before.
        ``facts``: ``{title, happened_at, summary}`` of the mail, needed where history was not told of it yet.
        """
        request = {"record": record, "mail_message_id": mail_message_id, "facts": facts}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                entry, added = by_hand.link(tx.session, record=record, mail_message_id=mail_message_id, facts=facts)
                telling.tell(tx, added)
                tx.answer = {**entry, "added": bool(added)}
        return dict(tx.answer)

    @rpc
    def unlink_mail(
        self, *, record: Json, mail_message_id: str, actor: Json | None = None, idempotency_key: str | None = None
    ) -> None:
        """Take a mail off a record's timeline by hand; no re-match puts it back. NotFound if it is not there."""
        request = {"record": record, "mail_message_id": mail_message_id}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
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
                written, added = comments.write(
                    tx.session, record=record, text=text, mail_message_id=mail_message_id, actor=actor or {}
                )
                tx.publish(CommentAdded, subject=written["id"], **comments.facts(written))
                telling.tell(tx, added)
                tx.answer = written
        return dict(tx.answer)

    @rpc
    def comment(self, *, id: str) -> Json:
        """One comment. NotFound."""
        with self.db.session() as session:
            return comments.read(session, id=id)

    @rpc
    def update_comment(
        self, *, id: str, text: str, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Another text of one's own comment. Forbidden for others; PreconditionFailed for an old ``version``."""
        asked = {"id": id, "text": text, "version": version}
        return self._of_comment(CommentUpdated, comments.change, asked, actor, idempotency_key)

    @rpc
    def delete_comment(
        self,
        *,
        id: str,
        version: int,
        may_manage: bool = False,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """A comment goes from the timeline, and can be restored. As ``update_comment``; ``may_manage``: others' too."""
        asked, deed = {"id": id, "version": version}, partial(comments.delete, may_manage=may_manage)
        return self._of_comment(CommentDeleted, deed, asked, actor, idempotency_key)

    @rpc
    def restore_comment(
        self, *, id: str, may_manage: bool = False, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """A comment comes back to its timeline. Conflict if it was not deleted; Forbidden as ``delete_comment``."""
        deed = partial(comments.restore, may_manage=may_manage)
        return self._of_comment(CommentRestored, deed, {"id": id}, actor, idempotency_key)

    def _of_comment(self, contract: Any, deed: Any, asked: Json, actor: Json | None, key: str | None) -> Json:
        with self.db.transaction(once=key, request={contract.type: asked}) as tx:
            if tx.answer is None:
                comment = deed(tx.session, **asked, actor=actor or {})
                if comment["version"] != asked.get("version"):
                    tx.publish(contract, subject=comment["id"], **comments.facts(comment))
                tx.answer = comment
        return dict(tx.answer)
