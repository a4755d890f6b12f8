"""What the embedded broker is made of: exchanges, queues, bindings and the routes between them.

Every method expects the broker's lock to be held by the caller.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial

from amqp.exceptions import AMQPNotImplementedError, NotFound, PreconditionFailed, ResourceLocked

from chassis.embedded.alarm import Alarm
from chassis.embedded.journal import Journal
from chassis.embedded.queues import Entry, Exchange, Publication, Queue

EXCHANGE_TYPES = frozenset({"direct", "topic", "fanout"})
_CACHED_ROUTES = 10_000


class Topology:
    """The part of a broker that declares, binds, routes and removes."""

    def __init__(self, alarm: Alarm, journal: Journal | None) -> None:
        self.alarm = alarm
        self.exchanges = {f"amq.{kind}": Exchange(f"amq.{kind}", kind) for kind in sorted(EXCHANGE_TYPES)}
        self.queues: dict[str, Queue] = {}
        self._journal = journal
        self._routes: dict[tuple[str, str], list[Queue]] = {}

    def settle(self, entries: Iterable[Entry]) -> None:
        """Forget messages for good."""
        raise NotImplementedError

    def declare_exchange(self, exchange: Exchange) -> None:
        """Make an exchange; a second declaration has to be the same."""
        if exchange.type not in EXCHANGE_TYPES:
            raise AMQPNotImplementedError(f"exchange type {exchange.type!r} is unknown here: use {EXCHANGE_TYPES}")
        present = self.exchanges.get(exchange.name)
        if present is None:
            self.exchanges[exchange.name] = exchange
            if exchange.durable and self._journal is not None:
                self._journal.add_exchange(exchange)
        elif (present.type, present.durable) != (exchange.type, exchange.durable):
            text = f"PRECONDITION_FAILED - inequivalent arg for exchange '{exchange.name}': it is a {present.type}"
            raise PreconditionFailed(text, (40, 10), "Exchange.declare")

    def find_exchange(self, name: str) -> Exchange:
        """The exchange, or `NotFound`."""
        try:
            return self.exchanges[name]
        except KeyError:
            raise NotFound(f"NOT_FOUND - no exchange '{name}' in vhost '/'", (40, 10), "Exchange.declare") from None

    def delete_exchange(self, name: str) -> None:
        """Remove an exchange and its bindings."""
        exchange = self.exchanges.pop(name, None)
        self._routes.clear()
        if exchange is not None and exchange.durable and self._journal is not None:
            self._journal.remove_exchange(name)

    def declare_queue(self, queue: Queue, link: object) -> Queue:
        """Make a queue; a second declaration has to be the same."""
        present = self.queues.get(queue.name) and self.find_queue(queue.name, link)
        if present is None:
            self.queues[queue.name] = present = queue
            self._routes.clear()
            if queue.journalled and self._journal is not None:
                self._journal.add_queue(queue)
        elif not present.is_same_as(queue):
            text = f"PRECONDITION_FAILED - inequivalent arg for queue '{queue.name}': declared as {present.arguments}"
            raise PreconditionFailed(text, (50, 10), "Queue.declare")
        self.touch(present)
        return present

    def find_queue(self, name: str, link: object) -> Queue:
        """The queue, or `NotFound`, or `ResourceLocked` when it is exclusive to another connection."""
        queue = self.queues.get(name)
        if queue is None:
            raise NotFound(f"NOT_FOUND - no queue '{name}' in vhost '/'", (50, 10), "Queue.declare")
        if queue.exclusive and queue.owner is not link:
            raise ResourceLocked(f"RESOURCE_LOCKED - queue '{name}' is exclusive to another connection", (50, 10))
        return queue

    def delete_queue(self, queue: Queue) -> int:
        """Remove a queue with its messages and bindings; readers are told. Returns the messages lost."""
        lost = self.purge(queue)
        del self.queues[queue.name]
        self._routes.clear()
        for exchange in list(self.exchanges.values()):
            for name, routing_key in [key for key in exchange.bindings if key[0] == queue.name]:
                self.unbind(exchange, name, routing_key)
        if queue.journalled and self._journal is not None:
            self._journal.remove_queue(queue.name)
        self.alarm.cancel(("head", queue.name))
        self.alarm.cancel(("unused", queue.name))
        for consumer in queue.consumers:
            consumer.cancelled_by_broker()
        return lost

    def purge(self, queue: Queue) -> int:
        """Drop the ready messages; returns their number."""
        dropped = queue.pop_all()
        self.settle(dropped)
        return len(dropped)

    def bind(self, exchange: Exchange, queue: Queue, routing_key: str) -> None:
        """Bind once."""
        exchange.bindings[queue.name, routing_key] = None
        self._routes.clear()
        if exchange.durable and queue.journalled and self._journal is not None:
            self._journal.add_binding(exchange.name, queue.name, routing_key)

    def unbind(self, exchange: Exchange, queue: str, routing_key: str) -> None:
        """Remove a binding, and with the last one an auto-delete exchange."""
        exchange.bindings.pop((queue, routing_key), None)
        self._routes.clear()
        if exchange.durable and self._journal is not None:
            self._journal.remove_binding(exchange.name, queue, routing_key)
        if exchange.auto_delete and not exchange.bindings:
            self.delete_exchange(exchange.name)

    def _route(self, message: Publication) -> list[Queue]:
        key = (message.exchange, message.routing_key)
        queues = self._routes.get(key)
        if queues is None:
            names = [message.routing_key]
            if message.exchange:
                names = list(dict.fromkeys(self.find_exchange(message.exchange).queues_for(message.routing_key)))
            queues = [self.queues[name] for name in names if name in self.queues]
            if len(self._routes) >= _CACHED_ROUTES:
                self._routes.clear()
            self._routes[key] = queues
        return queues

    def touch(self, queue: Queue) -> None:
        """Note a use, for `x-expires`."""
        queue.used_at = time.monotonic()
        if queue.expires is not None:
            self.alarm.at(queue.used_at + queue.expires, ("unused", queue.name), partial(self._end_unused, queue))

    def _end_unused(self, queue: Queue) -> None:
        if queue.consumers or queue.expires is None or self.queues.get(queue.name) is not queue:
            return
        end = queue.used_at + queue.expires
        if end <= time.monotonic():
            self.delete_queue(queue)
        else:
            self.alarm.at(end, ("unused", queue.name), partial(self._end_unused, queue))
