"""The entrypoints of contacts."""

from typing import Any

from nameko.extensions import DependencyProvider

from chassis import Database, on_event, paging, rpc
from chassis.rpc_client import Calls, ServiceProxy
from contacts_service import (
    background,
    changes,
    domain,
    models,
    open_leads,
    related,
    shared_settings,
    stars,
    store,
)
from contacts_service.exchange_calls import ExchangeCalls
from contacts_service.image_calls import ImageCalls
from contacts_service.jobs.worker import Worker
from contacts_service.kinds import CONTACT, KINDS, ORGANIZATION, Kind, change_wire, wire
from contacts_service.list_calls import ListCalls
from contacts_service.mass_calls import MassCalls
from contacts_service.merge_calls import MergeCalls
from contacts_service.tree_calls import TreeCalls
from contracts import Event, LeadConverted, LeadDeleted, LeadOpened, LeadUpdated

Values = dict[str, Any]


class Working(DependencyProvider):
    """nameko's side of the worker on jobs: its beginning and end."""

    calls = Calls()
    worker: Worker | None = None

    def start(self) -> None:
        """Begin to work on jobs."""
        [database] = [each for each in self.container.dependencies if isinstance(each, Database)]
        if database.handle is None:
            raise RuntimeError("the database provider was not set up")
        self.worker = background.worker(database.handle, ServiceProxy(self.calls.caller, "staff"))
        self.container.spawn_managed_thread(self.worker.run, identifier="jobs")

    def stop(self) -> None:
        """End after the present step."""
        if self.worker:
            self.worker.stop()

    def wake(self) -> None:
        """There may be something to do."""
        if self.worker:
            self.worker.wake()

    def get_dependency(self, worker_ctx: Any) -> "Working":
        """Itself: the methods of the service wake it."""
        return self


