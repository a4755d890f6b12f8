"""Messages of the broker, going out and coming in, the same on every carrier."""

from typing import Any

from amqp.basic_message import Message


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
            "content_encoding": "utf-8",
            "message_id": "",
            **properties,
        }

    @property
    def id(self) -> str:
        """The message id; for an event its event id."""
        return str(self.properties["message_id"])

    def to_amqp(self, channel: Any) -> Message:
        """The message as py-amqp sends it."""
        return Message(self.body, channel=channel, application_headers=self.headers, **self.properties)


class Delivery:
    """A message that came in, the same on every carrier."""

    __slots__ = ("body", "channel", "headers", "properties", "redelivered", "routing_key", "tag")

    def __init__(self, message: Any) -> None:
        """``message`` is py-amqp's or the embedded carrier's."""
        info = message.delivery_info
        self.body: bytes = _bytes_of(message.body)
        self.channel = message.channel
        self.properties: dict[str, Any] = message.properties
        self.headers: dict[str, Any] = (
            message.properties.get("application_headers") or getattr(message, "headers", {}) or {}
        )
        self.tag = info.get("delivery_tag") or getattr(message, "delivery_tag", None)
        self.redelivered = bool(info.get("redelivered"))
        self.routing_key = info.get("routing_key", "")


def _bytes_of(body: Any) -> bytes:
    return body if isinstance(body, bytes) else bytes(body, "utf-8") if isinstance(body, str) else bytes(body)
