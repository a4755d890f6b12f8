"""The live feed: every event of chosen types, to everybody who listens just now. For screens; nothing is kept."""

from collections.abc import Iterable
from typing import Any

import orjson
from eventlet.queue import Full, LightQueue
from nameko.extensions import DependencyProvider

from chassis import logs
from chassis.carrier import Carrier
from chassis.envelopes import POISON
from chassis.ids import new_id
from chassis.link import Link
from chassis.messages import Delivery
from chassis.topology import declare_exchange, exchange_of
from contracts.base import Event

BACKLOG = 500

log = logs.logger(__name__)


class Listener:
    """One who listens: ``get(timeout)`` gives the next event; ``lost`` is true where events are missing.

    They are when it was too slow, or when the broker was away and is back.
    """

    def __init__(self) -> None:
        """Holds at most BACKLOG events."""
        self._queue = LightQueue(BACKLOG)
        self.lost = False

    def offer(self, event: Event) -> None:
        """Put an event in; one who is too slow loses the feed and must begin anew."""
        try:
            self._queue.put_nowait(event)
        except Full:
            self.lost = True

    def get(self, timeout: float) -> Event:
        """The next event. eventlet.queue.Empty when none came within ``timeout`` seconds."""
        return self._queue.get(timeout=timeout)


class Feed:
    """What a service method sees: ``subscribe`` and ``unsubscribe``."""

    def __init__(self) -> None:
        """Nobody listens yet."""
        self._listeners: set[Listener] = set()

    def subscribe(self) -> Listener:
        """Begin to listen."""
        listener = Listener()
        self._listeners.add(listener)
        return listener

    def unsubscribe(self, listener: Listener) -> None:
        """Listen no more."""
        self._listeners.discard(listener)

    def interrupted(self) -> None:
        """Events went by unheard: everybody must begin anew."""
        for listener in self._listeners:
            listener.lost = True

    def receive(self, message: Any) -> None:
        """Hand a message of the broker to everybody; what is no event is of no interest to them."""
        try:
            event = Event.from_wire(orjson.loads(Delivery(message).body))
        except POISON as error:
            log.warning("no event in the live feed", error=type(error).__name__)
            return
        for listener in list(self._listeners):
            listener.offer(event)


class LiveFeed(DependencyProvider):
    """``live = LiveFeed({"tickets": ["ticket.*.*"], …})``: emitting service -> topic patterns of event types."""

    carrier = Carrier()

    def __init__(self, patterns: dict[str, Iterable[str]]) -> None:
        """The queue is exclusive and goes with the connection."""
        self.patterns = {service: list(keys) for service, keys in patterns.items()}
        self.feed = Feed()

    def setup(self) -> None:
        """Bind whenever the link connects."""
        self.carrier.consuming.on_connect.append(self._consume)

    def get_dependency(self, worker_ctx: Any) -> Feed:
        """The feed."""
        return self.feed

    def _consume(self, link: Link) -> None:
        queue = f"{self.container.service_name}.live.{new_id()}"
        channel = link.channel()
        channel.queue_declare(queue, durable=False, exclusive=True, auto_delete=True)
        for service, patterns in self.patterns.items():
            declare_exchange(channel, service)
            for pattern in patterns:
                channel.queue_bind(queue, exchange_of(service), pattern)
        channel.basic_consume(queue, callback=self.feed.receive, consumer_tag=new_id(), no_ack=True)
        # Not when the link went: what is told of the gap must be told when nothing more can fall into it.
        self.feed.interrupted()
