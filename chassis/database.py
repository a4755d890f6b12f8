"""The ``Database`` provider: a service's rows, and the only way to publish.

What is published becomes a row of the outbox in the same transaction as the rows it speaks of, so both are there or
neither is (transactional outbox). What was handled becomes a row of the inbox in the same transaction as its effects,
so an event that is delivered again has no second effect.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import orjson
import structlog
from nameko.extensions import DependencyProvider
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from chassis import clock, crash, deadline, outbox
from chassis.bulk import insert_ignore, insert_many
from chassis.carrier import Carrier
from chassis.dead_letters import DeadLetters
from chassis.engine import make_engine
from chassis.ids import new_id
from chassis.relay import Relay
from chassis.settings import database_url_of, settings
from chassis.upkeep import Upkeep
from chassis.validation import check
from contracts.base import Event, EventContract
from contracts.errors import IdempotencyConflict


class Transaction:
    """An open transaction: ``session`` for rows, ``publish`` for events.

    ``fresh``: the events handed to ``handling`` that had no effect yet. ``answer``: with an idempotency key, what was
    answered before, else None; set it, and the same key gets it again.
    """

    def __init__(self, session: Session, service: str) -> None:
        """Opened by the handle; services never make one."""
        self.session = session
        self.fresh: list[Event] = []
        self.answer: Any = None
        self._service = service
        self._lines: list[bytes] = []

    def publish(self, contract: type[EventContract], *, subject: str, cause: Event | None = None, **data: Any) -> Event:
        """Say that something happened. ``data`` are JSON values that obey the contract (ValueError if they do not).

        ``cause`` is the event that led to it; its correlation id runs on.
        """
        event_id = new_id()
        event = Event(
            id=event_id,
            type=contract.type,
            source=self._service,
            subject=subject,
            time=clock.wire(clock.now()),
            correlation_id=cause.correlation_id if cause else _current_correlation() or event_id,
            causation_id=cause.id if cause else None,
            data=data,
        )
        check(contract.type, data)
        self._lines.append(outbox.line_of(event))
        return event

    @contextmanager
    def part(self) -> Iterator[None]:
        """What is done inside is undone, rows and events, if it raises; the rest of the transaction may go on."""
        said = len(self._lines)
        try:
            with self.session.begin_nested():
                yield
        except BaseException:
            del self._lines[said:]
            raise

    def flush_outbox(self) -> int:
        """Write what was published as one row of the outbox; the number of events."""
        if not self._lines:
            return 0
        row = {
            "events": outbox.pack(self._lines),
            "event_count": len(self._lines),
            "created_at": clock.now(),
        }
        insert_many(self.session, _table(self.session, "outbox"), [row])
        return len(self._lines)


class DatabaseHandle:
    """What a service method sees as ``self.db``. Usable without nameko as well (commands, tests)."""

    def __init__(
        self, service: str, engine: Engine, *, metadata: Any, committed: Callable[[], None] | None = None
    ) -> None:
        """``committed`` is called after each commit that published something: it wakes the relay."""
        self.service = service
        self.engine = engine
        self.metadata = metadata
        self._committed = committed or (lambda: None)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session for reading."""
        with self._open() as session, session.begin():
            yield session

    @contextmanager
    def transaction(self, *, once: str | None = None, request: Any = None) -> Iterator[Transaction]:
        """Rows and events that commit together. ServiceTimeout, and none of them, if whoever asked has given up.

        ``once`` is the caller's idempotency key: if it was used before, ``tx.answer`` holds what was answered then and
        nothing must be done; IdempotencyConflict if it was used with another ``request``.
        """
        deadline.check()
        with self._open() as session, session.begin():
            tx = Transaction(session, self.service)
            fresh_key = bool(once) and self._claimed(tx, str(once), request)
            yield tx
            if fresh_key:
                self._remember(tx, str(once))
            published = self._finish(tx)
            deadline.check()
        self._after_commit(published)

    @contextmanager
    def handling(self, events: Event | Sequence[Event]) -> Iterator[Transaction]:
        """As ``transaction``; ``tx.fresh`` are the events that had no effect yet, in order, each once."""
        unique = {event.id: event for event in ([events] if isinstance(events, Event) else events)}
        with self._open() as session, session.begin():
            tx = Transaction(session, self.service)
            inbox = _table(session, "inbox")
            moment = clock.now()
            rows = [{"event_id": event_id, "handled_at": moment} for event_id in unique]
            entered = set(insert_ignore(session, inbox, rows, returning=inbox.c.event_id))
            tx.fresh = [event for event_id, event in unique.items() if event_id in entered]
            yield tx
            crash.point("after_effect")
            published = self._finish(tx)
        self._after_commit(published)

    def prune(self, *, days: int) -> int:
        """Forget handled events and answers that are older than ``days``; the number of inbox rows."""
        limit = clock.now() - timedelta(days=days)
        with self._open() as session, session.begin():
            inbox, answers = _table(session, "inbox"), _table(session, "answers")
            session.execute(delete(answers).where(answers.c.answered_at < limit))
            result: Any = session.execute(delete(inbox).where(inbox.c.handled_at < limit))
            return int(result.rowcount)

    def _open(self) -> Session:
        return Session(self.engine, expire_on_commit=False, info={"metadata": self.metadata})

    def _finish(self, tx: Transaction) -> int:
        published = tx.flush_outbox()
        tx.session.flush()
        crash.point("before_commit")
        return published

    def _after_commit(self, published: int) -> None:
        crash.point("after_commit")
        if published:
            self._committed()

    def _claimed(self, tx: Transaction, key: str, request: Any) -> bool:
        """Take the key for this transaction; False, and ``tx.answer``, if it was used before.

        The key comes first, so that of two requests with one key the second waits here until the first has committed:
        a call that the broker delivers anew may still be running at another replica.
        """
        answers = _table(tx.session, "answers")
        row = {"key": key, "fingerprint": _fingerprint(request), "answer": {"answer": None}, "answered_at": clock.now()}
        if insert_ignore(tx.session, answers, [row], returning=answers.c.key):
            return True
        earlier = tx.session.execute(select(answers).where(answers.c.key == key)).one()
        if earlier.fingerprint != row["fingerprint"]:
            raise IdempotencyConflict(
                "This Idempotency-Key was used before with another request. Use a new key for a new request."
            )
        tx.answer = earlier.answer["answer"]
        return False

    def _remember(self, tx: Transaction, key: str) -> None:
        answers = _table(tx.session, "answers")
        tx.session.execute(update(answers).where(answers.c.key == key).values(answer={"answer": tx.answer}))


