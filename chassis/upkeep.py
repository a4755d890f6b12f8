"""Work that every database wants now and then: forgetting what is old, measuring what waits."""

from typing import Any

import eventlet
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock, logs
from chassis.metrics import DEAD_LETTERS, OUTBOX_AGE, OUTBOX_WAITING
from chassis.settings import settings

PRUNE_EVERY_SECONDS = 3600

log = logs.logger(__name__)


class Upkeep:
    """Prunes the inbox and the answers once an hour."""

    def __init__(self, handle: Any) -> None:
        """``handle`` is the service's DatabaseHandle."""
        self.handle = handle

    def start(self, container: Any) -> None:
        """Begin; the first pruning comes an hour after the start."""
        container.spawn_managed_thread(self._run, identifier="upkeep")

    def measure(self) -> None:
        """Set the gauges of this database; called when somebody asks for the metrics."""
        tables = self.handle.metadata.tables
        outbox, dead = tables["outbox"], tables["dead_letters"]
        with self.handle.session() as session:
            waiting, oldest = session.execute(
                select(func.sum(outbox.c.event_count), func.min(outbox.c.created_at))
            ).one()
            letters = session.scalar(select(func.count()).where(dead.c.replayed_at.is_(None)))
        OUTBOX_WAITING.labels(self.handle.service).set(waiting or 0)
        OUTBOX_AGE.labels(self.handle.service).set((clock.now() - oldest).total_seconds() if oldest else 0)
        DEAD_LETTERS.labels(self.handle.service).set(letters or 0)

    def _run(self) -> None:
        while True:
            eventlet.sleep(PRUNE_EVERY_SECONDS)
            try:
                self.handle.prune(days=settings().inbox_days)
            except SQLAlchemyError as error:
                log.warning("not pruned", service=self.handle.service, error=type(error).__name__)
