"""Rows and events commit together; an event has its effect once; a request with a key is done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import structlog
from prometheus_client import REGISTRY
from sqlalchemy import insert, select

from chassis import DatabaseHandle, Transaction, clock, deadline
from chassis.ids import new_id
from chassis.testing import make_event, published
from chassis.upkeep import Upkeep
from chassis.validation import InvalidEvent
from contracts import Event, MailboxRecovered, MailboxRemoved
from contracts.errors import IdempotencyConflict, ServiceTimeout
from tests.infra import eventually
from tests.infra.postgres import PostgreSQL
from tests.patched.sample.models import Effect


def removed(number: int = 1) -> list[Event]:
    return [make_event(MailboxRemoved, mailbox_id=new_id()) for _ in range(number)]


def publish(tx: Transaction, mailbox_id: str | None = None, **more: Any) -> Event:
    mailbox_id = mailbox_id or new_id()
    return tx.publish(MailboxRecovered, subject=mailbox_id, mailbox_id=mailbox_id, **more)


def note(tx: Transaction, subject: str) -> None:
    tx.session.execute(insert(Effect), [{"subject": subject, "batch": 1}])


def effects(db: DatabaseHandle) -> list[str]:
    with db.session() as session:
        return list(session.scalars(select(Effect.subject).order_by(Effect.id)))


def rows(db: DatabaseHandle, table: str) -> list[Any]:
    with db.session() as session:
        return list(session.execute(select(db.metadata.tables[table])).all())


def handle(db: DatabaseHandle, *events: Event) -> list[str]:
    """Note the subject of every fresh event; the subjects."""
    with db.handling(events) as tx:
        for event in tx.fresh:
            note(tx, event.subject)
    return [event.subject for event in tx.fresh]


def test_all_events_of_a_transaction_are_one_row_of_the_outbox_in_order(db: DatabaseHandle) -> None:
    with db.transaction() as tx:
        events = [publish(tx) for _ in range(300)]
    [row] = rows(db, "outbox")
    assert row.event_count == 300
    assert published(db) == events


def test_a_transaction_that_says_nothing_writes_no_row_and_wakes_nobody(db: DatabaseHandle) -> None:
    woken: list[bool] = []
    quiet = DatabaseHandle("sample", db.engine, metadata=db.metadata, committed=lambda: woken.append(True))
    with quiet.transaction() as tx:
        note(tx, "a row alone")
    assert (rows(db, "outbox"), woken) == ([], [])
    with quiet.transaction() as tx:
        publish(tx)
        assert woken == []
    assert woken == [True]


def test_a_failed_transaction_leaves_neither_row_nor_event(db: DatabaseHandle) -> None:
    def failing() -> None:
        with db.transaction() as tx:
            note(tx, "never")
            publish(tx)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert (effects(db), published(db)) == ([], [])


def test_an_event_that_breaks_its_contract_ends_the_transaction(db: DatabaseHandle) -> None:
    def failing() -> None:
        with db.transaction() as tx:
            note(tx, "never")
            publish(tx, "no id")

    with pytest.raises(InvalidEvent):
        failing()
    assert effects(db) == []


def test_an_event_without_a_cause_begins_a_chain_and_one_with_a_cause_continues_it(db: DatabaseHandle) -> None:
    with db.transaction() as tx:
        first = publish(tx)
        second = publish(tx, cause=first)
        third = publish(tx, cause=second)
    assert (first.correlation_id, first.causation_id) == (first.id, None)
    assert (third.correlation_id, third.causation_id) == (first.id, second.id)


def test_an_event_of_a_request_bears_the_requests_correlation_id(db: DatabaseHandle) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="request-7"), db.transaction() as tx:
        assert publish(tx).correlation_id == "request-7"


def test_an_event_that_is_delivered_again_is_not_fresh(db: DatabaseHandle) -> None:
    first, second, third = removed(3)
    assert handle(db, first, second, first) == [first.subject, second.subject]
    assert handle(db, second, third, first) == [third.subject]
    assert handle(db, third) == []
    assert effects(db) == [first.subject, second.subject, third.subject]


def test_an_event_whose_handler_failed_is_fresh_again(db: DatabaseHandle) -> None:
    [event] = removed()

    def failing() -> None:
        with db.handling(event) as tx:
            note(tx, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert handle(db, event) == [event.subject]
    assert effects(db) == [event.subject]


def test_a_request_with_a_key_is_done_once_and_answered_the_same_again(db: DatabaseHandle) -> None:
    assert [once(db, "key-1", {"name": "結び"}) for _ in range(2)] == [1, 1]
    assert once(db, "key-2", {"name": "結び"}) == 2
    assert len(effects(db)) == 2


def test_the_order_of_a_requests_fields_makes_no_other_request(db: DatabaseHandle) -> None:
    assert once(db, "key-1", {"a": 1, "b": 2}) == once(db, "key-1", {"b": 2, "a": 1})


def test_a_key_that_was_used_for_another_request_is_refused(db: DatabaseHandle) -> None:
    once(db, "key-1", {"name": "結び"})
    with pytest.raises(IdempotencyConflict, match="another request"):
        once(db, "key-1", {"name": "ほどき"})
    assert len(effects(db)) == 1


def test_a_request_that_failed_has_not_used_its_key(db: DatabaseHandle) -> None:
    def failing() -> None:
        with db.transaction(once="key-1", request="a") as tx:
            note(tx, "never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        failing()
    assert once(db, "key-1", "a") == 1


@pytest.mark.parametrize("service_url", ["postgresql"], indirect=True)
def test_of_two_requests_with_one_key_at_the_same_time_the_second_waits_and_gets_the_answer_of_the_first(
    db: DatabaseHandle, postgres: PostgreSQL, database_prefix: str
) -> None:
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND starts_with(datname, %s)"
    with ThreadPoolExecutor(1) as second:
        with db.transaction(once="key-1", request="a") as tx:
            note(tx, "the first")
            tx.answer = 7
            answer = second.submit(once, db, "key-1", "a")
            eventually(lambda: postgres.query(waiting, database_prefix))
        assert answer.result() == 7
    assert effects(db) == ["the first"]


def test_a_transaction_that_lasts_beyond_the_deadline_leaves_nothing(db: DatabaseHandle) -> None:
    def late() -> None:
        with deadline.within(0.05), db.transaction(once="key-1", request="a") as tx:
            note(tx, "too late")
            publish(tx)
            eventually(deadline_is_over)

    with pytest.raises(ServiceTimeout):
        late()
    assert (effects(db), published(db), rows(db, "answers")) == ([], [], [])


def test_no_transaction_begins_after_the_deadline(db: DatabaseHandle) -> None:
    begun: list[bool] = []

    def late() -> None:
        with deadline.within(0), db.transaction():
            begun.append(True)

    with pytest.raises(ServiceTimeout):
        late()
    assert begun == []


def test_what_was_handled_and_answered_long_ago_is_forgotten_and_nothing_else(db: DatabaseHandle) -> None:
    old, young = new_id(), new_id()
    ages = {old: timedelta(days=31), young: timedelta(days=29)}
    with db.transaction() as tx:
        for name, age in ages.items():
            moment = clock.now() - age
            answer = {"key": name, "fingerprint": "f", "answer": {}, "answered_at": moment}
            tx.session.execute(insert(db.metadata.tables["inbox"]), [{"event_id": name, "handled_at": moment}])
            tx.session.execute(insert(db.metadata.tables["answers"]), [answer])
    assert db.prune(days=30) == 1
    assert [row.event_id for row in rows(db, "inbox")] == [row.key for row in rows(db, "answers")] == [young]


def test_what_waits_in_the_outbox_is_measured(db: DatabaseHandle) -> None:
    def measured() -> list[float | None]:
        Upkeep(db).measure()
        names = ("musubi_outbox_waiting_events", "musubi_outbox_oldest_seconds")
        return [REGISTRY.get_sample_value(name, {"service": "sample"}) for name in names]

    assert measured() == [0, 0]
    with db.transaction() as tx:
        publish(tx)
        publish(tx)
    waiting, age = measured()
    assert waiting == 2
    assert age is not None
    assert 0 < age < 60


def once(db: DatabaseHandle, key: str, request: Any) -> int:
    """The number of effects after the request was done for the first time."""
    with db.transaction(once=key, request=request) as tx:
        if tx.answer is None:
            note(tx, key)
            tx.answer = len(list(tx.session.scalars(select(Effect.id))))
    return int(tx.answer)


def deadline_is_over() -> bool:
    try:
        deadline.check()
    except ServiceTimeout:
        return True
    return False