class Database(DependencyProvider):
    """nameko's side of it: one engine a service, the relay of its outbox, and the handle for its methods."""

    carrier = Carrier()

    def __init__(self, base: Any) -> None:
        """``base`` is the declarative base of the service's models."""
        self.base = base
        self.handle: DatabaseHandle | None = None

    def setup(self) -> None:
        """Make the engine; connections open when they are needed, so a database that is away stops no start."""
        url = database_url_of(self.container.service_name, settings())
        engine = make_engine(url)
        self.relay = Relay(self.container.service_name, engine, self.base.metadata)
        self.handle = DatabaseHandle(
            self.container.service_name, engine, metadata=self.base.metadata, committed=self.relay.wake
        )
        self.relay.attach(self.carrier.publishing, self.carrier.publisher)

        self.dead_letters = DeadLetters(self.handle, self.carrier)
        self.upkeep = Upkeep(self.handle)

    def start(self) -> None:
        """Start to send what is in the outbox, to keep dead letters, and to forget what is old."""
        self.relay.start(self.container)
        self.dead_letters.start(self.container)
        self.upkeep.start(self.container)

    def stop(self) -> None:
        """Send what the last handlers published, then close the connections."""
        self.relay.stop()
        if self.handle:
            self.handle.engine.dispose()

    def kill(self) -> None:
        """As stop, without the last sending."""
        self.relay.kill()

    def get_dependency(self, worker_ctx: Any) -> DatabaseHandle | None:
        """The handle; no input or output here, since a failing provider would end the container."""
        return self.handle


def _table(session: Session, name: str) -> Any:
    return session.info["metadata"].tables[name]


def _fingerprint(request: Any) -> str:
    return hashlib.sha256(orjson.dumps(request, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _current_correlation() -> str | None:
    return structlog.contextvars.get_contextvars().get("correlation_id")
