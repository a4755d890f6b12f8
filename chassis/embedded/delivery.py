"""Consumers of the embedded broker, and the messages on their way to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import amqp.exceptions
from kombu.message import Message

from chassis.embedded.queues import Entry, Publication, Queue

if TYPE_CHECKING:
    from chassis.embedded.channel import Channel


class Reader:
    """A consumer: reads one queue into the inbox of its connection, as far as the prefetch limits allow."""

    def __init__(self, channel: Channel, queue: Queue, tag: str, no_ack: bool, callback: Callable[[Message], Any]):
        self.channel, self.queue, self.tag, self.no_ack, self.callback = channel, queue, tag, no_ack, callback
        self.limit = channel.consumer_prefetch
        self.held = 0
        self.link = channel.connection

    def is_free(self) -> bool:
        """Whether the limits of consumer and channel let another message in."""
        return (not self.limit or self.held < self.limit) and self.channel.is_free()

    def take(self, entry: Entry) -> None:
        """Put the message into the inbox."""
        self.held += 1
        self.link.arrive(self.channel.open_delivery(entry, self))

    def cancelled_by_broker(self) -> None:
        """Let the reader hear that its queue was deleted."""
        self.channel.readers.pop(self.tag, None)
        self.link.arrive(amqp.exceptions.ConsumerCancelled(self.tag, (60, 30)))


@dataclass(eq=False, slots=True)
class Delivery:
    """A message on its way to a reader, or held by it until it is acknowledged."""

    tag: int
    entry: Entry
    reader: Reader
    is_seen: bool = False
    is_open: bool = True

    def hand_over(self) -> Message:
        """The message as the reader gets it (lock held)."""
        publication = self.reader.channel.broker.read(self.entry)
        self.is_seen = True
        if self.reader.no_ack:
            self.reader.channel.settle([self])
        return self._message(publication)

    def _message(self, publication: Publication) -> Message:
        # Headers and properties are copies: two readers of one message must not see each other's changes.
        headers = dict(publication.headers)
        if self.entry.returns:
            headers["x-delivery-count"] = self.entry.returns
        return Message(
            body=publication.body,
            channel=self.reader.channel,
            delivery_tag=self.tag,
            delivery_info=self._info(publication),
            headers=headers,
            properties=dict(publication.properties),
            content_type=publication.properties.get("content_type"),
            content_encoding=publication.properties.get("content_encoding"),
        )

    def _info(self, publication: Publication) -> dict[str, Any]:
        return {
            "consumer_tag": self.reader.tag,
            "delivery_tag": self.tag,
            "redelivered": self.entry.redelivered,
            "exchange": publication.exchange,
            "routing_key": publication.routing_key,
        }
