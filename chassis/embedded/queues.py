"""Queues and routes of the embedded broker: order, limits and dead letters, without clock, locks or I/O."""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

from amqp.exceptions import PreconditionFailed

#: Queue arguments, as RabbitMQ names them. Times are milliseconds.
MESSAGE_TTL, EXPIRES, MAX_LENGTH = "x-message-ttl", "x-expires", "x-max-length"
DEAD_LETTER_EXCHANGE, DEAD_LETTER_KEY = "x-dead-letter-exchange", "x-dead-letter-routing-key"
DELIVERY_LIMIT = "x-delivery-limit"

PERSISTENT = 2


class Publication(NamedTuple):
    """A message as it was published."""

    body: bytes
    properties: dict[str, Any]
    headers: dict[str, Any]
    exchange: str
    routing_key: str

    @property
    def size(self) -> int:
        """The bytes that it is counted with; 500 stand for headers, properties and Python's objects."""
        return len(self.body) + 500


@dataclass(slots=True)
class Entry:
    """A message in one queue. `position` is its place for ever, also after a requeue."""

    position: int
    message: Publication | None
    """`None` when it is only in the journal (memory is bounded)."""
    persistent: bool = False
    expires_at: float | None = None
    returns: int = 0
    """How often it was handed out and came back unacknowledged (`x-delivery-limit`)."""
    redelivered: bool = False


class Consumer(Protocol):
    """What a queue needs to know of who reads it."""

    @property
    def link(self) -> object:
        """Its connection."""

    def is_free(self) -> bool:
        """Whether the prefetch limit lets another message in."""

    def take(self, entry: Entry) -> None:
        """Put the message into the inbox of the connection and wake its reader."""

    def cancelled_by_broker(self) -> None:
        """Tell the reader that its queue is gone."""


