"""Connections to the embedded broker, as kombu's transport `embedded`."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import amqp.exceptions
import kombu.pools
import kombu.transport
from kombu.transport import base

from chassis.embedded.broker import Broker
from chassis.embedded.channel import Channel, Delivery
from chassis.embedded.journal import Journal

_SCHEME = "embedded://"

#: Seconds that a busy reader or publisher may hold the only thread of an eventlet process.
_BREATHE_EVERY = 0.02

_brokers: dict[str, Broker] = {}
_opening = threading.Lock()


def install() -> None:
    """Make `embedded://` known to kombu."""
    kombu.transport.TRANSPORT_ALIASES["embedded"] = "chassis.embedded:Transport"


def reset() -> None:
    """Stop all brokers of this process, as a broker restart does: only what the journals hold comes back."""
    with _opening:
        brokers = list(_brokers.values())
        _brokers.clear()
    for broker in brokers:
        with broker.lock:
            broker.close()
    kombu.pools.reset()


def broker_for(url: str) -> Broker:
    """The broker of a URL, started at the first call.

    Raises `JournalError` (an `OSError`) when its file is in use by another process or cannot be written.
    """
    path = unquote(url.removeprefix(_SCHEME).partition("?")[0])
    key = str(Path(path).resolve()) if path else ""
    with _opening:
        if key not in _brokers:
            _brokers[key] = Broker(Journal(Path(key)) if key else None)
        return _brokers[key]


class Connection:
    """A connection: its channels, and the inbox that `drain_events` reads."""

    def __init__(self, client: Any, broker: Broker) -> None:
        self.client = client
        self.broker = broker
        self.channels: dict[int, Channel] = {}
        self._inbox: deque[Delivery | Exception] = deque()
        self._arrived = threading.Condition(broker.lock)
        self._breathed_at = time.monotonic()
        self._last_channel_id = 0
        self._lost: str | None = None
        with broker.lock:
            broker.links.add(self)

    @property
    def connected(self) -> bool:
        """Whether the broker still knows it."""
        return self._lost is None

    def channel(self) -> Channel:
        """Open a channel."""
        self.check()
        self._last_channel_id += 1
        self.channels[self._last_channel_id] = Channel(self, self._last_channel_id)
        return self.channels[self._last_channel_id]

    def check(self) -> None:
        """Raise `RecoverableConnectionError` when the connection or its broker was closed."""
        if self._lost is not None:
            raise amqp.exceptions.RecoverableConnectionError(self._lost)

    def arrive(self, item: Delivery | Exception) -> None:
        """Put a delivery, or an error that the reader has to hear of, into the inbox (lock held)."""
        self._inbox.append(item)
        self._arrived.notify()

    def broker_gone(self) -> None:
        """The broker stopped (lock held)."""
        self._lose("the embedded broker was stopped; connect again")

    def _lose(self, reason: str) -> None:
        self._lost = reason
        self._arrived.notify_all()

    def drain_events(self, *, timeout: float | None = None) -> None:
        """Wait for one delivery and call its consumer; `TimeoutError` (`socket.timeout`) after `timeout` seconds."""
        self.breathe()
        with self.broker.lock:
            delivery = self._next_delivery(None if timeout is None else time.monotonic() + timeout)
            message = delivery.hand_over()
        delivery.reader.callback(message)

    def _next_delivery(self, deadline: float | None) -> Delivery:
        while True:
            self.check()
            while self._inbox:
                item = self._inbox.popleft()
                if isinstance(item, Exception):
                    raise item
                if item.is_open:
                    return item
            self._wait(deadline)

    def _wait(self, deadline: float | None) -> None:
        pause = None if deadline is None else deadline - time.monotonic()
        if pause is not None and pause <= 0:
            raise TimeoutError("no message in time")
        self._arrived.wait(pause)
        self._breathed_at = time.monotonic()

    def breathe(self) -> None:
        """Let other greenlets run now and then; a full inbox would never wait, and so never yield."""
        if time.monotonic() - self._breathed_at > _BREATHE_EVERY:
            time.sleep(0)
            self._breathed_at = time.monotonic()

    def close(self) -> None:
        """Close the channels, which gives back what is unacknowledged, and remove the queues of this connection."""
        for channel in list(self.channels.values()):
            channel.close()
        with self.broker.lock:
            self._lose("the connection is closed")
            self.broker.links.discard(self)
            if not self.broker.is_closed:
                self.broker.end_link(self)


class Transport(base.Transport):
    """What kombu asks of a transport; see `kombu.transport.base`."""

    can_parse_url = True
    driver_type = "embedded"
    driver_name = "embedded"
    connection_errors: Any = (amqp.exceptions.ConnectionError, OSError)
    channel_errors: Any = (amqp.exceptions.ChannelError,)
    recoverable_connection_errors: Any = (amqp.exceptions.RecoverableConnectionError, OSError)
    #: Otherwise kombu would turn NO_ROUTE into an OperationalError, and nameko miss its UnknownService.
    recoverable_channel_errors: Any = ()
    implements = base.Transport.implements.extend(
        asynchronous=False, heartbeats=False, exchange_type=frozenset({"direct", "topic", "fanout"})
    )

    def establish_connection(self) -> Connection:
        """Connect to the broker of the URL."""
        client: Any = self.client
        return Connection(client, broker_for(client.hostname))

    def verify_connection(self, connection: Connection) -> bool:
        """Whether it can be used."""
        return connection.connected

    def create_channel(self, connection: Connection) -> Channel:
        """Open a channel."""
        return connection.channel()

    def drain_events(self, connection: Connection, **options: Any) -> None:
        """Wait for one delivery, at most `timeout` seconds."""
        connection.drain_events(timeout=options.get("timeout"))

    def close_connection(self, connection: Connection) -> None:
        """Close it."""
        connection.close()

    def as_uri(self, uri: str, include_password: bool = False, mask: str = "**") -> str:
        """The URL; there is no password in it."""
        return uri
