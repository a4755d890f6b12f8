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
from contextlib import contextmanager, suppress
from typing import Any

import eventlet
from amqp.exceptions import AMQPError
from eventlet.event import Event as Signal
from eventlet.semaphore import Semaphore
from kombu import Connection
from kombu.exceptions import KombuError

from chassis import embedded, logs
from chassis.buffering import buffer_reads
from chassis.settings import settings

FAILURES = (AMQPError, KombuError, OSError, EOFError, AttributeError, KeyError)
TICK_SECONDS = 1.0
CONNECT_TIMEOUT_SECONDS = 5
SETUP_SECONDS = 20
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
        self._received, self._heard_at = -1, 0.0
        self._ready: Signal = Signal()
        self._greenlet: Any = None

    @property
    def is_amqp(self) -> bool:
        """False on the embedded carrier, which knows neither confirms nor heartbeats."""
        return self.url.startswith(("amqp", "pyamqp"))

    @property
    def stopped(self) -> bool:
        """True once it was told to stop."""
        return self._stopping

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
        if self._connection is None:
            return
        if self.is_amqp:
            # No more than that: whoever reads from it finds its end and begins anew. From a connection that was taken
            # apart under it, kombu would go on reading by connecting again, without our channels and consumers.
            _shut_down(self._connection)
        else:
            self._abort()

    def _run(self) -> None:
        failures = 0
        while not self._stopping:
            try:
                # Declaring queues waits for the broker's answers, and py-amqp would wait for ever.
                with eventlet.Timeout(SETUP_SECONDS, Disconnected("the broker did not answer in time")):
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
                jitter = random.uniform(0.5, 1.0)  # noqa: S311 - no secret: it only keeps clients from coming in step
                eventlet.sleep(min(MAX_BACKOFF_SECONDS, 0.1 * 2**failures) * jitter)

    def _connect(self) -> None:
        connection = Connection(
            self.url,
            heartbeat=settings().heartbeat,
            connect_timeout=CONNECT_TIMEOUT_SECONDS,
            transport_options=self._transport_options(),
        )
        self._connection = connection
        connection.connect()
        self._received, self._heard_at = -1, time.monotonic()
        if self.is_amqp:
            # py-amqp would read from the socket before each publish, in between a frame that the reading greenlet
            # waits for.
            connection.connection.client_properties["capabilities"]["connection.blocked"] = False
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
        connection = self._connection
        buffered = self.is_amqp and buffer_reads(connection, seconds=TICK_SECONDS)
        timeout = None if buffered else TICK_SECONDS
        while not self._stopping:
            with suppress(TimeoutError):
                connection.drain_events(timeout=timeout)
            now = time.monotonic()
            if now - self.last_alive >= TICK_SECONDS:
                self._tick(connection, now)

    def _tick(self, connection: Any, now: float) -> None:
        self.last_alive = now
        if not self.is_amqp:
            return
        self._notice_silence(connection.connection.bytes_recv, now)
        # Whoever holds the lock is sending, and that is as good as a heartbeat. Not waiting for it matters: a send that
        # a dead link swallows would keep the link from being found dead.
        if self._lock.acquire(blocking=False):
            try:
                connection.heartbeat_check()
            finally:
                self._lock.release()

    def _notice_silence(self, received: int, now: float) -> None:
        if received != self._received:
            self._received, self._heard_at = received, now
        elif now - self._heard_at > 2 * settings().heartbeat:
            raise Disconnected("the broker has been silent for two heartbeats")

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
    sock = _shut_down(connection)
    if sock is not None:
        sock.close()
    connection.collect()


def _shut_down(connection: Any) -> Any:
    """Let whoever reads from the socket find its end; the socket, None where there is none yet."""
    transport = getattr(getattr(connection, "_connection", None), "_transport", None)
    sock = getattr(transport, "sock", None)
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)
    return sock
