"""Events that no try could handle: taken from the dead queue into a table, shown, and sent back at one's word."""

from collections import deque
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from sqlalchemy import insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from chassis import clock, logs, paging
from chassis.ids import new_id
from chassis.link import FAILURES, Link
from chassis.messages import Delivery, Entry, Outgoing, entries_of
from chassis.topology import dead_queue_of, declare_reader
from contracts.base import CONTENT_TYPE
from contracts.errors import Conflict, NotFound

PREFETCH = 20

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
        query = select(self.table).order_by(self.table.c.id.desc()).limit(length + 1)
        if cursor:
            query = query.where(self.table.c.id < paging.last_id(cursor))
        with self.handle.session() as session:
            rows = session.execute(query).all()
        rows, following = paging.page(rows, length, key=lambda row: [row.id])
        return {"items": [_shown(row) for row in rows], "next": following}

    def one(self, *, id: str) -> dict[str, Any]:
        """A letter with its body. NotFound if there is none."""
        with self.handle.session() as session:
            row = session.execute(select(self.table).where(self.table.c.id == id)).one_or_none()
        if row is None:
            raise NotFound("There is no such dead letter.")
        return {**_shown(row), "body": bytes(row.body).decode("utf-8", "replace")}

    def replay(self, *, id: str) -> dict[str, Any]:
        """Send a letter to its queue once more. Conflict if that was done already."""
        with self.handle.session() as session:
            row = session.execute(select(self.table).where(self.table.c.id == id).with_for_update()).one_or_none()
            if row is None:
                raise NotFound("There is no such dead letter.")
            if row.replayed_at:
                raise Conflict("This dead letter was replayed already. If it failed again, there is a newer one.")
            message = Outgoing(
                bytes(row.body),
                exchange="",
                routing_key=row.queue,
                content_type=CONTENT_TYPE,
                message_id=row.event_id or "",
            )
            self.carrier.publisher.publish([message])
            session.execute(update(self.table).where(self.table.c.id == id).values(replayed_at=clock.now()))
        return {"id": id, "replayed": True}

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
                self._keep(self._waiting[0])

    def _keep(self, delivery: Delivery) -> None:
        try:
            with self.handle.session() as session:
                session.execute(insert(self.table), [_row(entry) for entry in entries_of(delivery)])
        except SQLAlchemyError as error:
            log.warning("dead letter not kept yet", service=self.handle.service, error=type(error).__name__)
            eventlet.sleep(1)
            return
        log.error("event is a dead letter", service=self.handle.service, error=delivery.headers.get("x-error"))
        try:
            with self.carrier.consuming.sending():
                delivery.channel.basic_ack(delivery.tag)
            self._waiting.popleft()
        except (*FAILURES, IndexError):
            self._waiting.clear()


def _row(entry: Entry) -> dict[str, Any]:
    headers = entry.delivery.headers
    deaths = headers.get("x-death") or [{}]
    event = entry.content if isinstance(entry.content, dict) else {}
    return {
        "id": new_id(),
        "queue": headers.get("x-queue") or deaths[0].get("queue") or "",
        "event_id": str(event.get("id") or "")[:64] or None,
        "event_type": str(event.get("type") or "")[:255] or None,
        "body": entry.body(),
        "error": headers.get("x-error") or "its readers ended or lost their connection too often while they held it",
        "attempts": entry.attempt,
        "died_at": clock.now(),
        "replayed_at": None,
    }


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
