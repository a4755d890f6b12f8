"""Who works on imports: step after step, as long as the lease is held; then another process goes on."""

from datetime import datetime, timedelta
from typing import Any

import eventlet
from eventlet.queue import Empty, LightQueue

from chassis import DatabaseHandle, clock, logs
from chassis.engine import TRANSIENT, is_transient
from chassis.owners import is_gone, new_owner
from contacts_service.exchange import importing, store, undoing
from contacts_service.exchange.models import Import

IDLE_SECONDS = 5.0
FORGET_EVERY = timedelta(hours=1)
# Files that nobody started to import, and what is kept to undo imports.
FILES_KEPT, ALL_KEPT = timedelta(days=1), timedelta(days=90)

log = logs.logger(__name__)


class Worker:
    """Takes imports and works on them. ``run`` in a greenlet; the other methods from anywhere."""

    def __init__(self, db: DatabaseHandle) -> None:
        """Begins nothing yet."""
        self.owner = new_owner()
        self._db = db
        self._wakes: LightQueue = LightQueue()
        self._stopping = False
        self._forgot: datetime | None = None

    def wake(self) -> None:
        """There may be something to do."""
        if self._wakes.empty():
            self._wakes.put(True)

    def run(self) -> None:
        """Work until stopped; a database that is away is waited for."""
        while not self._stopping:
            if not self._tried():
                try:
                    self._wakes.get(timeout=IDLE_SECONDS)
                except Empty:
                    continue

    def stop(self) -> None:
        """End after the present step, and leave the rest to others."""
        self._stopping = True
        self.wake()
        try:
            with self._db.session() as session:
                store.release_work(session, owner=self.owner)
        except TRANSIENT as error:
            log.warning("imports not given back; their leases run out", error=type(error).__name__)

    def _tried(self) -> bool:
        try:
            return self.step()
        except store.LeaseLost:
            return True
        except TRANSIENT as error:
            log.warning("import waits", error=type(error).__name__)
        return False

    def step(self) -> bool:
        """Do the next step of some import; False where there is nothing to do."""
        self._forget()
        with self._db.session() as session:
            gone = [each for each in store.workers(session) if is_gone(each, me=self.owner)]
            row = store.take_work(session, owner=self.owner, now=clock.now(), gone=gone)
        if row is None:
            return False
        try:
            _STEPS[row.state](self._db, self.owner, row)
        except Exception as error:
            if isinstance(error, store.LeaseLost) or is_transient(error):
                raise
            log.exception("import ended by an error", import_id=row.id)
            importing.give_up(self._db, self.owner, row)
        return True

    def _forget(self) -> None:
        """Now and then what nobody wants any more."""
        now = clock.now()
        if self._forgot is None or now - self._forgot > FORGET_EVERY:
            self._forgot = now
            with self._db.session() as session:
                store.forget_left_over(session, files=now - FILES_KEPT, all=now - ALL_KEPT)


def _breathe() -> None:
    """Others in this process get their turn."""
    eventlet.sleep(0)


def _read(db: DatabaseHandle, owner: str, row: Import) -> None:
    importing.read(db, owner, row.id, breathe=_breathe)


def _import(db: DatabaseHandle, owner: str, row: Import) -> None:
    importing.import_batch(db, owner, row, breathe=_breathe)


def _undo(db: DatabaseHandle, owner: str, row: Import) -> None:
    undoing.undo_batch(db, owner, row.id)


_STEPS: Any = {store.READING: _read, store.IMPORTING: _import, store.UNDOING: _undo}
