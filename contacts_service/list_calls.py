"""The entrypoints of lists: pages, counts, saved lists. Part of ``service.py``."""

from typing import Any

from chassis import rpc
from contacts_service import lists, views
from contacts_service.kinds import CONTACT, ORGANIZATION

Values = dict[str, Any]


class ListCalls:
    """``asked``: ``query``, ``filter`` (filters.py), ``sort``, ``deleted``, ``limit``, ``cursor``, ``viewer``;
    ``reader``: the staff user whose stars are told, ``starred``: which of them.

    ``viewer``: ``{staff_user_id, group_ids, time_zone}``, who looks, for "mine" and "today".
    """

    db: Any

    @rpc
    def contacts(self, **asked: Any) -> Values:
        """Contacts; ``query`` is looked for in names, furigana, numbers, titles, addresses, phones, tags."""
        return lists.page(self.db, CONTACT, asked)

    @rpc
    def contacts_count(self, **asked: Any) -> Values:
        """How many there are: ``{count, exact}``."""
        return lists.count(self.db, CONTACT, asked)

    @rpc
    def contact_fields(self) -> Values:
        """What lists of contacts can be filtered and sorted by."""
        return lists.described(CONTACT)

    @rpc
    def organizations(self, **asked: Any) -> Values:
        """Organizations; ``query`` is looked for in names, numbers, addresses, phones, tags."""
        return lists.page(self.db, ORGANIZATION, asked)

    @rpc
    def organizations_count(self, **asked: Any) -> Values:
        """How many there are: ``{count, exact}``."""
        return lists.count(self.db, ORGANIZATION, asked)

    @rpc
    def organization_fields(self) -> Values:
        """What lists of organizations can be filtered and sorted by."""
        return lists.described(ORGANIZATION)

    @rpc
    def list_views(self, *, record_kind: str, actor: Values) -> Values:
        """The saved lists that somebody may use: one's own and the shared ones."""
        return views.page(self.db, record_kind=record_kind, actor=actor)

    @rpc
    def list_view(self, *, id: str, actor: Values) -> Values:
        """One saved list."""
        return views.one(self.db, id=id, actor=actor)

    @rpc
    def create_list_view(self, *, data: Values, actor: Values, idempotency_key: str | None = None) -> Values:
        """Save a list: ``{record_kind, name, shared, filter, columns, sort}``."""
        with self.db.transaction(once=idempotency_key, request={"create": "list_view", "data": data}) as tx:
            if tx.answer is None:
                tx.answer = views.create(tx, data=data, actor=actor)
        return dict(tx.answer)

    @rpc
    def update_list_view(
        self,
        *,
        id: str,
        data: Values,
        version: int,
        actor: Values,
        may_manage: bool = False,
        idempotency_key: str | None = None,
    ) -> Values:
        """Change a saved list; ``may_manage``: also one that somebody else shares."""
        request = {"update": "list_view", "id": id, "data": data, "version": version}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = views.update(tx, id=id, data=data, version=version, actor=actor, may_manage=may_manage)
        return dict(tx.answer)

    @rpc
    def delete_list_view(
        self, *, id: str, actor: Values, may_manage: bool = False, idempotency_key: str | None = None
    ) -> Values:
        """Forget a saved list."""
        with self.db.transaction(once=idempotency_key, request={"delete": "list_view", "id": id}) as tx:
            if tx.answer is None:
                tx.answer = views.delete(tx, id=id, actor=actor, may_manage=may_manage)
        return dict(tx.answer)
