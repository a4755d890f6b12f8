"""A service that reads mailbox events and can be told to fail, and one that emits them."""

from typing import Any

import eventlet
from sqlalchemy import func, insert, select

from chassis import Database, Rpc, deadline, on_event, rpc
from chassis.live import LiveFeed
from contracts import Event, MailboxRecovered, MailboxRemoved, MailboxSynchronized
from contracts.errors import Conflict, ServiceUnavailable
from tests.patched.sample import models

FAULTS: dict[str, Any] = {"poison": set(), "away": 0, "seen": [], "open": []}
FOR_EVER = 1e9


class SampleService:
    """Writes one effect per event."""

    name = "sample"
    db = Database(models.Base)
    other = Rpc("mail_ingest")

    @on_event(MailboxRemoved, batch=50)
    def on_mailboxes_removed(self, events: list[Event]) -> None:
        """Effects for a batch."""
        FAULTS["seen"].append([event.subject for event in events])
        if FAULTS["away"]:
            FAULTS["away"] -= 1
            raise ServiceUnavailable("away for a moment")
        with self.db.handling(events) as tx:
            rows = [{"subject": event.subject, "batch": len(events)} for event in tx.fresh]
            if rows:
                tx.session.execute(insert(models.Effect), rows)
            if FAULTS["poison"] & {event.subject for event in events}:
                raise RuntimeError("this event cannot be handled")

    @on_event(MailboxRecovered)
    def on_mailbox_recovered(self, event: Event) -> None:
        """An effect for one event, and an event that follows."""
        with self.db.handling(event) as tx:
            for fresh in tx.fresh:
                tx.session.execute(insert(models.Effect), [{"subject": fresh.subject, "batch": 1}])
                data = {"mailbox_id": fresh.data["mailbox_id"], "folder": "INBOX", "message_count": 1}
                tx.publish(MailboxSynchronized, subject=fresh.subject, cause=fresh, **data)

    @rpc
    def effects(self) -> list[str]:
        """Subjects of all effects, in order."""
        with self.db.session() as session:
            return list(session.scalars(select(models.Effect.subject).order_by(models.Effect.id)))

    @rpc
    def effect_count(self) -> int:
        """The number of effects."""
        with self.db.session() as session:
            return session.scalar(select(func.count(models.Effect.id))) or 0

    @rpc
    def refuse(self) -> None:
        """Always an expected error."""
        raise Conflict("This can never be done.", fields={"name": ["Choose another."]}, hint="none")

    @rpc
    def crash(self) -> None:
        """Always an unexpected one."""
        raise ZeroDivisionError("secret detail")

    @rpc
    def slow(self, seconds: float, mark: str) -> str:
        """Answers late."""
        FAULTS["open"].append(mark)
        eventlet.sleep(seconds)
        return mark

    @rpc
    def relay_call(self, text: str) -> str:
        """Calls the other service."""
        return str(self.other.echo(text=text))

    @rpc
    def held(self, mark: str) -> str:
        """Answers when the test lets it go on."""
        FAULTS["open"].append(mark)
        FAULTS["let_go_on"].wait()
        return mark

    @rpc
    def times_left(self) -> list[float]:
        """The seconds that this call may take, and those that a call to the other service may take."""
        return [deadline.time_for_a_call(FOR_EVER), self.other.time_left()]

    @rpc
    def write_when_let(self, subject: str) -> None:
        """Writes when the test lets it go on."""
        FAULTS["open"].append(subject)
        FAULTS["let_go_on"].wait()
        with self.db.transaction() as tx:
            tx.session.execute(insert(models.Effect), [{"subject": subject, "batch": 1}])

    @rpc
    def have_emitted(self, subject: str) -> None:
        """Has the other service emit an event."""
        self.other.emit(subjects=[subject], removed=False)


class WatcherService:
    """Follows what the emitter says just now."""

    name = "watcher"
    live = LiveFeed({"mail_ingest": ["mailbox.#"]})


class EmitterService:
    """Publishes mailbox events at the word of a test."""

    name = "mail_ingest"
    db = Database(models.Base)

    @rpc
    def emit(self, subjects: list[str], removed: bool = True) -> None:
        """One event per subject, all in one transaction."""
        contract = MailboxRemoved if removed else MailboxRecovered
        with self.db.transaction() as tx:
            for subject in subjects:
                tx.publish(contract, subject=subject, mailbox_id=subject)

    @rpc
    def echo(self, text: str) -> str:
        """The text."""
        return text

    @rpc
    def time_left(self) -> float:
        """The seconds that this call may take."""
        return deadline.time_for_a_call(FOR_EVER)

    @rpc
    def linger(self, seconds: float) -> None:
        """Answers late."""
        FAULTS["open"].append("lingering")
        eventlet.sleep(seconds)

    @rpc
    def once(self, request: str, idempotency_key: str | None = None) -> int:
        """Counts its runs; with a key it runs once."""
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.session.execute(insert(models.Effect), [{"subject": request, "batch": 0}])
                tx.answer = tx.session.scalar(select(func.count(models.Effect.id)))
        return int(tx.answer)
