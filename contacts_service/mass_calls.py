"""The entrypoints of mass changes. Part of ``service.py``."""

from collections.abc import Callable
from typing import Any

from chassis import rpc
from contacts_service.mass import mass_changes

Values = dict[str, Any]


class MassCalls:
    """The same done to many contacts or organizations."""

    db: Any
    jobs: Any

    @rpc
    def begin_mass_change(
        self,
        *,
        record_kind: str,
        action: str,
        data: Values,
        ids: list[str] | None = None,
        selection: Values | None = None,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """Update, delete or restore the records with these ids, or those that a list shows; few of them at once."""
        asked = {"record_kind": record_kind, "action": action, "data": data, "ids": ids, "selection": selection}
        return self._mass(idempotency_key, asked, lambda tx: mass_changes.begin(tx, actor=actor, **asked))

    @rpc
    def mass_change(self, *, id: str) -> Values:
        """One mass change: how far it is, what became of it."""
        with self.db.session() as session:
            return mass_changes.record(mass_changes.existing(session, id))

    @rpc
    def mass_changes(self, *, limit: int | None = None, cursor: str | None = None) -> Values:
        """Mass changes, newest first."""
        with self.db.session() as session:
            return mass_changes.page(session, limit, cursor)

    @rpc
    def mass_change_problems(self, *, id: str, limit: int | None = None, cursor: str | None = None) -> Values:
        """The records to which nothing was done, or that were not undone, and why."""
        with self.db.session() as session:
            return mass_changes.problems(session, id, limit, cursor)

    @rpc
    def cancel_mass_change(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Change no more records."""
        return self._mass(idempotency_key, {"cancel": id}, lambda tx: mass_changes.stop(tx, id))

    @rpc
    def undo_mass_change(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Take back what was done."""
        return self._mass(idempotency_key, {"undo": id}, lambda tx: mass_changes.undo(tx, id, actor))

    def _mass(self, key: str | None, request: Values, step: Callable[[Any], Values]) -> Values:
        with self.db.transaction(once=key, request={"mass_change": request}) as tx:
            if tx.answer is None:
                tx.answer = step(tx)
        self.jobs.wake()
        return dict(tx.answer)
