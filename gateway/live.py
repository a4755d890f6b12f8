"""The live feed: every event of every service, as server-sent events, to many clients at once.

The last 1,000 events are kept, so that a client that was away for a moment continues with ``Last-Event-ID``. A client
that reads too slowly is cut, so that it costs no memory; it comes back and continues.
"""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cached_property
from typing import Any

import orjson
from eventlet.queue import Empty, LightQueue

from contracts.base import Event
from contracts.errors import TooManyRequests

REMEMBERED = 1_000
BACKLOG = 1_500  # more than is remembered, so that a client may start with all of that
PING_SECONDS = 15.0
WELCOME_SECONDS = 60.0  # how long a stream goes on before its token is looked at again
CLIENTS_EACH = 20


class Frame:
    """One event on its way to clients; put into bytes when the first of them needs it."""

    def __init__(self, event: Event | None, content: bytes = b"") -> None:
        """Without an event: ``content`` for every client."""
        self.event = event
        self.type = event.type if event else ""
        self._content = content

    @cached_property
    def content(self) -> bytes:
        """The HTML standard's server-sent event: the event's id, its type, its CloudEvent as JSON."""
        if self.event is None:
            return self._content
        head = f"id: {self.event.id}\nevent: {self.type}\ndata: ".encode()
        return head + orjson.dumps(self.event.to_wire()) + b"\n\n"


class Subscription:
    """One client: what it has yet to be sent, and whether it has been cut."""

    def __init__(self, wanted: tuple[str, ...], principal_id: str) -> None:
        """``wanted`` are beginnings of event types; none means all."""
        self.wanted = wanted
        self.principal_id = principal_id
        self.cut = False
        self.queue: LightQueue = LightQueue(BACKLOG)

    def offer(self, frame: Frame) -> None:
        """Queue one frame, or cut the client whose queue is full."""
        if self.wanted and frame.type and not frame.type.startswith(self.wanted):
            return
        if self.queue.full():
            self.cut = True
        else:
            self.queue.put_nowait(frame)


PING = Frame(None, b": ping\n\n")
END = Frame(None)
# Says to a client: some events are gone, read the lists anew.
GAP = Frame(None, b"event: gap\ndata: {}\n\n")


class LiveHub:
    """Hands each event to every client."""

    def __init__(self, *, max_clients: int = 500) -> None:
        """One more than ``max_clients`` is refused."""
        self.max_clients = max_clients
        self.clients: set[Subscription] = set()
        self._recent: deque[Frame] = deque(maxlen=REMEMBERED)
        self._closed = False

    def publish(self, frame: Frame) -> None:
        """Send a frame to all, and remember it."""
        self._recent.append(frame)
        for client in list(self.clients):
            client.offer(frame)

    def follow(self, feed: Any) -> None:
        """Publish what the chassis' live feed brings, until closed."""
        listener = feed.subscribe()
        while not self._closed:
            if listener.lost:
                feed.unsubscribe(listener)
                listener = feed.subscribe()
                self.publish(GAP)
            with suppress(Empty):
                self.publish(Frame(listener.get(timeout=1.0)))
        feed.unsubscribe(listener)

    def subscribe(self, *, principal_id: str, wanted: tuple[str, ...], last_event_id: str | None) -> Subscription:
        """A new client, sent first what it missed. TooManyRequests when there are too many."""
        held = Counter(client.principal_id for client in self.clients)
        if len(self.clients) >= self.max_clients or held[principal_id] >= CLIENTS_EACH:
            raise TooManyRequests(
                "Too many clients follow the live feed. Close one, or try again later.", retry_after=30
            )
        client = Subscription(wanted, principal_id)
        for frame in self._missed(last_event_id):
            client.offer(frame)
        self.clients.add(client)
        return client

    def unsubscribe(self, client: Subscription) -> None:
        """Give the client's place back."""
        self.clients.discard(client)

    def close(self) -> None:
        """End every stream: the process stops."""
        self._closed = True
        for client in self.clients:
            client.cut = True
            if client.queue.empty():
                client.queue.put_nowait(END)

    def stream(self, client: Subscription, *, still_welcome: Callable[[], bool]) -> Iterator[bytes]:
        """The bytes for one client, with a ping every 15 s, until it is cut or no longer welcome."""
        welcome_until = time.monotonic() + WELCOME_SECONDS
        yield b"retry: 2000\n\n"
        while not client.cut:
            if time.monotonic() > welcome_until:
                if not still_welcome():
                    return
                welcome_until = time.monotonic() + WELCOME_SECONDS
            yield _next(client.queue).content

    def _missed(self, last_event_id: str | None) -> list[Frame]:
        if not last_event_id:
            return []
        recent = list(self._recent)
        after = [place + 1 for place, frame in enumerate(recent) if frame.event and frame.event.id == last_event_id]
        return recent[after[0] :] if after else [GAP]


def _next(queue: LightQueue) -> Frame:
    try:
        frame: Frame = queue.get(timeout=PING_SECONDS)
    except Empty:
        return PING
    return frame
