"""``@on_event``: a service method that handles events, each with one effect however often it is delivered.

::

    queue --prefetch--> waiting --batch--> method (inbox + effects + outbox, one commit) --> ack
                                   |
                                   +-- the database or a service is away: the same batch again, with growing pauses
                                   +-- it raised: one by one; the one that raises alone -> retry queue -> dead letters
"""

import inspect
import time
from collections import Counter, deque
from collections.abc import Sequence
from typing import Any

import eventlet
import structlog
from eventlet.event import Event as Signal
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, Entrypoint

from chassis import clock, crash, logs
from chassis.carrier import Carrier
from chassis.columns import storable
from chassis.engine import is_transient
from chassis.envelopes import POISON, read_event
from chassis.ids import new_id
from chassis.link import FAILURES, Disconnected, Link
from chassis.messages import Delivery, Entry, Outgoing, entries_of
from chassis.metrics import EVENT_LAG, EVENTS_DEAD, EVENTS_FAILED, EVENTS_HANDLED, HANDLER_SECONDS
from chassis.topology import (
    dead_queue_of,
    declare_reader,
    queue_of,
    retry_exchange_of,
    retry_pauses,
)
from chassis.workers import spawn_worker
from contracts.base import CONTENT_TYPE, Event, EventContract
from contracts.errors import ServiceTimeout, ServiceUnavailable

# A single event is handled at once. After a crowd more are on their way, and a larger batch costs less per event.
LINGER_SECONDS = 0.01
CROWD, CROWD_LINGER_SECONDS = 20, 0.05
MIN_PREFETCH = 5
TRANSIENT_SECONDS = 600
MAX_PAUSE_SECONDS = 5.0
DECLARED_SECONDS = 20

log = logs.logger(__name__)


