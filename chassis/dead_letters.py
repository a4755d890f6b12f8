"""Events that no try could handle: taken from the dead queue into a table, shown, and sent back at one's word.

A letter's id is worked out from its queue and its body. So it is kept once, however often the broker delivers it, and
one that was replayed and dies again is waiting again, with its new error.
"""

import hashlib
from collections import deque
from typing import Any
from uuid import UUID, uuid5

import eventlet
from eventlet.event import Event as Signal
from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from chassis import clock, logs, paging
from chassis.columns import storable
from chassis.ids import new_id
from chassis.link import FAILURES, Link
from chassis.messages import Delivery, Entry, Outgoing, entries_of
from chassis.topology import dead_queue_of, declare_reader
from contracts.base import CONTENT_TYPE
from contracts.errors import Conflict, NotFound

PREFETCH = 20
LETTERS = UUID("01a20e37-94c5-7d8a-9b1e-6d5f0c6a7b21")

log = logs.logger(__name__)


class DeadLetters:
    """Keeps the dead letters of one service; ``listing``, ``one`` and ``replay`` are offered as RPC by the chassis."""

    def __init__(self, handle: Any, carrier: Any) -> None:
        """``handle`` is the service's DatabaseHandle, ``carrier`` its links."""
        self.handle = handle
        self.carrier = carrier
        self.table = handle.metadata.tables["dead_letters"]
        self._waiting: deque[Delivery] = deque()
        self._arrived: Signal = Signal()
        carrier.consuming.on_connect.append(self._consume)
        carrier.consuming.on_disconnect.append(self._waiting.clear)

    def start(self, container: Any) -> None:
        """Begin to keep what arrives."""
        container.spawn_managed_thread(self._run, identifier="dead letters")

    def listing(self, *, limit: int | None = None, cursor: str | None = None) -> dict[str, Any]:
        """The letters, newest first: ``{"items": […], "next": cursor or None}``."""
        length = paging.bounded(limit)
        died_at, id = self.table.c.died_at, self.table.c.id
        query = select(self.table).order_by(died_at.desc(), id.desc()).limit(length + 1)
        if cursor:
            moment, last_id = paging.last_moment(cursor)
            query = query.where(or_(died_at < moment, and_(died_at == moment, id < last_id)))
        with self.handle.session() as session:
            rows = session.execute(query).all()
        rows, following = paging.page(rows, length, key=lambda row: [clock.wire(row.died_at), row.id])
        return {"items": [_shown(row) for row in rows], "next": following}

    def one(self, *, id: str) -> dict[str, Any]:
        """A letter with its body. NotFound if there is none."""
        with self.handle.session() as session:
            row = session.execute(select(self.table).where(self.table.c.id == id)).one_or_none()
        if row is None:
            raise NotFound("There is no such dead letter.")
        return {**_shown(row), "body": bytes(row.body).decode("utf-8", "replace")}

    def replay(
        self, *, id: str, actor: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Send a letter to its queue once more. Conflict if that was done already."""
        with self.handle.transaction(once=idempotency_key, request=id) as tx:
            if tx.answer is None:
                self._send_again(tx.session, id)
                tx.answer = {"id": id, "replayed": True}
        return dict(tx.answer)

    def _send_again(self, session: Session, id: str) -> None:
        row = session.execute(select(self.table).where(self.table.c.id == id).with_for_update()).one_or_none()
        if row is None:
            raise NotFound("There is no such dead letter.")
        if row.replayed_at:
            raise Conflict("This dead letter was replayed already. If it fails again, it waits here again.")
        message = Outgoing(
            bytes(row.body),
            exchange="",
            routing_key=row.queue,
            content_type=CONTENT_TYPE,
            message_id=row.event_id or "",
        )
        self.carrier.publisher.publish([message])
        session.execute(update(self.table).where(self.table.c.id == id).values(replayed_at=clock.now()))

    def _consume(self, link: Link) -> None:
        channel = link.channel()
        declare_reader(channel, self.handle.service, [])
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(
            dead_queue_of(self.handle.service), callback=self._receive, consumer_tag=new_id(), no_ack=False
        )

    def _receive(self, message: Any) -> None:
        self._waiting.append(Delivery(message))
        if not self._arrived.ready():
            self._arrived.send(None)

    def _run(self) -> None:
        while True:
            if not self._waiting:
                self._arrived = Signal()
                self._arrived.wait()
            while self._waiting:
                self._keep(self._waiting.popleft())

    def _keep(self, delivery: Delivery) -> None:
        try:
            self._write({row["id"]: row for row in map(_row, entries_of(delivery))})
        except SQLAlchemyError as error:
            log.warning("dead letter not kept yet", service=self.handle.service, error=type(error).__name__)
            # To the end: whatever is wrong with it, the others need not wait for it.
            self._waiting.append(delivery)
            eventlet.sleep(1)
            return
        log.error("event is a dead letter", service=self.handle.service, error=delivery.headers.get("x-error"))
        try:
            with self.carrier.consuming.sending():
                delivery.channel.basic_ack(delivery.tag)
        except FAILURES:
            log.info("dead letter will come again", service=self.handle.service)

    def _write(self, rows: dict[str, dict[str, Any]]) -> None:
        with self.handle.session() as session:
            dialect: Any = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            statement = dialect.insert(self.table)
            again = {name: statement.excluded[name] for name in ("error", "attempts", "died_at", "replayed_at")}
            statement = statement.on_conflict_do_update(
                index_elements=[self.table.c.id], set_=again, where=self.table.c.replayed_at.is_not(None)
            )
            for row in rows.values():
                session.execute(statement.values(row))


def _row(entry: Entry) -> dict[str, Any]:
    headers = entry.delivery.headers
    event = entry.content if isinstance(entry.content, dict) else {}
    queue, body = _queue_of(headers), entry.body()
    lost = "its readers ended or lost their connection too often while they held it"
    return {
        "id": _id_of(queue, body),
        "queue": queue,
        "event_id": storable(event.get("id") or "", length=64) or None,
        "event_type": storable(event.get("type") or "", length=255) or None,
        "body": body,
        "error": storable(headers.get("x-error") or lost, length=1_000),
        "attempts": entry.attempt,
        "died_at": clock.now(),
        "replayed_at": None,
    }


def _queue_of(headers: dict[str, Any]) -> str:
    """Where the event died: our own header tells, else the broker's story of its deaths, the latest first."""
    match headers:
        case {"x-queue": queue}:
            return storable(queue, length=255)
        case {"x-death": [{"queue": queue}, *_]}:
            return storable(queue, length=255)
    return ""


def _id_of(queue: str, body: bytes) -> str:
    return str(uuid5(LETTERS, hashlib.sha256(queue.encode() + b"\n" + body).hexdigest()))


def _shown(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "queue": row.queue,
        "event_id": row.event_id,
        "event_type": row.event_type,
        "error": row.error,
        "attempts": row.attempts,
        "died_at": clock.wire(row.died_at),
        "replayed_at": clock.wire(row.replayed_at) if row.replayed_at else None,
    }
