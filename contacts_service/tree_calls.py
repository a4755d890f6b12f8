"""The entrypoints of who stands above and below whom. Part of ``service.py``."""

from typing import Any

from chassis import paging, rpc
from contacts_service import changes, models, related, store
from contacts_service.kinds import CONTACT, ORGANIZATION, wire

Values = dict[str, Any]


class TreeCalls:
    """Superiors of contacts, members of organizations."""

    db: Any

    @rpc
    def superiors(self, *, id: str) -> Values:
        """Whom a contact reports to, whom that one reports to, and so on up to the top, without deleted ones."""
        with self.db.session() as session:
            row = changes.present(session, CONTACT, id)
            above = store.chain(session, models.Contact, CONTACT.superior, row.id)[1:]
            shown = [wire(CONTACT, store.values(row)) for row in above if not row.deleted_at]
            return {"items": shown, "next": None}

    @rpc
    def reports(self, *, id: str, counted: bool = False, limit: int | None = None, cursor: str | None = None) -> Values:
        """The contacts who report to one, in the order they came in; through deleted ones, as ``superiors``.

        ``counted``: with ``count`` and ``exact``.
        """
        wanted, after = paging.bounded(limit), cursor and paging.last_id(cursor)
        with self.db.session() as session:
            theirs = store.reports_of(changes.present(session, CONTACT, id).id)
            rows = store.in_order(session, theirs, limit=wanted + 1, after=after)
            shown, following = paging.page(rows, wanted, key=lambda row: [row.id])
            found = {"items": [wire(CONTACT, store.values(row)) for row in shown], "next": following}
            return {**found, **paging.counted(session, theirs)} if counted else found

    @rpc
    def organization_chart(self, *, id: str) -> Values:
        """Who works in an organization and below whom: ``{nodes, note}`` (chart.py). NotFound."""
        with self.db.session() as session:
            return related.organization_chart(session, changes.present(session, ORGANIZATION, id).id)

    @rpc
    def organization_hierarchy(self, *, id: str) -> Values:
        """What an organization is a member of, and its members: ``{nodes, note}`` (hierarchy.py). NotFound."""
        with self.db.session() as session:
            return related.organization_hierarchy(session, changes.present(session, ORGANIZATION, id).id)
