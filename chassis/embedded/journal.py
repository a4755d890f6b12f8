"""The journal of the embedded broker: durable exchanges, queues, bindings and persistent messages in one SQLite file.

What is committed survives a killed process. It does not survive a killed *machine* for certain: with WAL and
`synchronous=NORMAL` the last commits before a power cut may be lost (the file stays consistent). RabbitMQ is the
carrier for those who need more.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from kombu.utils import json as typed_json

from chassis.embedded.queues import Exchange, Publication, Queue

_SCHEMA = """
CREATE TABLE IF NOT EXISTS exchange (name TEXT PRIMARY KEY, type TEXT NOT NULL, auto_delete INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS queue (name TEXT PRIMARY KEY, arguments TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS binding (exchange TEXT, queue TEXT, routing_key TEXT,
                                    PRIMARY KEY (exchange, queue, routing_key));
CREATE TABLE IF NOT EXISTS message (position INTEGER PRIMARY KEY, queue TEXT NOT NULL, expires_at REAL,
                                    returns INTEGER NOT NULL, envelope BLOB NOT NULL, body BLOB NOT NULL);
"""
_INSERT = "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?)"


class JournalError(OSError):
    """The journal cannot be used. An `OSError`, so that publishers treat it as a broker that is away and try again."""


class Row(NamedTuple):
    """A message to be written. `expires_at` is seconds since the epoch."""

    position: int
    queue: str
    expires_at: float | None
    returns: int
    message: Publication


class Head(NamedTuple):
    """What is known of a message without reading it."""

    position: int
    queue: str
    expires_at: float | None
    returns: int


class Journal:
    """One process at a time may open a file; a second one gets a `JournalError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._settled: list[tuple[int]] = []
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._explained():
            self._db = sqlite3.connect(path, timeout=1.0, isolation_level=None, check_same_thread=False)
            self._db.executescript(
                "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"
                "PRAGMA journal_size_limit=16777216; BEGIN IMMEDIATE;" + _SCHEMA + "COMMIT;"
            )

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            advice = "stop the other process" if "locked" in str(error) else "check the disk's space and rights"
            raise JournalError(f"broker journal {self._path.name}: {error}; {advice} and try again") from error

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._explained():
            self._db.execute("BEGIN")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def write(self, rows: Iterable[Row], *, replacing: Iterable[int] = ()) -> None:
        """Commit new messages, the removal of those they replace, and of all that was settled since."""
        inserts = [(*row[:4], _envelope(row.message), row.message.body) for row in rows]
        deletes = [*self._settled, *((position,) for position in replacing)]
        if not inserts and not deletes:
            return
        with self._transaction() as db:
            db.executemany(_INSERT, inserts)
            db.executemany("DELETE FROM message WHERE position = ?", deletes)
        self._settled.clear()

    def settle(self, position: int) -> None:
        """Note a message as done; it leaves the file with the next `write`."""
        self._settled.append((position,))

    def count_returns(self, counts: Iterable[tuple[int, int]]) -> None:
        """Keep how often messages came back: (times, position)."""
        with self._transaction() as db:
            db.executemany("UPDATE message SET returns = ? WHERE position = ?", counts)

    def read(self, position: int) -> Publication:
        """A message by its position."""
        with self._explained():
            found = self._db.execute("SELECT envelope, body FROM message WHERE position = ?", (position,)).fetchone()
        properties, headers, exchange, routing_key = typed_json.loads(found[0])
        return Publication(found[1], properties, headers, exchange, routing_key)

    def heads(self) -> Iterator[Head]:
        """Every message in the order of its publishing."""
        with self._explained():
            yield from map(
                Head._make, self._db.execute("SELECT position, queue, expires_at, returns FROM message ORDER BY 1")
            )

    def exchanges(self) -> list[Exchange]:
        """Every exchange with its bindings."""
        with self._explained():
            found = {
                name: Exchange(name, type_, durable=True, auto_delete=bool(auto_delete))
                for name, type_, auto_delete in self._db.execute("SELECT * FROM exchange")
            }
            for exchange, queue, routing_key in self._db.execute("SELECT * FROM binding ORDER BY rowid"):
                found[exchange].bindings[queue, routing_key] = None
        return list(found.values())

    def queues(self) -> list[Queue]:
        """Every queue, empty."""
        with self._explained():
            rows = self._db.execute("SELECT name, arguments FROM queue").fetchall()
        return [Queue(name, durable=True, arguments=typed_json.loads(arguments)) for name, arguments in rows]

    def add_exchange(self, exchange: Exchange) -> None:
        """Keep an exchange."""
        self._execute("INSERT INTO exchange VALUES (?, ?, ?)", exchange.name, exchange.type, exchange.auto_delete)

    def add_queue(self, queue: Queue) -> None:
        """Keep a queue."""
        self._execute("INSERT INTO queue VALUES (?, ?)", queue.name, _json(queue.arguments))

    def add_binding(self, exchange: str, queue: str, routing_key: str) -> None:
        """Keep a binding."""
        self._execute("INSERT OR IGNORE INTO binding VALUES (?, ?, ?)", exchange, queue, routing_key)

    def remove_exchange(self, exchange: str) -> None:
        """Forget an exchange and its bindings."""
        with self._transaction() as db:
            db.execute("DELETE FROM binding WHERE exchange = ?", (exchange,))
            db.execute("DELETE FROM exchange WHERE name = ?", (exchange,))

    def remove_queue(self, queue: str) -> None:
        """Forget a queue, its bindings and messages."""
        with self._transaction() as db:
            db.execute("DELETE FROM message WHERE queue = ?", (queue,))
            db.execute("DELETE FROM binding WHERE queue = ?", (queue,))
            db.execute("DELETE FROM queue WHERE name = ?", (queue,))

    def remove_binding(self, exchange: str, queue: str, routing_key: str) -> None:
        """Forget a binding."""
        sql = "DELETE FROM binding WHERE exchange = ? AND queue = ? AND routing_key = ?"
        self._execute(sql, exchange, queue, routing_key)

    def _execute(self, sql: str, *values: object) -> None:
        with self._explained():
            self._db.execute(sql, values)

    def close(self) -> None:
        """Write what is settled and let go of the file."""
        self.write(())
        self._db.close()


def _envelope(message: Publication) -> bytes:
    return _json([message.properties, message.headers, message.exchange, message.routing_key])


def _json(value: Any) -> bytes:
    """As JSON; kombu's slower dialect keeps the types of the times and bytes that a header may hold."""
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_DATETIME)
    except TypeError:
        return str(typed_json.dumps(value)).encode()
