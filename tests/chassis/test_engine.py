"""Engines: what passes by itself is told from what does not, errors show no values, rows that are there stay."""

from collections.abc import Callable
from traceback import format_exception
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from chassis import DatabaseHandle, clock
from chassis.bulk import insert_ignore, insert_many
from chassis.engine import is_transient, make_engine
from chassis.ids import new_id

CANARY = "kanaria@example.jp"


def failure(db: DatabaseHandle, *statements: str) -> DBAPIError:
    """The error with which the last statement ends."""
    *before, last = map(text, statements)
    with db.engine.connect() as connection:
        for statement in before:
            connection.execute(statement)
        with pytest.raises(DBAPIError) as caught:
            connection.execute(last)
    return caught.value


@pytest.fixture
def on_postgresql(postgres_url_for: Callable[[str], str]) -> Any:
    """A handle on an empty PostgreSQL database."""
    db = DatabaseHandle("sample", make_engine(postgres_url_for("sample")), metadata=None)
    yield db
    db.engine.dispose()


def told(error: BaseException) -> str:
    """What a log would show."""
    return "".join(format_exception(error))


def enter(db: DatabaseHandle, key: str) -> None:
    """Write an answer; a key can be there once."""
    with db.transaction() as tx:
        values = {"key": key, "fingerprint": CANARY, "now": "2026-11-22T01:00:00+00:00"}
        statement = "INSERT INTO answers (key, fingerprint, answer, answered_at) VALUES (:key, :fingerprint, '1', :now)"
        tx.session.execute(text(statement), values)


def test_a_value_that_is_there_already_does_not_pass_by_itself(db: DatabaseHandle) -> None:
    enter(db, CANARY)
    with pytest.raises(IntegrityError) as caught:
        enter(db, CANARY)
    assert not is_transient(caught.value)


def test_an_error_of_the_database_shows_no_value_of_its_statement(db: DatabaseHandle) -> None:
    enter(db, CANARY)
    with pytest.raises(IntegrityError) as caught:
        enter(db, CANARY)
    assert CANARY not in told(caught.value)


def test_an_error_of_many_rows_shows_no_value_of_them(db: DatabaseHandle) -> None:
    enter(db, CANARY)
    row = {"key": CANARY, "fingerprint": CANARY, "answer": {}, "answered_at": clock.now()}

    def enter_many() -> None:
        with db.transaction() as tx:
            insert_many(tx.session, db.metadata.tables["answers"], [row])

    with pytest.raises(IntegrityError) as caught:
        enter_many()
    assert CANARY not in told(caught.value)


def test_a_value_that_fits_no_column_is_not_shown(on_postgresql: DatabaseHandle) -> None:
    error = failure(on_postgresql, f"SELECT CAST('{CANARY}' AS uuid)")
    assert CANARY not in told(error).replace(str(error.statement), "")
    assert "invalid input syntax for type uuid" in str(error)


def test_a_database_that_is_away_passes_by_itself() -> None:
    with pytest.raises(DBAPIError) as caught, make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none").connect():
        pass
    assert is_transient(caught.value)


def test_a_connection_that_the_server_ended_passes_by_itself(on_postgresql: DatabaseHandle) -> None:
    assert is_transient(failure(on_postgresql, "SELECT pg_terminate_backend(pg_backend_pid())"))


def test_a_lock_that_is_held_passes_by_itself(on_postgresql: DatabaseHandle) -> None:
    with on_postgresql.engine.begin() as holder:
        holder.execute(text("SELECT pg_advisory_xact_lock(1)"))
        error = failure(on_postgresql, "SET LOCAL lock_timeout = 20", "SELECT pg_advisory_xact_lock(1)")
    assert is_transient(error)


def test_a_statement_that_takes_too_long_does_not_pass_by_itself(on_postgresql: DatabaseHandle) -> None:
    # It would take as long the next time: it must not hold its queue up.
    assert not is_transient(failure(on_postgresql, "SET LOCAL statement_timeout = 20", "SELECT pg_sleep(5)"))


def test_a_wrong_statement_does_not_pass_by_itself(on_postgresql: DatabaseHandle) -> None:
    assert not is_transient(failure(on_postgresql, "SELECT * FROM nowhere"))


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), ZeroDivisionError()])
def test_a_fault_of_our_own_does_not_pass_by_itself(error: Exception) -> None:
    assert not is_transient(error)


def test_time_limits_hold_on_every_connection(on_postgresql: DatabaseHandle) -> None:
    names = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with on_postgresql.engine.connect() as connection:
        found = [connection.scalar(text(f"SHOW {name}")) for name in names]
    assert found == ["15s", "5s", "30s"]


def test_rows_that_are_there_already_stay_and_only_new_ones_are_returned(db: DatabaseHandle) -> None:
    inbox = db.metadata.tables["inbox"]
    first, second, third = (new_id() for _ in range(3))

    def entered(*ids: str) -> set[str]:
        rows = [{"event_id": event_id, "handled_at": clock.now()} for event_id in ids]
        with db.transaction() as tx:
            return set(insert_ignore(tx.session, inbox, rows, returning=inbox.c.event_id))

    assert entered(first, second) == {first, second}
    assert entered(second, third) == {third}
    assert entered() == set()
