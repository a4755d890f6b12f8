"""The embedded broker: exchanges, routing, delivery, dead letters and expiry, for one process.

It answers as RabbitMQ does, as far as the chassis asks. Every method expects `lock` to be held by the caller.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from amqp.exceptions import NotFound, PreconditionFailed

from chassis.embedded.alarm import Alarm
from chassis.embedded.journal import Journal, JournalError, Row
from chassis.embedded.queues import (
    DEAD_LETTER_EXCHANGE,
    DELIVERY_LIMIT,
    PERSISTENT,
    Consumer,
    Entry,
    Publication,
    Queue,
    dead_letter,
    is_dead_letter_cycle,
)
from chassis.embedded.topology import Topology

#: Bytes of messages kept in memory; beyond, a journalled message is only in the journal until it is delivered,
MEMORY_BUDGET = 64 * 1024 * 1024
#: and beyond this a message that would be in memory alone is refused.
MEMORY_LIMIT = 256 * 1024 * 1024
#: Acknowledgements reach the journal with the next publish, at the latest after so many seconds.
SETTLE_WITHIN = 0.01

Placed = tuple[Queue, Entry, Publication]


class Link(Protocol):
    """What the broker needs to know of a connection."""

    def broker_gone(self) -> None:
        """The broker stopped."""


class Broker(Topology):
    """One broker; `journal=None` keeps everything in memory."""

    def __init__(self, journal: Journal | None = None) -> None:
        self.lock = threading.Lock()
        super().__init__(Alarm(self.lock), journal)
        self.is_closed = False
        self.links: set[Link] = set()
        self.memory = 0
        self._positions = itertools.count(1)
        if journal is not None:
            with self.lock:
                self._restore(journal)

    def _restore(self, journal: Journal) -> None:
        self.exchanges.update((exchange.name, exchange) for exchange in journal.exchanges())
        self.queues.update((queue.name, queue) for queue in journal.queues())
        skew = time.monotonic() - time.time()
        for position, queue, expires_at, returns in journal.heads():
            expiry = None if expires_at is None else expires_at + skew
            self.queues[queue].put(Entry(position, None, True, expiry, returns, redelivered=True))
            self._positions = itertools.count(position + 1)
        for restored in list(self.queues.values()):
            self.dispatch(restored)

    def close(self) -> None:
        """Stop the clock, tell the connections, and let go of the journal."""
        self.is_closed = True
        for link in self.links:
            link.broker_gone()
        self.alarm.stop()
        if self._journal is not None:
            self._journal.close()

    def publish(self, messages: Sequence[Publication]) -> list[int]:
        """Route and commit all messages at once, then deliver; returns the indexes of those without a queue."""
        routes = [self._route(message) for message in messages]
        placed = [self._entry(queue, m) for m, queues in zip(messages, routes, strict=True) for queue in queues]
        needed = sum(message.size for _, entry, message in placed if not entry.persistent)
        if needed and self.memory + needed > MEMORY_LIMIT:
            text = f"PRECONDITION_FAILED - {self.memory} bytes wait in memory: let the readers catch up and try again"
            raise PreconditionFailed(text, (60, 40), "Basic.publish")
        self._place(placed)
        return [index for index, queues in enumerate(routes) if not queues]

    def _entry(self, queue: Queue, message: Publication) -> Placed:
        lifetime = queue.lifetime(message)
        persistent = queue.journalled and self._journal is not None
        return queue, Entry(
            next(self._positions),
            message,
            persistent and message.properties.get("delivery_mode") == PERSISTENT,
            None if lifetime is None else time.monotonic() + lifetime,
        ), message  # fmt: skip

    def _place(self, placed: list[Placed], *, replacing: Iterable[int] = ()) -> None:
        self._commit(placed, replacing)
        for queue, entry, message in placed:
            if entry.persistent and self.memory > MEMORY_BUDGET:
                entry.message = None
            else:
                self.memory += message.size
            queue.put(entry)
        for queue in dict.fromkeys(queue for queue, _, _ in placed):
            self.dispatch(queue)

    def _commit(self, placed: list[Placed], replacing: Iterable[int]) -> None:
        if self._journal is None:
            return
        skew = time.time() - time.monotonic()
        rows = [
            Row(entry.position, queue.name, entry.expires_at and entry.expires_at + skew, entry.returns, message)
            for queue, entry, message in placed
            if entry.persistent
        ]
        if rows or replacing:
            self._journal.write(rows, replacing=replacing)

    def dispatch(self, queue: Queue) -> None:
        """Hand out what can be handed out, and bury what is over its time or too much."""
        self.bury(queue, queue.pop_overflow(), reason="maxlen")
        self.bury(queue, queue.pop_expired(time.monotonic()), reason="expired")
        while (head := queue.head()) is not None:
            if head.expires_at is not None and head.expires_at <= time.monotonic():
                self.bury(queue, [queue.pop()], reason="expired")
            elif (consumer := queue.next_consumer()) is not None:
                consumer.take(queue.pop())
            else:
                self._wake_at_expiry(queue, head)
                return

    def _wake_at_expiry(self, queue: Queue, head: Entry) -> None:
        if head.expires_at is not None:
            self.alarm.at(head.expires_at, ("head", queue.name), partial(self.dispatch, queue))

    def read(self, entry: Entry) -> Publication:
        """The message of an entry."""
        if entry.message is not None:
            return entry.message
        assert self._journal is not None, "only a journalled message leaves the memory"  # noqa: S101 - for mypy
        return self._journal.read(entry.position)

    def settle(self, entries: Iterable[Entry]) -> None:
        """Forget messages for good."""
        for entry in entries:
            self._free(entry)
            if entry.persistent and self._journal is not None:
                self._journal.settle(entry.position)
                self.alarm.at(time.monotonic() + SETTLE_WITHIN, "settled", self.flush)

    def _free(self, entry: Entry) -> None:
        if entry.message is not None:
            self.memory -= entry.message.size

    def flush(self) -> None:
        """Write the settled messages to the journal."""
        if self._journal is not None and not self.is_closed:
            self._journal.write(())

    def give_back(self, queue: Queue, entries: list[Entry], *, counted: bool) -> None:
        """Return messages to their old places; `counted` when their reader had seen them. Then `dispatch` them."""
        if self.queues.get(queue.name) is not queue:
            for entry in entries:
                self._free(entry)
            return
        if counted:
            self._count_returns(queue, entries)
        over = [entry for entry in entries if queue.is_over_delivery_limit(entry)]
        for entry in entries:
            if not queue.is_over_delivery_limit(entry):
                queue.put_back(entry)
        self.bury(queue, over, reason="delivery_limit")

    def _count_returns(self, queue: Queue, entries: list[Entry]) -> None:
        for entry in entries:
            entry.returns += 1
            entry.redelivered = True
        if self._journal is not None and DELIVERY_LIMIT in queue.arguments:
            self._journal.count_returns([(entry.returns, entry.position) for entry in entries if entry.persistent])

    def bury(self, queue: Queue, entries: list[Entry], *, reason: str) -> None:
        """Send messages to the dead-letter exchange of their queue in one commit, or drop them where there is none."""
        if not entries:
            return
        if self.queues.get(queue.name) is not queue or queue.arguments.get(DEAD_LETTER_EXCHANGE) is None:
            self.settle(entries)
            return
        try:
            dead = [self._dead(queue, entry, reason) for entry in entries]
            placed = [self._entry(target, message) for message in dead for target in self._graves(message)]
            replaced = [entry.position for entry in entries if entry.persistent]
            self._place(placed, replacing=replaced)
        except JournalError:
            for entry in entries:
                queue.put_back(entry)
            raise
        for entry in entries:
            self._free(entry)

    def _dead(self, queue: Queue, entry: Entry, reason: str) -> Publication:
        return dead_letter(self.read(entry), queue=queue, reason=reason, at=datetime.now(UTC))

    def _graves(self, message: Publication) -> list[Queue]:
        try:
            targets = self._route(message)
        except NotFound:
            return []
        return [queue for queue in targets if not is_dead_letter_cycle(message, queue.name)]

    # Consumers and connections

    def add_consumer(self, queue: Queue, consumer: Consumer) -> None:
        """Serve a consumer from now on."""
        queue.consumed_by_owner = queue.consumed_by_owner or consumer.link is queue.owner
        queue.consumers.append(consumer)
        self.dispatch(queue)

    def remove_consumer(self, queue: Queue, consumer: Consumer) -> None:
        """Serve it no more; an auto-delete queue goes with its last one."""
        if consumer in queue.consumers:
            queue.consumers.remove(consumer)
        if self.queues.get(queue.name) is not queue:
            return
        self.touch(queue)
        if queue.auto_delete and not queue.consumers:
            self.delete_queue(queue)

    def end_link(self, link: object) -> None:
        """Remove the queues that lived for this connection. Its consumers are gone already."""
        for queue in [queue for queue in self.queues.values() if queue.owner is link]:
            if queue.exclusive or (not queue.consumers and _is_private(queue)):
                self.delete_queue(queue)
            queue.owner = None
        self.flush()


def _is_private(queue: Queue) -> bool:
    return queue.auto_delete or (queue.expires is not None and queue.consumed_by_owner)
