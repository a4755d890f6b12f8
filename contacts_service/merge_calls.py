"""The entrypoints of contacts about records that are the same one: likely duplicates, merges and their undoing."""

from typing import Any

from chassis import DatabaseHandle, paging, rpc
from contacts_service import duplicates, merging
from contacts_service.kinds import CONTACT, KINDS, ORGANIZATION, Kind

Values = dict[str, Any]


class MergeCalls:
    """Part of the contacts service."""

    db: DatabaseHandle

    @rpc
    def merge_contacts(
        self,
        *,
        survivor_id: str,
        other_ids: list[str],
        values: Values | None = None,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """One or two other contacts go into the survivor; ``values``: field → id of the one whose value survives.

        A field that is not named keeps the survivor's value, or gets the others' where it has none; addresses, phones
        and tags are those of all, the named one's first.
        """
        return self._merge(CONTACT, survivor_id, other_ids, values, actor, idempotency_key)

    @rpc
    def unmerge_contact(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Take a contact out of the one it was merged into; what stays there because it was changed since is told."""
        return self._unmerge(CONTACT, id, actor, idempotency_key)

    @rpc
    def contact_merges(self, *, id: str) -> Values:
        """The contacts that went into one and can be taken out again, the last one first."""
        with self.db.session() as session:
            return {"items": merging.merges_into(session, CONTACT, id), "next": None}

    @rpc
    def merge_organizations(
        self,
        *,
        survivor_id: str,
        other_ids: list[str],
        values: Values | None = None,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """As ``merge_contacts``; contacts and member organizations of the others belong to the survivor then."""
        return self._merge(ORGANIZATION, survivor_id, other_ids, values, actor, idempotency_key)

    @rpc
    def unmerge_organization(
        self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """As ``unmerge_contact``."""
        return self._unmerge(ORGANIZATION, id, actor, idempotency_key)

    @rpc
    def organization_merges(self, *, id: str) -> Values:
        """As ``contact_merges``."""
        with self.db.session() as session:
            return {"items": merging.merges_into(session, ORGANIZATION, id), "next": None}

    @rpc
    def lineage(self, *, kind: str, id: str, people: int) -> list[str]:
        """The ids of a record, of up to ``people`` present contacts where it is an organization, and of all that went
        up in these. NotFound.
        """
        with self.db.session() as session:
            return merging.lineage(session, KINDS[kind], id, people=people)

    @rpc
    def duplicates(self, *, kind: str, id: str | None = None, data: Values | None = None) -> Values:
        """Which records may be the same as one, or as the one that ``data`` are being typed of, likeliest first."""
        with self.db.session() as session:
            if id is not None:
                return {"items": duplicates.of_record(session, KINDS[kind], id), "next": None}
            return {"items": duplicates.of_values(session, KINDS[kind], data), "next": None}

    @rpc
    def duplicate_groups(self, *, kind: str, limit: int | None = None, cursor: str | None = None) -> Values:
        """Groups of likely duplicates among all records; a page may be empty and yet have a next one."""
        after = paging.last_number(cursor) if cursor else None
        with self.db.session() as session:
            found, last = duplicates.groups(session, KINDS[kind], limit=paging.bounded(limit), after=after)
        return {"items": found, "next": None if last is None else paging.encode([last])}

    @rpc
    def set_apart(
        self,
        *,
        kind: str,
        id: str,
        other_id: str,
        apart: bool = True,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """A person says that two records are not the same, or (``apart`` false) takes it back."""
        request = {"apart": apart, "kind": kind, "ids": [id, other_id]}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = duplicates.set_apart(tx, KINDS[kind], id, other_id, apart=apart, actor=actor)
        return tx.answer

    def _merge(
        self, kind: Kind, survivor_id: str, other_ids: Any, values: Any, actor: Values | None, key: str | None
    ) -> Values:
        request = {"merge": kind.name, "survivor": survivor_id, "others": other_ids, "values": values}
        with self.db.transaction(once=key, request=request) as tx:
            if tx.answer is None:
                tx.answer = merging.merge(tx, kind, survivor_id, other_ids, values, actor)
        return tx.answer

    def _unmerge(self, kind: Kind, record_id: str, actor: Values | None, key: str | None) -> Values:
        with self.db.transaction(once=key, request={"unmerge": kind.name, "id": record_id}) as tx:
            if tx.answer is None:
                tx.answer = merging.unmerge(tx, kind, record_id, actor)
        return tx.answer