class OnEvent(Entrypoint):
    """The entrypoint behind ``@on_event(Contract, …, batch=N)``.

    Without ``batch`` the method gets one Event, with it a list of at most N. It must do its work within
    ``self.db.handling(...)`` and act on ``tx.fresh`` alone.
    """

    carrier = Carrier()

    def __init__(self, *contracts: type[EventContract], batch: int = 0, **kwargs: Any) -> None:
        """``contracts`` are the event types to read; one queue each, handled together and in order of arrival."""
        super().__init__(**kwargs)
        if not contracts or not all(contract.type for contract in contracts):
            raise TypeError("@on_event wants at least one contract that has a type")
        self.contracts = contracts
        self.batch = batch
        self._waiting: deque[Delivery] = deque()
        self._arrived: Signal = Signal()
        self._channel: Any = None
        self._crowded = False
        self._generation = 0
        self._stopping = False
        self._idle: Signal = Signal()
        self._oldest = ""
        self._last_lag = 0.0

    def bind(self, container: Any, method_name: str) -> "OnEvent":
        """nameko makes a copy for each container with the arguments of ``__init__``."""
        return super().bind(container, method_name)

    def setup(self) -> None:
        """Consume whenever the link connects."""
        self.reader = self.container.service_name
        self.carrier.consuming.on_connect.append(self._consume)
        self.carrier.consuming.on_disconnect.append(self._forget)
        EVENT_LAG.labels(self.reader, self.method_name).set_function(self.lag)

    def start(self) -> None:
        """Begin to handle what arrives."""
        self.container.spawn_managed_thread(self._work, identifier=f"on_event {self.method_name}")

    def stop(self) -> None:
        """Finish the batch at hand and take no more; the rest goes back to the broker."""
        self._stopping = True
        self._announce()
        self._idle.wait()

    @property
    def size(self) -> int:
        """Events the method gets at once, at most."""
        return max(1, self.batch)

    def lag(self) -> float:
        """Seconds: the age of the oldest event at hand, growing while it is stuck; else that of the last handled."""
        return _age(self._oldest) if self._oldest else self._last_lag

    def _consume(self, link: Link) -> None:
        channel = link.channel()
        declare_reader(channel, self.reader, [(contract.source, contract.type) for contract in self.contracts])
        channel.basic_qos(0, max(MIN_PREFETCH, self.size // 5), False)
        self._generation += 1
        self._waiting.clear()
        self._channel = channel
        for contract in self.contracts:
            queue = queue_of(self.reader, contract.type)
            channel.basic_consume(queue, callback=self._receive, consumer_tag=new_id(), no_ack=False)

    def _forget(self) -> None:
        self._generation += 1
        self._waiting.clear()
        self._channel = None

    def _receive(self, message: Any) -> None:
        self._waiting.append(Delivery(message))
        self._announce()

    def _announce(self) -> None:
        if not self._arrived.ready():
            self._arrived.send(None)

    def _work(self) -> None:
        try:
            while not self._stopping:
                batch, generation = self._collect(), self._generation
                if batch:
                    self._handle(batch, generation)
                    self._oldest = ""
        finally:
            self._idle.send(None)

    def _collect(self) -> list[Delivery]:
        if not self._waiting:
            self._arrived = Signal()
            self._arrived.wait()
        if 1 < self._waiting_events() < self.size:
            eventlet.sleep(CROWD_LINGER_SECONDS if self._crowded else LINGER_SECONDS)
        batch: list[Delivery] = []
        total = 0
        while self._waiting and (not batch or total + self._waiting[0].count <= self.size):
            total += self._waiting[0].count
            batch.append(self._waiting.popleft())
        self._crowded = total >= CROWD
        return batch

    def _waiting_events(self) -> int:
        return sum(delivery.count for delivery in self._waiting)

    def _handle(self, batch: list[Delivery], generation: int) -> None:
        good = []
        for entry in [entry for delivery in batch for entry in entries_of(delivery)]:
            try:
                good.append((entry, read_event(entry.content)))
            except POISON as error:
                self._bury(entry, error)
        self._oldest = min((event.time for _, event in good), default="")
        for at in range(0, len(good), self.size):
            if not self._try(good[at : at + self.size], generation):
                return
        crash.point("before_ack")
        if generation == self._generation:
            self._ack(batch[-1])

    def _try(self, pairs: list[tuple[Entry, Event]], generation: int) -> bool:
        """True when every event is done with; False when the connection went and the broker will deliver them again."""
        pause, given_up_at = 0.1, time.monotonic() + TRANSIENT_SECONDS
        while True:
            error = self._call([event for _, event in pairs])
            if error is None:
                self._count([event for _, event in pairs])
                return True
            if not _passes_by_itself(error) or time.monotonic() > given_up_at:
                break
            if generation != self._generation or self._stopping:
                return False
            eventlet.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
        if len(pairs) > 1:
            settled = [self._try([pair], generation) for pair in pairs]
            return all(settled)
        self._put_off(pairs[0][0], error)
        return True

    def _count(self, events: list[Event]) -> None:
        for event_type, number in Counter(event.type for event in events).items():
            EVENTS_HANDLED.labels(self.reader, event_type).inc(number)
        self._last_lag = _age(min(event.time for event in events))

    def _call(self, events: list[Event]) -> BaseException | None:
        done: Signal = Signal()

        def handle_result(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send(exc_info[1] if exc_info else None)
            return result, exc_info

        argument: Event | Sequence[Event] = events if self.batch else events[0]
        with HANDLER_SECONDS.labels(self.reader, self.method_name).time():
            with structlog.contextvars.bound_contextvars(correlation_id=events[0].correlation_id):
                spawn_worker(self, (argument,), {}, handle_result=handle_result)
            return done.wait()

    def _put_off(self, entry: Entry, error: BaseException) -> None:
        pauses = retry_pauses()
        if entry.attempt >= len(pauses):
            self._bury(entry, error)
            return
        EVENTS_FAILED.labels(self.reader, self._queue_of(entry)).inc()
        exchange = retry_exchange_of(self.reader, pauses[entry.attempt])
        self._send(entry, error, exchange=exchange, routing_key=self._queue_of(entry))

    def _bury(self, entry: Entry, error: BaseException) -> None:
        EVENTS_DEAD.labels(self.reader, self._queue_of(entry)).inc()
        self._send(entry, error, exchange="", routing_key=dead_queue_of(self.reader))

    def _send(self, entry: Entry, error: BaseException, *, exchange: str, routing_key: str) -> None:
        headers = {"x-attempt": entry.attempt + 1, "x-error": describe(error), "x-queue": self._queue_of(entry)}
        message = Outgoing(
            entry.body(),
            exchange=exchange,
            routing_key=routing_key,
            headers=headers,
            content_type=CONTENT_TYPE,
            message_id=new_id(),
        )
        while not self._taken(message):
            eventlet.sleep(0.5)
            self.carrier.consuming.wait_ready(DECLARED_SECONDS)

    def _taken(self, message: Outgoing) -> bool:
        try:
            lost = self.carrier.publisher.publish([message])
        except Disconnected:
            return False
        if lost:
            # Somebody deleted the queue: it is declared again whenever the link connects.
            self.carrier.consuming.abort(f"no queue takes {message.exchange or message.routing_key}")
        return not lost

    def _queue_of(self, entry: Entry) -> str:
        # A message that came back from a retry queue bears the queue's own name as its routing key.
        key = entry.delivery.routing_key
        return key if key.startswith(f"{self.reader}.") else queue_of(self.reader, key)

    def _ack(self, delivery: Delivery) -> None:
        try:
            with self.carrier.consuming.sending():
                delivery.channel.basic_ack(delivery.tag, multiple=True)
        except FAILURES as error:
            self.carrier.consuming.abort(f"could not acknowledge: {type(error).__name__}")


on_event = OnEvent.decorator


def event_types(service_cls: type) -> list[tuple[str, str]]:
    """(emitter, type) of every event a service class reads."""
    pairs: set[tuple[str, str]] = set()
    for _, method in inspect.getmembers(service_cls, inspect.isfunction):
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, []):
            if isinstance(entrypoint, OnEvent):
                pairs.update((contract.source, contract.type) for contract in entrypoint.contracts)
    return sorted(pairs)


def describe(error: BaseException) -> str:
    """An error as one line of at most 500 characters."""
    return storable(f"{type(error).__name__}: {error}".replace("\n", " "), length=500)


def _age(moment: str) -> float:
    return (clock.now() - clock.unwire(moment)).total_seconds()


def _passes_by_itself(error: BaseException) -> bool:
    return isinstance(error, (ServiceUnavailable, ServiceTimeout, Disconnected)) or is_transient(error)
