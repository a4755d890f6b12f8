"""Channels of the embedded broker, as kombu and nameko use them; their errors are those of py-amqp."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any
from uuid import uuid4

import amqp.exceptions
from kombu.message import Message

from chassis.embedded.declarations import Declarations
from chassis.embedded.delivery import Delivery, Reader
from chassis.embedded.queues import Entry, Publication, Queue


class Channel(Declarations):
    """A channel. Methods take and ignore further keywords of AMQP (`nowait`, `immediate`, …)."""

    def __init__(self, connection: Any, channel_id: int) -> None:
        super().__init__(connection)
        self.channel_id = channel_id
        self.events: defaultdict[str, set[Callable[..., Any]]] = defaultdict(set)
        self.no_ack_consumers: Any = set()
        self.consumer_prefetch = 0
        self.readers: dict[str, Reader] = {}
        self._channel_prefetch = 0
        self._tags = itertools.count(1)
        self._open: dict[int, Delivery] = {}

    @property
    def is_open(self) -> bool:
        """Whether it can be used."""
        return self.connection is not None and self.connection.connected

    # Publishing

    def prepare_message(
        self, body: bytes | str, priority: int | None = None, content_type: str | None = None,
        content_encoding: str | None = None, headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> Publication:  # fmt: skip
        """A message as `basic_publish` takes it; nameko reads the content type from the properties."""
        named = {"priority": priority, "content_type": content_type, "content_encoding": content_encoding}
        raw = body.encode() if isinstance(body, str) else bytes(body)
        return Publication(raw, {**(properties or {}), **named}, headers or {}, "", "")

    def basic_publish(
        self, message: Publication, exchange: str = "", routing_key: str = "", mandatory: bool = False, **_: Any
    ) -> None:
        """Publish; a persistent message is committed at return. `mandatory` without a queue: NO_ROUTE is raised."""
        addressed = message._replace(exchange=exchange, routing_key=routing_key)
        if self.publish_many([addressed]) and mandatory:
            self._returned(addressed)

    def publish_many(self, messages: Sequence[tuple[bytes, dict[str, Any], dict[str, Any], str, str]]) -> list[int]:
        """Publish (body, properties, headers, exchange, routing key) in one commit; returns the unroutable indexes.

        All or nothing: an unknown exchange is `NotFound`, a journal that cannot be written `JournalError` (`OSError`).
        """
        link = self._link()
        with self.broker.lock:
            unroutable: list[int] = self.broker.publish([Publication(*message) for message in messages])
        link.breathe()
        return unroutable

    def _returned(self, message: Publication) -> None:
        error = amqp.exceptions.ChannelError("NO_ROUTE", (60, 50), "Basic.return", 312)
        handlers = self.events.get("basic_return")
        if not handlers:
            raise error
        for handler in handlers:
            handler(error, message.exchange, message.routing_key, message)

    # Reading

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, a_global: bool = False, **_: Any) -> None:
        """The most unacknowledged messages: of each later consumer, or with `a_global` of the whole channel."""
        if a_global:
            self._channel_prefetch = prefetch_count
        else:
            self.consumer_prefetch = prefetch_count

    def is_free(self) -> bool:
        """Whether the channel may hold another message."""
        return not self._channel_prefetch or len(self._open) < self._channel_prefetch

    def basic_consume(
        self, queue: str, consumer_tag: str = "", *, no_ack: bool = False,
        callback: Callable[[Message], Any] | None = None, **_: Any,
    ) -> str:  # fmt: skip
        """Read a queue; `callback` is called by `drain_events`. Returns the tag that `basic_cancel` takes."""
        link = self._link()
        tag = consumer_tag or f"embedded-{uuid4()}"
        with self.broker.lock:
            found = self.broker.find_queue(queue, link)
            reader = self.readers[tag] = Reader(self, found, tag, no_ack, callback or _ignore)
            if no_ack:
                self.no_ack_consumers.add(tag)
            self.broker.add_consumer(found, reader)
        return tag

    def basic_cancel(self, consumer_tag: str, **_: Any) -> None:
        """Read no more; what was not seen yet goes back, what was seen stays to be acknowledged."""
        with self.broker.lock:
            reader = self.readers.pop(consumer_tag, None)
            if reader is not None:
                self._stop(reader)

    def _stop(self, reader: Reader) -> None:
        unseen = [d for d in self._open.values() if d.reader is reader and not d.is_seen]
        if reader in reader.queue.consumers:
            reader.queue.consumers.remove(reader)
        self._give_back(unseen)
        self.broker.remove_consumer(reader.queue, reader)

    def basic_get(self, queue: str, no_ack: bool = False, **_: Any) -> Message | None:
        """The next message of a queue, or None."""
        link = self._link()
        with self.broker.lock:
            found = self.broker.find_queue(queue, link)
            self.broker.touch(found)
            self.broker.dispatch(found)
            if not len(found):
                return None
            reader = Reader(self, found, "", no_ack, _ignore)
            reader.held += 1
            return self.open_delivery(found.pop(), reader).hand_over()

    def open_delivery(self, entry: Entry, reader: Reader) -> Delivery:
        """Note that a message is out (lock held)."""
        delivery = Delivery(next(self._tags), entry, reader)
        self._open[delivery.tag] = delivery
        return delivery

    # Answers

    def basic_ack(self, delivery_tag: int, multiple: bool = False, **_: Any) -> None:
        """Acknowledge one message, or all up to it."""
        with self.broker.lock:
            self.settle(self._answered(delivery_tag, multiple))

    def basic_reject(self, delivery_tag: int, requeue: bool = False, **_: Any) -> None:
        """Refuse one message: back to its place, or to the dead-letter exchange of the queue."""
        self.basic_nack(delivery_tag, requeue=requeue)

    def basic_nack(self, delivery_tag: int, multiple: bool = False, requeue: bool = True, **_: Any) -> None:
        """Refuse one message, or all up to it."""
        with self.broker.lock:
            answered = self._answered(delivery_tag, multiple)
            if requeue:
                self._give_back(answered)
                return
            for queue, entries in self._closed(answered):
                self.broker.bury(queue, entries, reason="rejected")
                self.broker.dispatch(queue)

    def basic_recover(self, requeue: bool = True, **_: Any) -> None:
        """Give back everything unacknowledged."""
        with self.broker.lock:
            self._give_back(list(self._open.values()))

    def _answered(self, tag: int, multiple: bool) -> list[Delivery]:
        self._link()
        if multiple:
            return [d for d in itertools.takewhile(lambda d: not tag or d.tag <= tag, self._open.values()) if d.is_seen]
        if tag not in self._open:
            text = f"PRECONDITION_FAILED - unknown delivery tag {tag}: it is answered already, or of another channel"
            raise amqp.exceptions.PreconditionFailed(text, (60, 80), "Basic.ack")
        return [self._open[tag]]

    def _closed(self, deliveries: Iterable[Delivery]) -> list[tuple[Queue, list[Entry]]]:
        by_queue: dict[Queue, list[Entry]] = {}
        for delivery in deliveries:
            del self._open[delivery.tag]
            delivery.is_open = False
            delivery.reader.held -= 1
            by_queue.setdefault(delivery.reader.queue, []).append(delivery.entry)
        return list(by_queue.items())

    def settle(self, deliveries: list[Delivery]) -> None:
        """Forget acknowledged messages and take the next ones (lock held)."""
        for queue, entries in self._closed(deliveries):
            self.broker.settle(entries)
            self._refill(queue)

    def _refill(self, queue: Queue) -> None:
        waiting = {reader.queue for reader in self.readers.values()} if self._channel_prefetch else {queue}
        for each in waiting:
            if len(each):
                self.broker.dispatch(each)

    def _give_back(self, deliveries: Sequence[Delivery]) -> None:
        touched: dict[Queue, None] = {}
        for is_seen, group in groupby(sorted(deliveries, key=_is_seen), _is_seen):
            for queue, entries in self._closed(group):
                self.broker.give_back(queue, entries, counted=is_seen)
                touched[queue] = None
        for queue in touched:
            self._refill(queue)

    def flow(self, active: bool = True) -> None:
        """Nothing: nobody is far away."""

    def close(self) -> None:
        """Stop the readers and give back everything unacknowledged."""
        if self.connection is None:
            return
        with self.broker.lock:
            self.connection.channels.pop(self.channel_id, None)
            self.connection = None
            if not self.broker.is_closed:
                self._end()

    def _end(self) -> None:
        readers = list(self.readers.values())
        self.readers.clear()
        for reader in readers:
            if reader in reader.queue.consumers:
                reader.queue.consumers.remove(reader)
        self._give_back(list(self._open.values()))
        for reader in readers:
            self.broker.remove_consumer(reader.queue, reader)


def _is_seen(delivery: Delivery) -> bool:
    return delivery.is_seen


def _ignore(_: Message) -> None:
    """A consumer without a callback only moves its messages to 'unacknowledged'."""
