"""Sends the outbox: in order, in batches, and forgets a row only when the broker has confirmed all its events.

Replicas of a service share one outbox. An advisory lock lets one of them send at a time, so the order stays; SQLite has
one process anyway. The lock belongs to a transaction, so it goes when its holder dies.
"""

import zlib
from enum import Enum
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from sqlalchemy import Engine, Select, delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from chassis import crash, logs
from chassis.link import Disconnected, Link
from chassis.messages import COUNT, EVENTS_A_MESSAGE, Outgoing
from chassis.metrics import OUTBOX_SENT, OUTBOX_UNROUTED
from chassis.outbox import Line, unpack
from chassis.publisher import Publisher
from chassis.readers import has_readers
from chassis.topology import batch_exchange_of, declare_exchange, exchange_of
from contracts.base import BATCH_CONTENT_TYPE, CONTENT_TYPE

ROWS_AT_ONCE = 50
EVENTS_AT_ONCE = 1_000
SWEEP_SECONDS = 5.0
LOCKED_PAUSE_SECONDS = 0.05
FAILED_PAUSE_SECONDS = 1.0
STOP_SECONDS = 6.0

log = logs.logger(__name__)


class Unroutable(Exception):
    """An event with known readers found no queue: the topology has not been declared."""


class Sent(Enum):
    """What became of the outbox: all of it is sent, there is more, or a replica is sending (look again soon)."""

    ALL = "all"
    SOME = "some"
    LOCKED = "locked"


class Relay:
    """The greenlet that empties one outbox. ``wake`` after a commit; it also looks by itself now and then."""

    def __init__(self, service: str, engine: Engine, metadata: Any) -> None:
        """``metadata`` holds the outbox table."""
        self.service = service
        self.engine = engine
        self.outbox = metadata.tables["outbox"]
        self._oldest_rows = _oldest(self.outbox)
        self.publisher: Publisher | None = None
        self._wanted: Signal = Signal()
        self._stopping = False
        self._greenlet: Any = None

    def attach(self, link: Link, publisher: Publisher) -> None:
        """Publish over this link; the service's exchange is declared whenever it connects."""
        self.publisher = publisher
        link.on_connect.append(lambda link: declare_exchange(link.channel(), self.service))
        link.on_connect.append(lambda _link: self.wake())

    def start(self, container: Any) -> None:
        """Begin to send."""
        self._greenlet = container.spawn_managed_thread(self._run, identifier="relay")

    def stop(self) -> None:
        """Send what is left, if the broker is there, and end. A sending that is under way ends first: cut off between
        the broker's confirm and the commit it would be done again.
        """
        self._stopping = True
        self.wake()
        if self._greenlet is not None:
            with eventlet.Timeout(STOP_SECONDS, False):
                self._greenlet.wait()
        self.kill()
        try:
            while self.send_some() is Sent.SOME:
                pass
        except (Disconnected, SQLAlchemyError, Unroutable):
            log.info("outbox left for the next start", service=self.service)

    def kill(self) -> None:
        """End at once; what was not confirmed is sent again at the next start."""
        if self._greenlet is not None:
            self._greenlet.kill()

    def wake(self) -> None:
        """There is something to send."""
        if not self._wanted.ready():
            self._wanted.send(None)

    def send_some(self) -> Sent:
        """Send the oldest rows and forget them when they are confirmed; what to do next."""
        with self.engine.begin() as connection:
            if not self._may_send(connection):
                return Sent.LOCKED
            rows = list(connection.execute(self._oldest_rows).all())
            if not rows:
                return Sent.ALL
            lines = [line for row in rows for line in unpack(bytes(row.events))]
            self._send(_singles(lines, self.service) + _batches(lines, self.service))
            crash.point("after_publish")
            connection.execute(delete(self.outbox).where(self.outbox.c.id.in_([row.id for row in rows])))
        OUTBOX_SENT.labels(self.service).inc(len(lines))
        return Sent.SOME if len(rows) == ROWS_AT_ONCE or len(lines) >= EVENTS_AT_ONCE else Sent.ALL

    def _send(self, messages: list[Outgoing]) -> None:
        if self.publisher is None:
            raise Disconnected("the relay has no publisher yet")
        batches = batch_exchange_of(self.service)
        lost = self.publisher.publish(
            messages, mandatory=lambda message: message.exchange == batches and has_readers(message.routing_key)
        )
        if lost:
            OUTBOX_UNROUTED.labels(self.service).inc(len(lost))
            types = sorted({messages[at].routing_key for at in lost})
            raise Unroutable(f"no queue is bound for {', '.join(types)}: run 'musubi migrate'")

    def _may_send(self, connection: Any) -> bool:
        if connection.dialect.name != "postgresql":
            return True
        return bool(connection.scalar(select(func.pg_try_advisory_xact_lock(zlib.crc32(b"musubi outbox")))))

    def _run(self) -> None:
        while not self._stopping:
            with eventlet.Timeout(SWEEP_SECONDS, False):
                self._wanted.wait()
            self._wanted = Signal()
            try:
                while (sent := self.send_some()) is Sent.SOME:
                    eventlet.sleep(0)
                if sent is Sent.LOCKED:
                    eventlet.sleep(LOCKED_PAUSE_SECONDS)
                    self.wake()
            except (Disconnected, SQLAlchemyError, Unroutable) as error:
                log.warning(
                    "outbox not sent", service=self.service, error=type(error).__name__, detail=str(error)[:200]
                )
                eventlet.sleep(FAILED_PAUSE_SECONDS)
                self.wake()


def _oldest(outbox: Any) -> Select[Any]:
    """The oldest rows, up to the one that makes EVENTS_AT_ONCE full."""
    before = func.sum(outbox.c.event_count).over(order_by=outbox.c.id) - outbox.c.event_count
    counted = select(outbox.c.id, outbox.c.events, before.label("before")).order_by(outbox.c.id).limit(ROWS_AT_ONCE)
    rows = counted.subquery()
    return select(rows.c.id, rows.c.events).where(rows.c.before < EVENTS_AT_ONCE).order_by(rows.c.id)


def _singles(lines: list[Line], service: str) -> list[Outgoing]:
    return [
        Outgoing(
            line.body,
            exchange=exchange_of(service),
            routing_key=line.type,
            content_type=CONTENT_TYPE,
            message_id=line.event_id,
        )
        for line in lines
    ]


def _batches(lines: list[Line], service: str) -> list[Outgoing]:
    by_type: dict[str, list[Line]] = {}
    for line in lines:
        by_type.setdefault(line.type, []).append(line)
    return [
        Outgoing(
            b"[" + b",".join(line.body for line in part) + b"]",
            exchange=batch_exchange_of(service),
            routing_key=name,
            headers={COUNT: len(part)},
            content_type=BATCH_CONTENT_TYPE,
            message_id=part[0].event_id,
        )
        for name, same in by_type.items()
        for part in (same[at : at + EVENTS_A_MESSAGE] for at in range(0, len(same), EVENTS_A_MESSAGE))
    ]
