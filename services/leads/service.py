"""The leads service."""

from typing import Any

from chassis import Database, Rpc, clock, on_event, paging, rpc
from chassis.database import Transaction
from chassis.ids import new_id
from contracts import (
    LeadConverted,
    LeadDeleted,
    LeadMailJoined,
    LeadOpened,
    LeadUpdated,
    SenderMatched,
    SenderUnmatched,
)
from contracts.base import Event
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from services.leads import conversion, domain, records, store
from services.leads.models import Base, Lead

Json = dict[str, Any]
BATCH = 500


class LeadsService:
    """People who wrote and whom nobody knows yet."""

    name = "leads"
    db = Database(Base)
    contacts = Rpc("contacts")
    sales = Rpc("sales")

    @on_event(SenderUnmatched, SenderMatched, batch=BATCH)
    def on_sender_decided(self, events: list[Event]) -> None:
        """Open a lead for each stranger at a sales mailbox; put the further mails of a lead on it."""
        with self.db.handling(events) as tx:
            store.remember_decisions(tx.session, rows=domain.later_decisions(tx.fresh))
            wanted = [event for event in tx.fresh if domain.opens_lead(event) or domain.joins_lead(event)]
            if wanted:
                _act(tx, wanted)

    @rpc
    def lead(self, *, id: str) -> Json:
        """One lead with its mails. NotFound."""
        with self.db.session() as session:
            row = _existing(store.lead_by_id(session, id=domain.checked_id(id)))
            return {**records.lead(row), "mails": records.mails(store.mails_of(session, lead_id=row.id))}

    @rpc
    def leads(
        self,
        *,
        status: str | None = None,
        query: str | None = None,
        became: list[list[str]] | None = None,
        counted: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """A page of leads, newest first: those of a status, those whose name, company, address or title hold a text.

        ``became``: converted into one of each of these sets of records. ``counted``: with ``count`` and ``exact``.
        """
        asked: Json = {"status": domain.checked_status(status), "became": domain.checked_became(became)}
        with self.db.session() as session:
            wanted = store.leads(session, query=query, **asked)
            rows, following = store.page(session, wanted, limit=limit, cursor=cursor)
            found = {"items": [records.lead(row) for row in rows], "next": following}
            return {**found, **paging.counted(session, wanted)} if counted else found

    @rpc
    def open_lead(
        self,
        *,
        data: Json,
        mail_message_id: str | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """Open a lead by hand. If the address has an open one, the mail joins that; Conflict where there is no mail."""
        request = {"data": data, "mail_message_id": mail_message_id}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                store.lock(tx.session)
                tx.answer = records.lead(_open(tx, domain.new_values(data), mail_message_id))
        return dict(tx.answer)

    @rpc
    def update_lead(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Change fields. PreconditionFailed if ``version`` is not the present one; Conflict if it is closed."""
        with self.db.transaction(once=idempotency_key, request={"id": id, "data": data, "version": version}) as tx:
            if tx.answer is None:
                store.lock(tx.session)
                row = _open_row(tx, id, version)
                _change(tx, row, domain.changed_values(data))
                tx.answer = records.lead(row)
        return dict(tx.answer)

    @rpc
    def convert_lead(
        self, *, id: str, data: Json | None = None, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Make a contact and/or an organization of a lead, and an opportunity if asked for, once.

        Conflict if it was converted before.
        """
        begun = self._begin(domain.checked_id(id), data)
        made = self._make(id, begun, actor) if begun else {}
        with self.db.transaction(once=idempotency_key, request={"id": id, "data": data}) as tx:
            if tx.answer is None:
                store.lock(tx.session)
                tx.answer = records.lead(_convert(tx, _open_row(tx, id), made))
        return dict(tx.answer)

    @rpc
    def delete_lead(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> None:
        """Delete an open lead; its address stands for nobody then. NotFound; Conflict if it is converted."""
        with self.db.transaction(once=idempotency_key, request={"id": id}) as tx:
            if tx.answer is None:
                store.lock(tx.session)
                row = _open_row(tx, id)
                row.state, row.updated_at = domain.DELETED, clock.now()
                tx.publish(LeadDeleted, subject=row.id, lead_id=row.id, canonical=row.canonical)
                tx.answer = {"id": row.id}

    def _begin(self, id: str, data: Json | None) -> Json | None:
        """Fix what a conversion makes before the first RPC; None if the lead is not open any more."""
        with self.db.transaction() as tx:
            row = _existing(store.lead_by_id(tx.session, id=id, locked=True))
            if row.state != domain.OPEN:
                return None
            row.conversion = {**conversion.begun(row, data), **(row.conversion or {})}
            return row.conversion

    def _make(self, id: str, begun: Json, actor: Json | None) -> Json:
        """Create the records; values that their services refuse are forgotten, so that others can be tried."""
        made = self._make_people(id, begun, actor)
        return {**made, "opportunity_id": self._make_opportunity(id, begun, made, actor)}

    def _make_people(self, id: str, begun: Json, actor: Json | None) -> Json:
        try:
            organization_id = begun["organization_id"]
            if begun["organization"]:
                key = conversion.key(id, "organization")
                made = self.contacts.create_organization(data=begun["organization"], actor=actor, idempotency_key=key)
                organization_id = made["id"]
            contact_id = self._make_contact(id, begun, actor, organization_id)
        except Invalid:
            self._forget(id, *begun)
            raise
        return {"contact_id": contact_id, "organization_id": organization_id}

    def _make_contact(self, id: str, begun: Json, actor: Json | None, organization_id: str | None) -> str | None:
        if not begun["contact"]:
            return None
        data = {**begun["contact"], "organization_id": organization_id}
        made = self.contacts.create_contact(data=data, actor=actor, idempotency_key=conversion.key(id, "contact"))
        return str(made["id"])

    def _make_opportunity(self, id: str, begun: Json, made: Json, actor: Json | None) -> str | None:
        if not begun["opportunity"]:
            return None
        data, key = {**begun["opportunity"], **made}, conversion.key(id, "opportunity")
        try:
            opened = self.sales.open_opportunity(data=data, lead_id=id, actor=actor, idempotency_key=key)
        except Invalid as error:
            self._forget(id, "opportunity")
            faults = {f"opportunity.{name}": sentences for name, sentences in error.fields.items()}
            raise Invalid(error.message, fields=faults) from error
        return str(opened["id"])

    def _forget(self, id: str, *parts: str) -> None:
        with self.db.transaction() as tx:
            row = _existing(store.lead_by_id(tx.session, id=id, locked=True))
            kept = {name: value for name, value in (row.conversion or {}).items() if name not in parts}
            row.conversion = kept or None


def _act(tx: Transaction, events: list[Event]) -> None:
    store.lock(tx.session)
    plan = domain.plan(events, store.desk(tx.session, events=events), new_id=new_id)
    serials = store.add_leads(tx.session, openings=plan.openings, now=clock.now())
    store.add_mails(tx.session, joinings=plan.joinings)
    for opening in plan.openings:
        _publish_opened(tx, opening, serials[opening.lead_id])
    for joining in plan.joinings:
        if not joining.opens:
            ids = {"lead_id": joining.lead_id, "mail_message_id": domain.mail_id(joining.event)}
            tx.publish(LeadMailJoined, subject=joining.lead_id, cause=joining.event, **ids)


def _publish_opened(tx: Transaction, opening: domain.Opening, serial: int) -> None:
    values = opening.values
    tx.publish(
        LeadOpened,
        subject=opening.lead_id,
        cause=opening.event,
        lead_id=opening.lead_id,
        number=domain.number(serial),
        status="Not Contacted",
        mail_message_id=domain.mail_id(opening.event),
        personal={name: values[name] for name in ("last_name", "first_name", "company", "address", "canonical")},
    )


def _open(tx: Transaction, values: Json, mail_message_id: str | None) -> Lead:
    present = store.open_lead_by_address(tx.session, canonical=values["canonical"])
    if present is None:
        return _opened_by_hand(tx, values, mail_message_id)
    if mail_message_id is None:
        sentence = f"{domain.number(present.number)} is open for this address already: use that one."
        raise Conflict(sentence, lead_id=present.id)
    if store.add_mail(tx.session, lead_id=present.id, mail_message_id=mail_message_id, received_at=clock.now()):
        tx.publish(LeadMailJoined, subject=present.id, lead_id=present.id, mail_message_id=mail_message_id)
    return present


def _opened_by_hand(tx: Transaction, values: Json, mail_message_id: str | None) -> Lead:
    now = clock.now()
    [serial] = store.reserve_numbers(tx.session, count=1)
    row = Lead(**store.new_row(values, id=new_id(), serial=serial, now=now))
    tx.session.add(row)
    tx.session.flush()
    if mail_message_id:
        store.add_mail(tx.session, lead_id=row.id, mail_message_id=mail_message_id, received_at=now)
    facts: Json = {
        "lead_id": row.id,
        "number": domain.number(serial),
        "status": row.status,
        "personal": domain.personal(row),
    }
    tx.publish(LeadOpened, subject=row.id, mail_message_id=mail_message_id, **facts)
    return row


def _change(tx: Transaction, row: Lead, values: Json) -> None:
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return
    other = store.open_lead_by_address(tx.session, canonical=changed.get("canonical", ""))
    if other:
        raise Conflict(f"{domain.number(other.number)} is open for this address already.", lead_id=other.id)
    for name, value in changed.items():
        setattr(row, name, value)
    row.version, row.updated_at = row.version + 1, clock.now()
    row.search_text = domain.search_text({name: getattr(row, name) for name in (*domain.personal(row), "title")})
    tx.publish(LeadUpdated, subject=row.id, lead_id=row.id, status=row.status, personal=domain.personal(row))


def _convert(tx: Transaction, row: Lead, made: Json) -> Lead:
    for name, record_id in made.items():
        setattr(row, name, record_id)
    row.state, row.converted_at = domain.CONVERTED, clock.now()
    row.version, row.updated_at = row.version + 1, row.converted_at
    tx.publish(LeadConverted, subject=row.id, lead_id=row.id, canonical=row.canonical, **made)
    return row


def _existing(row: Lead | None) -> Lead:
    if row is None:
        raise NotFound("There is no such lead.")
    return row


def _open_row(tx: Transaction, id: str, version: int | None = None) -> Lead:
    row = _existing(store.lead_by_id(tx.session, id=domain.checked_id(id), locked=True))
    domain.check_open(row.state, row.number)
    if version is not None and row.version != version:
        raise PreconditionFailed("The lead has changed since you read it: read it again.")
    return row
