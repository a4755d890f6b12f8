"""Which mailboxes this process reads: those whose lease it holds, each in a greenlet of its own."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import eventlet
import structlog
from eventlet.queue import Empty, LightQueue

from chassis import DatabaseHandle, clock
from chassis.engine import TRANSIENT
from chassis.owners import is_gone, new_owner
from mail_ingest_service import store
from mail_ingest_service.connecting import Connector
from mail_ingest_service.ingest import Parser
from mail_ingest_service.reader import Reader

log = structlog.stdlib.get_logger(__name__)

TICK_SECONDS = 5.0
RENEW_BEFORE = timedelta(seconds=12)
STOP_SECONDS = 10.0


@dataclass(slots=True)
class Running:
    """A reader, its greenlet, and when a person last wanted it to look."""

    reader: Reader
    thread: Any
    wanted_at: datetime | None


class Runner:
    """Takes leases and starts, wakes and stops readers. ``run`` in a greenlet; the other methods from anywhere."""

    def __init__(self, db: DatabaseHandle, connector: Connector, parser: Parser, *, tick: float = TICK_SECONDS) -> None:
        """``tick``: seconds between looks at the mailboxes and their leases."""
        self.owner = new_owner()
        self.running: dict[str, Running] = {}
        self._db = db
        self._connector = connector
        self._parser = parser
        self._tick_seconds = tick
        self._wakes: LightQueue = LightQueue()
        self._stopping = False

    def wake(self) -> None:
        """Mailboxes changed: look at once."""
        if self._wakes.empty():
            self._wakes.put(True)

    def run(self) -> None:
        """Tick until stopped; a database that is away is waited for."""
        while not self._stopping:
            try:
                self.tick()
            except TRANSIENT as error:
                log.warning("mailboxes not looked at", error=type(error).__name__)
            except Exception:
                log.exception("mailboxes not looked at")
            try:
                self._wakes.get(timeout=self._tick_seconds)
            except Empty:
                continue

    def tick(self) -> None:
        """Take and renew leases; let there be a reader for each lease held and for no other mailbox."""
        now = clock.now()
        with self._db.session() as session:
            overviews = {overview.id: overview for overview in store.overview(session)}
        held = {each.id for each in overviews.values() if each.owner == self.owner and not self._runs_out(each, now)}
        takeable = [each for each in overviews.values() if each.id not in held and self._may_take(each, now)]
        if takeable:
            held |= self._taken(takeable, now)
        for mailbox_id in set(self.running) - held:
            self._stop(mailbox_id)
        for mailbox_id in held:
            self._keep_going(overviews[mailbox_id])

    def stop(self) -> None:
        """End the readers after their present batch, and give the leases back."""
        self._stopping = True
        self.wake()
        for each in self.running.values():
            each.reader.stop()
        with eventlet.Timeout(STOP_SECONDS, False):
            while any(not each.thread.dead for each in self.running.values()):
                eventlet.sleep(0.01)
        self.kill()
        try:
            with self._db.session() as session:
                store.release_leases(session, owner=self.owner)
        except TRANSIENT as error:
            log.warning("leases not given back; they expire", error=type(error).__name__)

    def kill(self) -> None:
        """End the readers where they stand."""
        for each in self.running.values():
            each.thread.kill()
        self.running.clear()

    def _runs_out(self, overview: store.Overview, now: datetime) -> bool:
        return overview.expires_at is None or overview.expires_at - now < RENEW_BEFORE

    def _may_take(self, overview: store.Overview, now: datetime) -> bool:
        if overview.owner is None or overview.expires_at is None or overview.expires_at < now:
            return True
        return overview.owner == self.owner or is_gone(overview.owner, me=self.owner)

    def _taken(self, overviews: list[store.Overview], now: datetime) -> set[str]:
        with self._db.session() as session:
            return {
                each.id
                for each in overviews
                if store.take_lease(session, each.id, owner=self.owner, now=now, gone=self._gone(each.owner))
            }

    def _gone(self, owner: str | None) -> str | None:
        return owner if owner and is_gone(owner, me=self.owner) else None

    def _keep_going(self, overview: store.Overview) -> None:
        running = self.running.get(overview.id)
        if running is None or running.thread.dead:
            self.running[overview.id] = self._start(overview)
        elif running.wanted_at != overview.wanted_at or running.reader.version not in (0, overview.version):
            running.wanted_at = overview.wanted_at
            running.reader.wake()

    def _start(self, overview: store.Overview) -> Running:
        reader = Reader(self._db, self._connector, self._parser, mailbox_id=overview.id, owner=self.owner)
        return Running(reader, eventlet.spawn(reader.run), overview.wanted_at)

    def _stop(self, mailbox_id: str) -> None:
        running = self.running.pop(mailbox_id)
        running.reader.stop()
