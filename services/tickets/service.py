"""The tickets service."""

from typing import Any

from chassis import Database, clock, on_event, paging, rpc
from chassis.database import Transaction
from chassis.ids import new_id
from contracts import (
    ContactDeleted,
    ContactMerged,
    ContactRestored,
    ContactUnmerged,
    MatchCorrected,
    OrganizationMerged,
    OrganizationUnmerged,
    SenderMatched,
    SenderUnmatched,
    TicketOpened,
)
from contracts.base import Event
from contracts.errors import Conflict, NotFound, PreconditionFailed, ServiceUnavailable
from services.tickets import customers, domain, filing, forms, records, store, tokens
from services.tickets.models import Base, Ticket
from services.tickets.settings import token_keys
from services.tickets.words import word_of

Json = dict[str, Any]
BATCH = 500


class TicketsService:
    """What customers ask for, and every mail about it."""

    name = "tickets"
    db = Database(Base)

    @on_event(SenderMatched, SenderUnmatched, batch=BATCH)
    def on_sender_decided(self, events: list[Event]) -> None:
        """Put replies on their tickets, open tickets for support mails; a re-match names the customer."""
        keys = token_keys()
        with self.db.handling(events) as tx:
            arrivals = [one for event in tx.fresh if (one := domain.arrival(event, keys=keys))]
            rematches = [event for event in tx.fresh if domain.acts(event) and domain.is_rematch(event)]
            if arrivals or rematches:
                store.lock(tx.session)
                words = store.remember_words(tx.session, words=[word_of(event) for event in rematches])
                filing.settle(tx, words, {domain.mail_id(event): event for event in rematches})
                filing.file_mails(tx, arrivals, keys=keys)

    @on_event(MatchCorrected)
    def on_match_corrected(self, event: Event) -> None:
        """Name the customer that a person says wrote the mail."""
        with self.db.handling(event) as tx:
            for correction in tx.fresh:
                store.lock(tx.session)
                words = store.remember_words(tx.session, words=[word_of(correction)])
                filing.settle(tx, words, {correction.data["mail_message_id"]: correction})

    @on_event(
        *(ContactMerged, ContactUnmerged, ContactDeleted, ContactRestored, OrganizationMerged, OrganizationUnmerged),
        batch=BATCH,
    )
    def on_record_event(self, events: list[Event]) -> None:
        """Tickets go along with a contact or organization that is merged, taken out again, deleted or restored."""
        with self.db.handling(events) as tx:
            if tx.fresh:
                store.lock(tx.session)
                filing.follow_customers(tx, tx.fresh)

    @rpc
    def ticket(self, *, id: str) -> Json:
        """One ticket with its mails, newest first. NotFound."""
        with self.db.session() as session:
            row = _existing(store.ticket_by_id(session, id=forms.checked_id(id)))
            return {**records.ticket(row), "messages": records.messages(store.mails_of(session, ticket_id=row.id))}

    @rpc
    def tickets(
        self,
        *,
        status: str | None = None,
        customer_id: str | None = None,
        organization_id: str | None = None,
        people: list[str] | None = None,
        needs_review: bool | None = None,
        query: str | None = None,
        counted: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """A page of tickets, newest first, of one status or customer where named, or those to be looked at.

        ``organization_id``: of an organization or one of its ``people``. ``query``: a number, or words that title or
        requester hold. ``counted``: with ``count`` and ``exact``.
        """
        of: Json = {
            "customer_id": customer_id,
            "organization_id": organization_id,
            "people": forms.checked_people(people),
        }
        narrowed: Json = {"status": forms.checked_status(status), "needs_review": needs_review}
        narrowed["words"] = forms.words_of(query)
        with self.db.session() as session:
            wanted = store.tickets(session, **of, **narrowed)
            rows, following = store.page(session, wanted, limit=limit, cursor=cursor)
            found = {"items": [records.ticket(row) for row in rows], "next": following}
            return {**found, **paging.counted(session, wanted)} if counted else found

    @rpc
    def open_ticket(
        self,
        *,
        data: Json,
        mail_message_id: str | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Open a ticket by hand, from a mail where one is named. Conflict if that mail is on a ticket already."""
        request = {"data": data, "mail_message_id": mail_message_id}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                store.lock(tx.session)
                tx.answer = records.ticket(_open(tx, data, mail_message_id))
        return dict(tx.answer)

    @rpc
    def update_ticket(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Change fields. PreconditionFailed if ``version`` is not the present one; Conflict for a forbidden status."""
        with self.db.transaction(once=idempotency_key, request={"id": id, "data": data, "version": version}) as tx:
            if tx.answer is None:
                store.lock(tx.session)
                row = _existing(store.ticket_by_id(tx.session, id=forms.checked_id(id), locked=True))
                _change(tx, row, data, version)
                tx.answer = records.ticket(row)
        return dict(tx.answer)

    @rpc
    def reply_token(self, *, id: str) -> str:
        """``TT12.k3f9…``: whoever answers a mail that carries it answers this ticket. NotFound."""
        keys = token_keys()
        if not keys:
            raise ServiceUnavailable("Ticket tokens cannot be signed: set MUSUBI_SECRET_KEYS or MUSUBI_TICKET_KEY.")
        with self.db.session() as session:
            row = _existing(store.ticket_by_id(session, id=forms.checked_id(id)))
            return tokens.token(row.number, key=keys[0])


def _open(tx: Transaction, data: Json, mail_message_id: str | None) -> Ticket:
    values, mail = forms.new_values(data)
    if mail_message_id and store.mail_is_placed(tx.session, mail_message_id=mail_message_id):
        raise Conflict("This mail is on a ticket already: write on that one.")
    now = clock.now()
    [serial] = store.reserve_numbers(tx.session, count=1)
    row = Ticket(id=new_id(), number=serial, created_at=now, updated_at=now, **values)
    customers.follow(tx.session, [row])
    tx.session.add(row)
    tx.session.flush()
    if mail_message_id:
        store.add_mails(tx.session, **records.rows_of_chosen_mail(row, mail_message_id, mail or {}))
    tx.publish(TicketOpened, subject=row.id, mail_message_id=mail_message_id, **records.facts(row))
    return row


def _change(tx: Transaction, row: Ticket, data: Json, version: int) -> None:
    if row.version != version:
        raise PreconditionFailed("The ticket has changed since you read it: read it again.")
    values = forms.changed_values(data)
    forms.check_transition(row.status, values.get("status", row.status))
    # Whoever says who stands there anyway says nothing new: what was said before is needed for an un-merge.
    stands = {f"said_{name}": getattr(row, name) for name in ("customer_kind", "customer_id", "organization_id")}
    changed = {name: value for name, value in values.items() if stands.get(name, getattr(row, name)) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        customers.follow(tx.session, [row])
        filing.tell_update(tx, row)


def _existing(row: Ticket | None) -> Ticket:
    if row is None:
        raise NotFound("There is no such ticket.")
    return row
