"""Who works on jobs: piece after piece, as long as the lease is held; then another process goes on."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import eventlet
from eventlet.queue import Empty, LightQueue
from sqlalchemy.orm import Session

from chassis import DatabaseHandle, clock, logs
from chassis.engine import TRANSIENT, is_transient
from chassis.owners import is_gone, new_owner
from contacts_service.jobs import leases
from contracts.errors import ServiceTimeout, ServiceUnavailable

IDLE_SECONDS = 5.0
# How often everybody else in this process gets a turn between two steps: a call takes several.
TURNS = 20
FORGET_EVERY = timedelta(hours=1)
# Of a service that a step asks: the job waits for it.
AWAY = (ServiceTimeout, ServiceUnavailable)
# What is kept to undo jobs and to look them up.
KEPT = timedelta(days=90)

log = logs.logger(__name__)

Breathe = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of job. ``steps``: what is done in each state, given the handle, the owner, the row and ``breathe``.

    ``give_up``: ends a job whose step cannot be done; ``forget``: drops what is older than a moment.
    """

    model: Any
    steps: Mapping[str, Callable[..., None]]
    give_up: Callable[[DatabaseHandle, str, Any], None]
    forget: Callable[[Session, datetime], None]


class Worker:
    """Takes jobs and works on them. ``run`` in a greenlet; the other methods from anywhere."""

    def __init__(
        self, db: DatabaseHandle, works: Iterable[Work], *, forget: Iterable[Callable[[Session, datetime], None]] = ()
    ) -> None:
        """Begins nothing yet. ``forget``: what else drops what is older than a moment."""
        self.owner = new_owner()
        self._db = db
        self._works = deque(works)
        self._forgets = [*(work.forget for work in self._works), *forget]
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
            if self._tried():
                for _ in range(TURNS):
                    _breathe()
                continue
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
                for work in self._works:
                    leases.release(session, work.model, owner=self.owner)
        except TRANSIENT as error:
            log.warning("jobs not given back; their leases run out", error=type(error).__name__)

    def _tried(self) -> bool:
        try:
            return self.step()
        except leases.LeaseLost:
            return True
        except (*TRANSIENT, *AWAY) as error:
            log.warning("job waits", error=type(error).__name__)
        return False

    def step(self) -> bool:
        """Do the next step of some job; False where there is nothing to do. Each kind of job gets its turn."""
        self._forget()
        for _ in range(len(self._works)):
            work = self._works[0]
            self._works.rotate(-1)
            if row := self._taken(work):
                self._do(work, row)
                return True
        return False

    def _taken(self, work: Work) -> Any:
        states = list(work.steps)
        with self._db.session() as session:
            gone = [each for each in leases.workers(session, work.model, states) if is_gone(each, me=self.owner)]
            return leases.take(session, work.model, states, owner=self.owner, now=clock.now(), gone=gone)

    def _do(self, work: Work, row: Any) -> None:
        try:
            work.steps[row.state](self._db, self.owner, row, breathe=_breathe)
        except Exception as error:
            if isinstance(error, (leases.LeaseLost, *AWAY)) or is_transient(error):
                raise
            log.exception("job ended by an error", job=work.model.__tablename__, job_id=row.id)
            work.give_up(self._db, self.owner, row)

    def _forget(self) -> None:
        """Now and then what nobody wants any more."""
        now = clock.now()
        if self._forgot is None or now - self._forgot > FORGET_EVERY:
            self._forgot = now
            with self._db.session() as session:
                for forget in self._forgets:
                    forget(session, now - KEPT)


def _breathe() -> None:
    """Others in this process get their turn."""
    eventlet.sleep(0)