@dataclass(eq=False)
class Queue:
    """A queue: entries in the order of their positions, and the consumers, served in turn."""

    name: str
    durable: bool = False
    exclusive: bool = False
    auto_delete: bool = False
    arguments: dict[str, Any] = field(default_factory=dict)
    owner: object = None
    consumers: deque[Consumer] = field(default_factory=deque)
    used_at: float = 0.0
    consumed_by_owner: bool = False
    _fresh: deque[Entry] = field(default_factory=deque)
    _returned: list[tuple[int, Entry]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.message_ttl = self._milliseconds(MESSAGE_TTL)
        self.expires = self._milliseconds(EXPIRES)
        self.journalled = self.durable and not (self.exclusive or self.auto_delete or self.expires)

    def __len__(self) -> int:
        return len(self._fresh) + len(self._returned)

    def _milliseconds(self, argument: str) -> float | None:
        value = self.arguments.get(argument)
        return None if value is None else int(value) / 1000

    def is_same_as(self, other: Queue) -> bool:
        """Whether a second declaration asks for the same queue."""
        return (self.durable, self.exclusive, self.auto_delete, self.arguments) == (
            other.durable, other.exclusive, other.auto_delete, other.arguments,
        )  # fmt: skip

    def put(self, entry: Entry) -> None:
        """Append a new entry."""
        self._fresh.append(entry)

    def put_back(self, entry: Entry) -> None:
        """Return an entry to its old place."""
        heapq.heappush(self._returned, (entry.position, entry))

    def head(self) -> Entry | None:
        """The entry that goes out next."""
        return self._next_source()[0] if len(self) else None

    def pop(self) -> Entry:
        """Take the entry that goes out next."""
        [entry, is_returned] = self._next_source()
        if is_returned:
            heapq.heappop(self._returned)
        else:
            self._fresh.popleft()
        return entry

    def _next_source(self) -> tuple[Entry, bool]:
        if self._returned and (not self._fresh or self._returned[0][0] < self._fresh[0].position):
            return self._returned[0][1], True
        return self._fresh[0], False

    def pop_expired(self, now: float) -> list[Entry]:
        """Take what is over its time, from the head on; as in RabbitMQ, one behind a living head has to wait."""
        expired = []
        while (head := self.head()) is not None and head.expires_at is not None and head.expires_at <= now:
            expired.append(self.pop())
        return expired

    def pop_overflow(self) -> list[Entry]:
        """Take what is over `x-max-length`, the oldest first."""
        limit = self.arguments.get(MAX_LENGTH)
        return [] if limit is None else [self.pop() for _ in range(len(self) - limit)]

    def pop_all(self) -> list[Entry]:
        """Empty the queue."""
        return [self.pop() for _ in range(len(self))]

    def next_consumer(self) -> Consumer | None:
        """The consumer whose turn it is, or None when all have as much as they may hold."""
        for _ in range(len(self.consumers)):
            self.consumers.rotate(-1)
            if self.consumers[-1].is_free():
                return self.consumers[-1]
        return None

    def is_over_delivery_limit(self, entry: Entry) -> bool:
        """Whether the entry came back more often than `x-delivery-limit` allows."""
        limit = self.arguments.get(DELIVERY_LIMIT)
        return limit is not None and entry.returns > limit

    def lifetime(self, message: Publication) -> float | None:
        """Seconds that a message may wait here: the shorter of the queue's and its own."""
        own = message.properties.get("expiration")
        try:
            limits = [self.message_ttl, None if own is None else int(own) / 1000]
        except ValueError:
            text = f"PRECONDITION_FAILED - invalid expiration {own!r}: give whole milliseconds as a string"
            raise PreconditionFailed(text, (60, 40), "Basic.publish") from None
        return min((limit for limit in limits if limit is not None), default=None)


@dataclass(eq=False)
class Exchange:
    """An exchange and its bindings: (queue name, routing key)."""

    name: str
    type: str
    durable: bool = False
    auto_delete: bool = False
    bindings: dict[tuple[str, str], None] = field(default_factory=dict)

    def queues_for(self, routing_key: str) -> Iterator[str]:
        """Names of the queues a message goes to (a queue may come twice)."""
        for queue, pattern in self.bindings:
            if self._matches(pattern, routing_key):
                yield queue

    def _matches(self, pattern: str, routing_key: str) -> bool:
        if self.type == "topic":
            return topic_matches(pattern, routing_key)
        return self.type == "fanout" or pattern == routing_key


def topic_matches(pattern: str, routing_key: str) -> bool:
    """Whether a topic pattern matches: `*` is exactly one word, `#` is any number of words, also none."""
    return _topic_regex(pattern).fullmatch(_with_final_dot(routing_key)) is not None


@lru_cache(maxsize=4096)
def _topic_regex(pattern: str) -> re.Pattern[str]:
    wildcards = {"*": r"[^.]*\.", "#": r"(?:[^.]*\.)*"}
    words = pattern.split(".") if pattern else []
    return re.compile("".join(wildcards.get(word, re.escape(word) + r"\.") for word in words), re.DOTALL)


def _with_final_dot(routing_key: str) -> str:
    return routing_key + "." if routing_key else ""


def dead_letter(message: Publication, *, queue: Queue, reason: str, at: datetime) -> Publication:
    """The message as it goes to the dead-letter exchange: `x-death` tells where and why it died, latest first."""
    deaths = [dict(death) for death in deaths_of(message)]
    death = next((d for d in deaths if (d["queue"], d["reason"]) == (queue.name, reason)), None)
    others = [d for d in deaths if d is not death]
    headers = {**message.headers, "x-death": [_died_again(death, message, queue.name, reason, at), *others]}
    headers.setdefault("x-first-death-queue", queue.name)
    headers.setdefault("x-first-death-reason", reason)
    headers.setdefault("x-first-death-exchange", message.exchange)
    properties = {name: value for name, value in message.properties.items() if name != "expiration"}
    key = queue.arguments.get(DEAD_LETTER_KEY, message.routing_key)
    return Publication(message.body, properties, headers, queue.arguments[DEAD_LETTER_EXCHANGE], key)


def deaths_of(message: Publication) -> list[dict[str, Any]]:
    """The `x-death` list of a message."""
    deaths = message.headers.get("x-death")
    return deaths if isinstance(deaths, list) else []


def _died_again(
    earlier: dict[str, Any] | None, message: Publication, queue: str, reason: str, at: datetime
) -> dict[str, Any]:
    if earlier is not None:
        return {**earlier, "count": earlier["count"] + 1, "time": at}
    death = {"count": 1, "reason": reason, "queue": queue, "time": at, "exchange": message.exchange}
    death["routing-keys"] = [message.routing_key]
    if "expiration" in message.properties:
        death["original-expiration"] = message.properties["expiration"]
    return death


def is_dead_letter_cycle(message: Publication, queue: str) -> bool:
    """Whether a dead letter came back to a queue it died in without anybody rejecting it; RabbitMQ drops it then."""
    reasons = []
    for death in deaths_of(message):
        reasons.append(death["reason"])
        if death["queue"] == queue:
            return "rejected" not in reasons
    return False
