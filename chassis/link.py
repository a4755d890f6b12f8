"""A connection to the broker that heals itself.

One greenlet owns it: it connects, calls what must be set up, reads frames, sends heartbeats, and begins anew when
anything fails. Other greenlets send under a lock, since py-amqp builds frames in one buffer. What py-amqp does not do:
when heartbeats are missed it waits in Close for ever (measured; pika made the same repair, pika/pika#1010), so the
socket is shut down first.
"""

import random
import socket
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import eventlet
from amqp.basic_message import Message
from amqp.exceptions import AMQPError
from eventlet.event import Event as Signal
from eventlet.semaphore import Semaphore
from kombu import Connection
from kombu.exceptions import KombuError

from chassis import embedded, logs
from chassis.settings import settings

FAILURES = (AMQPError, KombuError, OSError, EOFError, AttributeError, KeyError)
TICK_SECONDS = 1.0
CONNECT_TIMEOUT_SECONDS = 5
CONFIRM_TIMEOUT_SECONDS = 5
MAX_BACKOFF_SECONDS = 3.0

log = logs.logger(__name__)
embedded.install()


class Disconnected(ConnectionError):
    """The broker is away; what was to be sent was not confirmed."""


class Link:
    """One self-healing connection. ``on_connect`` functions get the link whenever a connection is there (again)."""

    def __init__(self, name: str, url: str | None = None) -> None:
        """``name`` shows in the broker's list of connections."""
        self.name = name
        self.url = url or settings().amqp_url
        self.connected = False
        self.blocked = False
        self.last_alive = time.monotonic()
        self.on_connect: list[Callable[[Link], None]] = []
        self.on_disconnect: list[Callable[[], None]] = []
        self._connection: Any = None
        self._lock = Semaphore()
        self._stopping = False
        self._ready: Signal = Signal()
        self._greenlet: Any = None

    @property
    def is_amqp(self) -> bool:
        """False on the embedded carrier, which knows neither confirms nor heartbeats."""
        return self.url.startswith(("amqp", "pyamqp"))

    def start(self, spawn: Callable[[Callable[[], None]], Any] = eventlet.spawn) -> None:
        """Begin to connect; returns at once."""
        if self._greenlet is None:
            self._greenlet = spawn(self._run)

    def stop(self) -> None:
        """Close the connection and end the greenlet."""
        self._stopping = True
        self._abort()
        if self._greenlet is not None:
            self._greenlet.kill()

    def wait_ready(self, timeout: float) -> bool:
        """Wait until a connection is there; False if there was none within ``timeout`` seconds."""
        if self.connected:
            return True
        with eventlet.Timeout(timeout, False):
            self._ready.wait()
        return self.connected

    @contextmanager
    def sending(self) -> Any:
        """The lock for everything that writes to the socket."""
        with self._lock:
            yield

    def channel(self) -> Any:
        """A channel of the present connection. Disconnected if there is none."""
        if self._connection is None:
            raise Disconnected(f"{self.name}: no connection to the broker")
        with self._lock:
            return self._connection.channel()

    def abort(self, reason: str) -> None:
        """Give the present connection up, so that a fresh one is made."""
        log.warning("broker link given up", link=self.name, reason=reason)
        self._abort()

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                self._connect()
                failures = 0
                self._read()
            except FAILURES as error:
                if not self._stopping:
                    log.warning("broker link lost", link=self.name, error=type(error).__name__, detail=str(error)[:200])
            finally:
                self._lost()
            failures += 1
            self.last_alive = time.monotonic()
            if not self._stopping:
                eventlet.sleep(min(MAX_BACKOFF_SECONDS, 0.1 * 2**failures) * random.uniform(0.5, 1.0))

    def _connect(self) -> None:
        connection = Connection(
            self.url,
            heartbeat=settings().heartbeat,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            transport_options=self._transport_options(),
        )
        self._connection = connection
        connection.connect()
        for function in list(self.on_connect):
            function(self)
        self.connected = True
        self._ready.send(True)

    def _transport_options(self) -> dict[str, Any]:
        if not self.is_amqp:
            return {}
        return {
            "client_properties": {"connection_name": self.name},
            "on_blocked": self._on_blocked,
            "on_unblocked": self._on_unblocked,
        }

    def _on_blocked(self, reason: str) -> None:
        self.blocked = True
        log.warning("broker holds publishers back", link=self.name, reason=reason)

    def _on_unblocked(self) -> None:
        self.blocked = False

    def _read(self) -> None:
        while not self._stopping:
            try:
                self._connection.drain_events(timeout=TICK_SECONDS)
            except (TimeoutError, socket.timeout):
                pass
            self.last_alive = time.monotonic()
            if self.is_amqp:
                with self._lock:
                    self._connection.heartbeat_check()

    def _lost(self) -> None:
        self.connected = self.blocked = False
        self._ready = Signal()
        self._abort()
        for function in list(self.on_disconnect):
            function()

    def _abort(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self.is_amqp:
                _shut(connection)
            else:
                connection.close()
        except FAILURES:
            pass


def _shut(connection: Any) -> None:
    transport = getattr(getattr(connection, "_connection", None), "_transport", None)
    sock = getattr(transport, "sock", None)
    if sock is not None:
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        sock.close()
    connection.collect()


class Publisher:
    """Sends messages over a link; ``publish`` returns when the broker has confirmed every one of them."""

    def __init__(self, link: Link) -> None:
        """Several publishers may share a link."""
        self.link = link
        self._channel: Any = None
        self._outstanding: dict[int, int] = {}
        self._refused: set[int] = set()
        self._unroutable: set[str] = set()
        self._next_tag = 1
        self._settled: Signal | None = None
        self._turn = Semaphore()
        link.on_connect.append(self._on_connect)
        link.on_disconnect.append(self._on_disconnect)

    def publish(self, messages: list["Outgoing"], *, mandatory: Callable[["Outgoing"], bool] = lambda _: True) -> list[int]:
        """Send and await the confirms. Returns the positions of messages that found no queue.

        Disconnected if the broker did not take them all within some seconds: send all again.
        """
        if not messages:
            return []
        with self._turn:
            if self._channel is None or self.link.blocked:
                raise Disconnected(f"{self.link.name}: the broker takes no messages now")
            if not self.link.is_amqp:
                return self._publish_embedded(messages, mandatory)
            return self._publish_confirmed(messages, mandatory)

    def _publish_embedded(self, messages: list["Outgoing"], mandatory: Callable[["Outgoing"], bool]) -> list[int]:
        lost = self._channel.publish_many(
            [(m.body, m.properties, m.headers, m.exchange, m.routing_key) for m in messages]
        )
        return [position for position in lost if mandatory(messages[position])]

    def _publish_confirmed(self, messages: list["Outgoing"], mandatory: Callable[["Outgoing"], bool]) -> list[int]:
        channel = self._channel
        self._outstanding.clear()
        self._refused.clear()
        self._unroutable.clear()
        settled = self._settled = Signal()
        try:
            with self.link.sending():
                for position, message in enumerate(messages):
                    self._outstanding[self._next_tag] = position
                    self._next_tag += 1
                    channel._basic_publish(
                        message.to_amqp(channel),
                        message.exchange,
                        message.routing_key,
                        mandatory=mandatory(message),
                    )
        except FAILURES as error:
            self.link.abort(f"could not publish: {type(error).__name__}")
            raise Disconnected(str(error)) from error
        with eventlet.Timeout(CONFIRM_TIMEOUT_SECONDS, False):
            if settled.wait():
                return [at for at, message in enumerate(messages) if message.id in self._unroutable]
        if not self.link.blocked:
            self.link.abort("no confirm in time")
        self._channel = None if not self.link.connected else self._channel
        raise Disconnected("the broker did not confirm in time")

    def _on_connect(self, link: Link) -> None:
        self._channel = link.channel()
        self._next_tag = 1
        if not link.is_amqp:
            return
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)

    def _on_disconnect(self) -> None:
        self._channel = None
        self._settle(False)

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            for tag in [tag for tag in self._outstanding if tag <= delivery_tag]:
                del self._outstanding[tag]
        else:
            self._outstanding.pop(delivery_tag, None)
        if not self._outstanding:
            self._settle(not self._refused)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        self._refused.add(delivery_tag)
        self._on_ack(delivery_tag, multiple)

    def _on_return(self, _error: Any, _exchange: str, _routing_key: str, message: Any) -> None:
        self._unroutable.add(message.properties["message_id"])

    def _settle(self, ok: bool) -> None:
        signal, self._settled = self._settled, None
        if signal is not None and not signal.ready():
            signal.send(ok)


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
        self.headers: dict[str, Any] = message.properties.get("application_headers") or getattr(message, "headers", {}) or {}
        self.tag = info.get("delivery_tag") or getattr(message, "delivery_tag", None)
        self.redelivered = bool(info.get("redelivered"))
        self.routing_key = info.get("routing_key", "")


def _bytes_of(body: Any) -> bytes:
    return body if isinstance(body, bytes) else bytes(body, "utf-8") if isinstance(body, str) else bytes(body)


