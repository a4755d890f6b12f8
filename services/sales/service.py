"""The sales service."""

from typing import Any

from chassis import Database, Rpc, on_event, paging, rpc
from contracts import ContactMerged, ContactUnmerged, Event, OrganizationMerged, OrganizationUnmerged
from services.sales import changes, domain, fields, form, issuer, parties, printing, store, unions
from services.sales.kinds import INVOICE, OPPORTUNITY, QUOTE, Kind, added_up, wire
from services.sales.models import Base

Json = dict[str, Any]


class SalesService:
    """What is sold to whom. A write with an idempotency key has its effect once."""

    name = "sales"
    db = Database(Base)
    contacts = Rpc("contacts")

    @on_event(ContactMerged, ContactUnmerged, OrganizationMerged, OrganizationUnmerged)
    def on_merged(self, event: Event) -> None:
        """Let the records of who was merged be the survivor's, and come back when the merge is undone."""
        with self.db.handling(event) as tx:
            for one in tx.fresh:
                store.hold_numbers(tx.session)
                unions.follow(tx.session, one)

    @rpc
    def opportunity(self, *, id: str) -> Json:
        """One opportunity. NotFound."""
        return self._record(OPPORTUNITY, id)

    @rpc
    def opportunities(self, **which: Any) -> Json:
        """A page of opportunities, newest first; see ``_page``."""
        return self._page(OPPORTUNITY, **which)

    @rpc
    def open_opportunity(
        self,
        *,
        data: Json,
        lead_id: str | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> Json:
        """A new opportunity; Invalid names the fields that cannot be accepted.

        ``lead_id``: of the lead whose conversion opens it. Of each there is one, and asked again it is the answer.
        """
        own = {"lead_id": domain.checked_id(lead_id)} if lead_id else {}
        return self._create(OPPORTUNITY, data, actor, idempotency_key, **own)

    @rpc
    def update_opportunity(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """The fields that ``data`` names are changed. PreconditionFailed if ``version`` is not the present one."""
        return self._update(OPPORTUNITY, id, data, version, actor, idempotency_key)

    @rpc
    def delete_opportunity(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """The opportunity goes into the recycle bin."""
        return self._delete(OPPORTUNITY, id, actor, idempotency_key)

    @rpc
    def restore_opportunity(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """The opportunity comes back from the recycle bin."""
        return self._restore(OPPORTUNITY, id, actor, idempotency_key)

    @rpc
    def quote(self, *, id: str) -> Json:
        """One quote with its lines. NotFound."""
        return self._record(QUOTE, id)

    @rpc
    def quotes(self, **which: Any) -> Json:
        """A page of quotes without their lines, newest first; see ``_page``."""
        return self._page(QUOTE, **which)

    @rpc
    def create_quote(self, *, data: Json, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """A new quote; what it comes to is worked out here. Whom it is for may come from its opportunity."""
        return self._create(QUOTE, data, actor, idempotency_key)

    @rpc
    def update_quote(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """As ``update_opportunity``. Conflict for a stage that cannot follow, or for what an issued one has written."""
        return self._update(QUOTE, id, data, version, actor, idempotency_key)

    @rpc
    def delete_quote(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """The quote goes into the recycle bin."""
        return self._delete(QUOTE, id, actor, idempotency_key)

    @rpc
    def restore_quote(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """The quote comes back from the recycle bin."""
        return self._restore(QUOTE, id, actor, idempotency_key)

    @rpc
    def invoice_quote(
        self, *, id: str, data: Json | None = None, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """An invoice of a quote; ``data`` may name its dates. Conflict if the quote has one, which ``extra`` names."""
        values = fields.checked(fields.InvoiceDates, data or {})
        with self.db.transaction(once=idempotency_key, request={"invoice": id, "data": data}) as tx:
            if tx.answer is None:
                tx.answer = changes.invoice_quote(tx, id, values, actor)
        return dict(tx.answer)

    @rpc
    def print_quote(self, *, id: str, language: str = "ja", etag: str | None = None) -> Json:
        """A quote as PDF: ``{name, etag, content: base64}``; without content where ``etag`` is the present one."""
        return self._print(QUOTE, id, language, etag)

    @rpc
    def invoice(self, *, id: str) -> Json:
        """One invoice with its lines. NotFound."""
        return self._record(INVOICE, id)

    @rpc
    def invoices(self, **which: Any) -> Json:
        """A page of invoices without their lines, newest first; see ``_page``."""
        return self._page(INVOICE, **which)

    @rpc
    def create_invoice(self, *, data: Json, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """As ``create_quote``."""
        return self._create(INVOICE, data, actor, idempotency_key)

    @rpc
    def update_invoice(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """As ``update_quote``."""
        return self._update(INVOICE, id, data, version, actor, idempotency_key)

    @rpc
    def delete_invoice(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """The invoice goes into the recycle bin. Conflict once it was issued."""
        return self._delete(INVOICE, id, actor, idempotency_key)

    @rpc
    def restore_invoice(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """The invoice comes back from the recycle bin."""
        return self._restore(INVOICE, id, actor, idempotency_key)

    @rpc
    def print_invoice(self, *, id: str, language: str = "ja", etag: str | None = None) -> Json:
        """As ``print_quote``."""
        return self._print(INVOICE, id, language, etag)

    @rpc
    def totals(self, *, data: Json) -> Json:
        """What ``lines`` come to on a new document, or with the ``rounding`` of one that is there; nothing is kept.

        Invalid names each fault by its field.
        """
        values = fields.checked(fields.Sum, data)
        with self.db.session() as session:
            settings, _ = store.issuer_settings(session)
        return added_up({"rounding": settings["rounding"], **values})

    @rpc
    def issuer(self) -> Json:
        """Who issues documents, with the version of these settings: 0 before anybody wrote them.

        ``hints``: by field, what is odd but may be right.
        """
        with self.db.session() as session:
            settings, version = store.issuer_settings(session)
        return {**settings, "version": version, "hints": issuer.hints(settings)}

    @rpc
    def update_issuer(
        self, *, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """The settings that ``data`` names are changed; documents that were issued keep the earlier ones."""
        values = fields.checked(issuer.Issuer, data)
        with self.db.transaction(once=idempotency_key, request={"issuer": data, "version": version}) as tx:
            if tx.answer is None:
                tx.answer = changes.update_issuer(tx, values, version)
        return dict(tx.answer)

    def _record(self, kind: Kind, record_id: str) -> Json:
        with self.db.session() as session:
            return wire(kind, store.values(changes.present(session, kind, record_id)))

    def _print(self, kind: Kind, record_id: str, language: str, etag: str | None) -> Json:
        chosen = fields.checked(fields.Print, {"language": language, "etag": etag})
        document = self._record(kind, record_id)
        named = document["issuer"] or self.issuer()
        return printing.printed(form.form(document, named, chosen["language"]), etag=chosen["etag"])

    def _page(
        self,
        kind: Kind,
        *,
        query: str | None = None,
        deleted: bool = False,
        counted: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
        **equal: str | None,
    ) -> Json:
        """Those whose ``contact_id``, ``organization_id``, ``stage`` or ``opportunity_id`` is the named one.

        ``counted``: with ``count`` and ``exact``.
        """
        wanted = store.records(kind.model, equal=fields.checked(kind.filters, equal), query=query, deleted=deleted)
        with self.db.session() as session:
            rows, following = store.page(session, kind.model, wanted, limit=limit, cursor=cursor)
            found = {"items": [wire(kind, store.values(row), whole=False) for row in rows], "next": following}
            return {**found, **paging.counted(session, wanted)} if counted else found

    def _create(self, kind: Kind, data: Json, actor: Json | None, key: str | None, **own: Any) -> Json:
        values = fields.checked(kind.schema, data)
        with self.db.session() as session:
            values = changes.prefilled(session, kind, values)
        ids = {name: values.get(name) for name in ("contact_id", "organization_id")}
        found = parties.ask(self.contacts, **ids, guess="organization_id" not in values)
        with self.db.transaction(once=key, request={"create": kind.name, "data": data, **own}) as tx:
            if tx.answer is None:
                tx.answer = changes.create(tx, kind, values, found, actor, **own)
        return dict(tx.answer)

    def _update(self, kind: Kind, id: str, data: Json, version: int, actor: Json | None, key: str | None) -> Json:
        values = fields.checked(kind.schema, data)
        found = self._parties_of_change(kind, id, values)
        request = {"update": kind.name, "id": id, "data": data, "version": version}
        with self.db.transaction(once=key, request=request) as tx:
            if tx.answer is None:
                tx.answer = changes.update(tx, kind, id, values, version, found, actor)
        return dict(tx.answer)

    def _parties_of_change(self, kind: Kind, id: str, values: Json) -> parties.Parties | None:
        with self.db.session() as session:
            row = changes.existing(session, kind, id)
            present = {name: getattr(row, name) for name in ("contact_id", "organization_id")}
            if not changes.needs_parties(kind, row, values):
                return None
        ids = {name: values.get(name, value) for name, value in present.items()}
        return parties.ask(self.contacts, **ids, guess=False)

    def _delete(self, kind: Kind, id: str, actor: Json | None, key: str | None) -> Json:
        with self.db.transaction(once=key, request={"delete": kind.name, "id": id}) as tx:
            if tx.answer is None:
                tx.answer = changes.delete(tx, kind, id, actor)
        return dict(tx.answer)

    def _restore(self, kind: Kind, id: str, actor: Json | None, key: str | None) -> Json:
        with self.db.transaction(once=key, request={"restore": kind.name, "id": id}) as tx:
            if tx.answer is None:
                tx.answer = changes.restore(tx, kind, id, actor)
        return dict(tx.answer)
