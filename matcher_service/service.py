"""The entrypoints of the matcher.

How no decision stays behind the address book, although the look-up is a call and its answer may be old when it is
committed: every address event is first noted in a commit of its own (``address_changes``), then the decisions of that
address are re-made. Whoever has decided looks after the commit for notes younger than the look-up. Either the note is
there, and it is re-made here; or it comes later, and the address handler, reading after its note, sees the decision.
Both look again on redelivery too, so a crash between the two steps changes nothing.
"""

from typing import Any

from chassis import Database, Rpc, clock, deadline, on_event, paging, rpc
from contracts import (
    AddressAssigned,
    AddressReleased,
    ContactDeleted,
    ContactMerged,
    ContactUnmerged,
    Event,
    LeadConverted,
    LeadDeleted,
    MailMessageReceived,
    OrganizationDeleted,
    OrganizationMerged,
    OrganizationUnmerged,
)
from contracts.errors import ServiceTimeout, ServiceUnavailable
from matcher_service import arguments, decisions, domain, models, prefill, store, unions
from matcher_service.rematch import Rematch

Values = dict[str, Any]


class MatcherService:
    """Decides who is behind each mail; explains, corrects and re-makes its decisions."""

    name = "matcher"
    db = Database(models.Base)
    contacts = Rpc("contacts")
    leads = Rpc("leads")

    @on_event(MailMessageReceived, batch=500)
    def on_mail_message_received(self, events: list[Event]) -> None:
        """One decision per mail; one look-up for the whole batch."""
        parties = {event.id: domain.party_of(event.data["mail"], event.data["personal"]) for event in events}
        causes = {parties[event.id].canonical: event for event in events}
        rematch = Rematch(self.db, self._resolve)
        mark, answers = rematch.look_up(causes)
        with self.db.handling(events) as tx:
            decisions.add(tx, parties, answers, moment=clock.now())
        fresh = {event.id for event in tx.fresh}
        rematch.settle(mark, causes, at_once={parties[event.id].canonical for event in events if event.id not in fresh})

    @on_event(AddressAssigned, AddressReleased, batch=200)
    def on_address_changed(self, events: list[Event]) -> None:
        """Re-make the decisions about past mails of addresses that began or ceased to stand for a record."""
        with self.db.handling(events) as tx:
            store.add_changes(tx.session, {event.data["canonical"] for event in tx.fresh})
        Rematch(self.db, self._resolve).remake({event.data["canonical"]: event for event in events})

    @on_event(
        ContactMerged, OrganizationMerged, ContactDeleted, OrganizationDeleted, LeadConverted, LeadDeleted, batch=100
    )
    def on_record_gone(self, events: list[Event]) -> None:
        """What people chose goes over to the record that stands in the place of one that is gone, or is forgotten."""
        with self.db.handling(events) as tx:
            for event in tx.fresh:
                record, heir = domain.gone_record(event.data)
                if heir:
                    unions.unite(tx.session, merge_id=domain.merge_of(event), record=record, heir=heir)
                else:
                    unions.forget(tx.session, record)
        for event in events:
            self._release(*domain.gone_record(event.data), event)

    @on_event(ContactUnmerged, OrganizationUnmerged)
    def on_record_back(self, event: Event) -> None:
        """What people chose for a record that was merged away is its own again; also what for its addresses since."""
        record, heir = domain.gone_record(event.data)
        survivor, addresses = heir or {}, event.data["addresses"]
        since, until = clock.unwire(event.data["merged_at"]), clock.unwire(event.time)
        with self.db.handling(event) as tx:
            if tx.fresh:
                merge_id = domain.merge_of(event)
                unions.unite(tx.session, merge_id=merge_id, record=record, heir=survivor)
                unions.part(tx.session, merge_id=merge_id, since=since, until=until, addresses=addresses)
        with self.db.session() as session:
            chosen = unions.chosen_for(session, record["id"])
        again = Rematch(self.db, self._resolve)
        again.remake(dict.fromkeys(addresses, event), gone={**survivor, "since": since})
        again.remake(dict.fromkeys({*chosen, *addresses}, event))

    @rpc
    def decision(self, *, mail_message_id: str) -> Values:
        """Who is behind a mail, by which address, with candidates, reasons and the rules tried. NotFound before."""
        with self.db.session() as session:
            return decisions.wire(decisions.present(session, mail_message_id))

    @rpc
    def decisions(self, *, state: str | None = None, limit: int | None = None, cursor: str | None = None) -> Values:
        """Decisions, newest first; ``state``: matched or unmatched."""
        wanted, after = paging.bounded(limit), cursor and paging.last_id(cursor)
        with self.db.session() as session:
            rows = store.decisions(session, state=arguments.state_of(state), limit=wanted + 1, after=after)
        shown, following = paging.page(rows, wanted, key=lambda row: [row.id])
        return {"items": [decisions.wire(row) for row in shown], "next": following}

    @rpc
    def open_panel(self, *, mail_message_id: str) -> Values:
        """What stands beside an open mail: the decision, who is meant by its address now, actions and a filled-in form.

        ``live`` false: the address book did not answer, and the candidates are those of the decision.
        """
        with self.db.session() as session:
            row = decisions.present(session, mail_message_id)
            form = prefill.form(row.party, row.personal)
        candidates, live = self._candidates_now(row)
        return {
            "decision": decisions.wire(row),
            "candidates": candidates,
            "live": live,
            "actions": domain.actions(candidates, matched=row.state == "matched"),
            "form": form,
        }

    @rpc
    def correct(
        self,
        *,
        mail_message_id: str,
        record: Values | None,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """A person says whose mail it is (null: nobody we know). It stays, and holds for later mails of the address."""
        choice = self._choice(arguments.record_of(record))
        staff_user_id = (actor or {}).get("staff_user_id")
        request = {"correct": mail_message_id, "record": record}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = decisions.correct(tx, mail_message_id, choice, staff_user_id=staff_user_id)
        return tx.answer

    @rpc
    def rematch(
        self, *, mail_message_id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Decide again about one mail by what the address book and the remembered choices say now, a correction too."""
        with self.db.session() as session:
            canonical = decisions.present(session, mail_message_id).canonical
        again = Rematch(self.db, self._resolve)
        mark, answers = again.look_up([canonical])
        with self.db.transaction(once=idempotency_key, request={"rematch": mail_message_id}) as tx:
            if tx.answer is None:
                row = decisions.present(tx.session, mail_message_id, lock=True)
                decisions.remake(tx, [row], answers, causes={})
                tx.session.refresh(row)
                tx.answer = decisions.wire(row)
        with deadline.within(None):  # it is decided: bringing it in line is owed to the address book, not to the caller
            again.settle(mark, {canonical: None}, at_once=())
        return tx.answer

    def _resolve(self, canonicals: list[str]) -> dict[str, list[Values]]:
        found: dict[str, list[Values]] = self.contacts.resolve_addresses(addresses=canonicals)
        return found

    def _release(self, record: Values, heir: Values | None, event: Event) -> None:
        with self.db.session() as session:
            if unions.has_ended(session, domain.merge_of(event)):
                return
            corrected = store.addresses_corrected_to(session, record)
            chosen = set() if heir else unions.chosen_for(session, record["id"])
        again = Rematch(self.db, self._resolve)
        again.remake(dict.fromkeys(corrected, event), gone=record)
        again.remake(dict.fromkeys(chosen, event))

    def _candidates_now(self, row: models.Decision) -> tuple[list[Values], bool]:
        try:
            return self._resolve([row.canonical])[row.canonical] if row.canonical else [], True
        except (ServiceUnavailable, ServiceTimeout):
            return row.candidates, False

    def _choice(self, record: Values | None) -> domain.Choice:
        """The record as its owner knows it; the owner's NotFound if there is none."""
        if record is None:
            return domain.Choice(None)
        owner = self.leads if record["kind"] == "lead" else self.contacts
        found = getattr(owner, record["kind"])(id=record["id"])
        return arguments.choice_of(record, found)
