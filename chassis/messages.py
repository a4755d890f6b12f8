"""Messages of the broker, going out and coming in, the same on every carrier."""

from dataclasses import dataclass
from typing import Any

import orjson
from amqp.basic_message import Message

# A message of many events: how many at most, and the header that tells how many there are.
EVENTS_A_MESSAGE = 100
COUNT = "x-count"
LARGEST_NUMBER = 1_000


class Outgoing:
    """A message on its way out: ``body`` bytes of JSON, persistent unless ``transient``."""

    __slots__ = ("body", "exchange", "headers", "properties", "routing_key")

    def __init__(
        self, body: bytes, *, exchange: str, routing_key: str, headers: dict[str, Any] | None = None, **properties: Any
    ) -> None:
        """``properties`` are AMQP basic properties: content_type, message_id, expiration (ms, a string), reply_to …"""
        self.body = body
        self.exchange = exchange
        self.routing_key = routing_key
        self.headers = headers or {}
        self.properties = {
            "delivery_mode": 2,
            "content_type": "application/json",
            "message_id": "",
            **properties,
        }

    @property
    def id(self) -> str:
        """The message id; for an event its event id."""
        return str(self.properties["message_id"])

    def to_amqp(self, channel: Any) -> Message:
        """The message as py-amqp sends it."""
        headers = {"application_headers": self.headers} if self.headers else {}
        return Message(self.body, channel=channel, **headers, **self.properties)


class Delivery:
    """A message that came in, the same on every carrier."""

    __slots__ = ("body", "channel", "count", "headers", "properties", "redelivered", "routing_key", "tag")

    def __init__(self, message: Any) -> None:
        """``message`` is py-amqp's or the embedded carrier's."""
        info = message.delivery_info
        self.body: bytes = _bytes_of(message.body)
        self.channel = message.channel
        self.properties: dict[str, Any] = message.properties
        self.headers: dict[str, Any] = (
            message.properties.get("application_headers") or getattr(message, "headers", {}) or {}
        )
        self.count = _number(self.headers, COUNT, 1)
        self.tag = info.get("delivery_tag") or getattr(message, "delivery_tag", None)
        self.redelivered = bool(info.get("redelivered"))
        self.routing_key = info.get("routing_key", "")


def _number(headers: dict[str, Any], name: str, default: int) -> int:
    """What a header says where that is a number that it may be: a foreign sender can write anything there."""
    value = headers.get(name)
    return value if isinstance(value, int) and 0 <= value <= LARGEST_NUMBER else default


def _bytes_of(body: Any) -> bytes:
    return body if isinstance(body, bytes) else bytes(body, "utf-8") if isinstance(body, str) else bytes(body)


@dataclass(frozen=True, slots=True)
class Entry:
    """What may be one event of a message. ``content`` is what its JSON says, or the bytes where it is no JSON."""

    delivery: Delivery
    content: Any

    @property
    def attempt(self) -> int:
        """How often it was tried before; the tries of a message are those of each of its events."""
        return _number(self.delivery.headers, "x-attempt", 0)

    def body(self) -> bytes:
        """The event alone, as a message of its own would bear it."""
        return self.content if isinstance(self.content, bytes) else orjson.dumps(self.content)


def entries_of(delivery: Delivery) -> list[Entry]:
    """The events of a message: one, or those of a batch."""
    try:
        content = orjson.loads(delivery.body)
    except ValueError:
        content = delivery.body
    return [Entry(delivery, each) for each in content] if isinstance(content, list) else [Entry(delivery, content)]
