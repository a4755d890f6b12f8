"""Re-making decisions when the address book changed, until none can be behind it (service.py tells how)."""

import time
from collections.abc import Callable, Collection, Mapping
from typing import Any

from chassis import DatabaseHandle
from contracts import Event
from contracts.errors import ServiceTimeout
from matcher_service import decisions, store

Values = dict[str, Any]
Causes = Mapping[str, Event | None]

CHUNK = 500
# Handlers end within 30 s (design.md §8); what is done by then stays done, and the next delivery goes on from there.
BUDGET_SECONDS = 20


class Rematch:
    """Decides again about past mails. ``resolve`` asks the address book about at most 1,000 canonical addresses."""

    def __init__(self, db: DatabaseHandle, resolve: Callable[[list[str]], dict[str, list[Values]]]) -> None:
        """One per handler call: its time budget starts here."""
        self._db = db
        self._resolve = resolve
        self._ends_at = time.monotonic() + BUDGET_SECONDS

    def look_up(self, canonicals: Collection[str]) -> tuple[int, dict[str, list[Values]]]:
        """What the address book says, and the mark of the last change that had arrived before it was asked."""
        with self._db.session() as session:
            mark = store.last_change(session)
        asked = sorted(canonical for canonical in canonicals if canonical)
        return mark, self._resolve(asked) if asked else {}

    def settle(self, mark: int, causes: Causes, *, at_once: Collection[str]) -> None:
        """After deciding by a look-up of ``mark``: re-make those whose address changed since, and those ``at_once``."""
        with self._db.session() as session:
            stale = store.changed_since(session, mark, list(causes)) | set(at_once)
        self.remake({canonical: causes[canonical] for canonical in sorted(stale) if canonical})

    def remake(self, causes: Causes, *, gone: Values | None = None) -> None:
        """Bring the decisions by these addresses in line; with ``gone``, those that people made for that record."""
        while causes := self._with_decisions(causes, gone):
            mark, answers = self.look_up(causes)
            self._apply(answers, causes, gone)
            with self._db.session() as session:
                changed = store.changed_since(session, mark, list(causes))
            # Those freed from a record that is gone are now like any others.
            causes, gone = {canonical: cause for canonical, cause in causes.items() if canonical in changed}, None

    def _with_decisions(self, causes: Causes, gone: Values | None) -> Causes:
        """Most addresses that are entered never wrote: spare the address book the question."""
        if not causes:
            return {}
        with self._db.session() as session:
            decided = store.decided_addresses(session, list(causes), gone=gone)
        return {canonical: cause for canonical, cause in causes.items() if canonical in decided}

    def _apply(self, answers: dict[str, list[Values]], causes: Causes, gone: Values | None) -> None:
        last = None
        while True:
            with self._db.transaction() as tx:
                rows = store.open_to_rematch(tx.session, list(causes), gone=gone, after=last, limit=CHUNK)
                decisions.remake(tx, rows, answers, causes=causes)
            if len(rows) < CHUNK:
                return
            last = rows[-1].id
            if time.monotonic() > self._ends_at:
                raise ServiceTimeout("Re-matching many mails of one address takes longer: it goes on by itself.")