class ContactsService(ExchangeCalls, ImageCalls, ListCalls, MassCalls, MergeCalls, TreeCalls):
    """Contacts, organizations and the address book. A write with an idempotency key has its effect once."""

    name = "contacts"
    db = Database(models.Base)
    jobs = Working()

    @on_event(LeadOpened, LeadUpdated, LeadConverted, LeadDeleted, batch=200)
    def on_lead_changed(self, events: list[Event]) -> None:
        """Keep the addresses of open leads in the address book."""
        with self.db.handling(events) as tx:
            open_leads.follow(tx)

    @rpc
    def resolve_addresses(self, *, addresses: list[str]) -> dict[str, list[Values]]:
        """Who is meant by each of up to 1,000 addresses, best first: exact ones, then, marked weak, likely ones."""
        asked = domain.canonicals(addresses)
        with self.db.session() as session:
            exact = store.entries_of_addresses(session, set(asked.values()))
            weak = store.entries_of_weak_keys(session, set(domain.weak_keys(asked.values()).values()))
        return domain.answers(asked, exact, weak)

    @rpc
    def contact(self, *, id: str) -> Values:
        """One contact. NotFound names the survivor if it was merged away."""
        return self._record(CONTACT, id)

    @rpc
    def create_contact(
        self, *, data: Values, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """A new contact; Invalid names the fields that cannot be accepted."""
        return self._create(CONTACT, data, actor, idempotency_key)

    @rpc
    def update_contact(
        self, *, id: str, data: Values, version: int, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """The fields that ``data`` names are changed. PreconditionFailed if ``version`` is not the present one."""
        return self._update(CONTACT, id, data, version, actor, idempotency_key)

    @rpc
    def delete_contact(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """The contact goes into the recycle bin."""
        return self._delete(CONTACT, id, actor, idempotency_key)

    @rpc
    def restore_contact(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """The contact comes back from the recycle bin. Conflict while its organization is there."""
        return self._restore(CONTACT, id, actor, idempotency_key)

    @rpc
    def star(
        self, *, kind: str, id: str, starred: bool, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Mark a record for whoever asks, or take the mark away."""
        request = {"star": kind, "id": id, "starred": starred}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = stars.put(tx, KINDS[kind], id, starred=starred, actor=actor)
        return tx.answer

    @rpc
    def is_starred(self, *, kind: str, id: str, reader: str) -> Values:
        """Whether a staff user marked a record. NotFound."""
        with self.db.session() as session:
            row = changes.present(session, KINDS[kind], id)
            return {"starred": bool(stars.starred_among(session, reader, [row.id]))}

    @rpc
    def shared_settings(self) -> Values:
        """The settings that hold for everybody."""
        with self.db.session() as session:
            return shared_settings.read(session)

    @rpc
    def update_shared_settings(
        self, *, data: Values, version: int, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Change settings. Invalid; PreconditionFailed if ``version`` is not the present one."""
        request = {"settings": data, "version": version}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = shared_settings.change(tx, data, version, actor)
        return tx.answer

    @rpc
    def address_copy(self, *, id: str) -> Values:
        """The postal fields that a contact of an organization may take over, and whether the settings say so."""
        with self.db.session() as session:
            return changes.address_copy(session, id)

    @rpc
    def contact_changes(self, *, id: str, limit: int | None = None, cursor: str | None = None) -> Values:
        """What was done to a contact, newest first, whether it is deleted or not: who, when, which fields. NotFound."""
        return self._changes(CONTACT, id, limit, cursor)

    @rpc
    def organization(self, *, id: str) -> Values:
        """One organization."""
        return self._record(ORGANIZATION, id)

    @rpc
    def create_organization(
        self, *, data: Values, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """A new organization; Invalid names the fields that cannot be accepted."""
        return self._create(ORGANIZATION, data, actor, idempotency_key)

    @rpc
    def update_organization(
        self, *, id: str, data: Values, version: int, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """The fields that ``data`` names are changed. PreconditionFailed if ``version`` is not the present one."""
        return self._update(ORGANIZATION, id, data, version, actor, idempotency_key)

    @rpc
    def delete_organization(
        self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """The organization goes into the recycle bin. Conflict while contacts belong to it."""
        return self._delete(ORGANIZATION, id, actor, idempotency_key)

    @rpc
    def restore_organization(
        self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """The organization comes back from the recycle bin."""
        return self._restore(ORGANIZATION, id, actor, idempotency_key)

    @rpc
    def organization_changes(self, *, id: str, limit: int | None = None, cursor: str | None = None) -> Values:
        """As ``contact_changes``."""
        return self._changes(ORGANIZATION, id, limit, cursor)

    @rpc
    def organization_people(self, *, id: str, limit: int) -> list[str]:
        """The ids of up to ``limit`` present contacts of an organization, those who came in last. NotFound."""
        with self.db.session() as session:
            return store.people_ids(session, changes.present(session, ORGANIZATION, id).id, limit=limit)

    @rpc
    def names(self, *, ids: list[str]) -> Values:
        """What up to 200 contacts and organizations are called, whether they are deleted or not."""
        with self.db.session() as session:
            return related.names(session, ids)

    def _record(self, kind: Kind, record_id: str) -> Values:
        with self.db.session() as session:
            return wire(kind, store.values(changes.present(session, kind, record_id)))

    def _changes(self, kind: Kind, record_id: str, limit: int | None, cursor: str | None) -> Values:
        wanted, after = paging.bounded(limit), cursor and paging.last_id(cursor)
        with self.db.session() as session:
            row = changes.existing(session, kind, record_id)
            rows = store.changes_of(session, row.id, limit=wanted + 1, after=after)
        shown, following = paging.page(rows, wanted, key=lambda row: [row.id])
        return {"items": [change_wire(row) for row in shown], "next": following}

    def _create(self, kind: Kind, data: Values, actor: Values | None, key: str | None) -> Values:
        with self.db.transaction(once=key, request={"create": kind.name, "data": data}) as tx:
            if tx.answer is None:
                tx.answer = changes.create(tx, kind, data, actor)
        return tx.answer

    def _update(
        self, kind: Kind, record_id: str, data: Values, version: int, actor: Values | None, key: str | None
    ) -> Values:
        request = {"update": kind.name, "id": record_id, "data": data, "version": version}
        with self.db.transaction(once=key, request=request) as tx:
            if tx.answer is None:
                tx.answer = changes.update(tx, kind, record_id, data, version, actor)
        return tx.answer

    def _delete(self, kind: Kind, record_id: str, actor: Values | None, key: str | None) -> Values:
        with self.db.transaction(once=key, request={"delete": kind.name, "id": record_id}) as tx:
            if tx.answer is None:
                tx.answer = changes.delete(tx, kind, record_id, actor)
        return tx.answer

    def _restore(self, kind: Kind, record_id: str, actor: Values | None, key: str | None) -> Values:
        with self.db.transaction(once=key, request={"restore": kind.name, "id": record_id}) as tx:
            if tx.answer is None:
                tx.answer = changes.restore(tx, kind, record_id, actor)
        return tx.answer
