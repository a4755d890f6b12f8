"""What the chassis does when the network swallows or resets the connections to PostgreSQL."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Column, Engine, Integer, MetaData, Table, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis import Services, waiting
from chassis.bulk import insert_many
from chassis.engine import is_transient, make_engine
from chassis.ids import new_id
from chassis.runner import Process
from contracts.errors import ServiceTimeout, ServiceUnavailable
from tests.infra import eventually
from tests.infra.postgres import PostgreSQL
from tests.patched.proxy_process import ProxyProcess
from tests.patched.sample.service import EmitterService, SampleService

SILENCE = 1.0
# How the server answers a COPY of one column, in binary.
COPY_MAY_BEGIN = b"G\x00\x00\x00\x09\x01\x00\x01\x00\x01"


@pytest.fixture
def proxy(postgres: PostgreSQL) -> Iterator[ProxyProcess]:
    """Every connection to PostgreSQL goes through it."""
    proxy = ProxyProcess(postgres.port)
    yield proxy
    proxy.close()


@pytest.fixture
def engine(
    postgres: PostgreSQL,
    proxy: ProxyProcess,
    postgres_url_for: Callable[[str], str],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Engine]:
    """An engine through the proxy that has connected already; what is silent for a second is given up."""
    engine = make_engine(through(proxy, postgres, postgres_url_for("sample")))
    assert ask(engine, "SELECT 1") == [(1,)]
    monkeypatch.setattr(waiting, "SILENCE_SECONDS", SILENCE)
    yield engine
    engine.dispose()


def through(proxy: ProxyProcess, postgres: PostgreSQL, url: str) -> str:
    return url.replace(f":{postgres.port}/", f":{proxy.port}/")


def ask(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_half_open_connection_is_given_up_in_time_and_thrown_away(engine: Engine, proxy: ProxyProcess) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        proxy.tell("hole")
        began = time.monotonic()
        with pytest.raises(DBAPIError) as caught:
            connection.execute(text("SELECT 1"))
    # Without the limit it would be the kernel's quarter of an hour.
    assert SILENCE <= time.monotonic() - began < SILENCE + 20
    assert caught.value.connection_invalidated
    assert is_transient(caught.value)
    assert ask(engine, "SELECT 1") == [(1,)]


def test_the_server_lets_go_of_what_a_lost_connection_held(engine: Engine, proxy: ProxyProcess) -> None:
    numbers = Table("numbers", MetaData(), Column("number", Integer, primary_key=True))
    numbers.create(engine)
    proxy.tell("hole_at", COPY_MAY_BEGIN)
    with Session(engine) as session, pytest.raises(DBAPIError) as caught:
        insert_many(session, numbers, [{"number": 1}])
    assert caught.value.connection_invalidated
    copies = "SELECT state, query FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'COPY%'"
    eventually(lambda: ask(engine, copies) == [])


def test_a_half_open_connection_that_rested_is_replaced_before_use(
    engine: Engine, proxy: ProxyProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.engine.RESTED_SECONDS", 0.0)
    monkeypatch.setattr("chassis.engine.TRIED_SECONDS", 0.2)
    proxy.tell("hole")
    assert ask(engine, "SELECT 1") == [(1,)]


def test_a_long_answer_of_which_something_comes_now_and_then_is_awaited(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "SILENCE_SECONDS", 3)
    rows = ask(engine, "SELECT repeat('x', 20000), pg_sleep(0.35) FROM generate_series(1, 10)")
    assert len(rows) == 10


def test_a_statement_that_takes_long_is_awaited_where_that_is_expected(engine: Engine) -> None:
    with waiting.patience(None):
        assert ask(engine, f"SELECT 'done' WHERE pg_sleep({2 * SILENCE}) IS NOT NULL") == [("done",)]
    with pytest.raises(DBAPIError):
        ask(engine, f"SELECT pg_sleep({2 * SILENCE})")


def test_both_kernels_watch_every_connection(engine: Engine) -> None:
    # What the proxy hides from the tests above: its end of a link acknowledges whatever is sent.
    with engine.connect() as connection:
        said = connection.connection.driver_connection.info.get_parameters()  # type: ignore[union-attr] # connected
    assert ask(engine, "SHOW tcp_keepalives_idle") == [("5",)]
    assert said.items() >= {"keepalives_idle": "5", "tcp_user_timeout": "15000"}.items()


@pytest.fixture
def carrier_url(amqp_url: str) -> str:
    """RabbitMQ, without faults."""
    return amqp_url


@pytest.fixture
def sqlite_url(postgres: PostgreSQL, proxy: ProxyProcess, make_databases: Callable[[list[str]], str]) -> str:
    """PostgreSQL through the proxy, in place of SQLite."""
    return through(proxy, postgres, make_databases(["sample", "mail_ingest"]))


@pytest.mark.parametrize("fault", ["hole", "reset"])
def test_events_and_calls_go_on_after_the_connections_went(
    start: Callable[..., Process], proxy: ProxyProcess, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(waiting, "SILENCE_SECONDS", 2.0)
    process = start(SampleService, EmitterService)
    first, second = new_id(), new_id()
    with Services("test") as client:
        client.mail_ingest.emit([first])
        eventually(lambda: client.sample.effects() == [first])
        proxy.tell(fault)
        eventually(lambda: answered(client.mail_ingest.emit, [second]) == "done", timeout=60)
        eventually(lambda: second in answered(client.sample.effects), timeout=60)
    eventually(lambda: not process.health.problems())


def test_a_call_that_cannot_reach_the_database_is_refused_as_one_to_be_made_later(
    start: Callable[..., Process], proxy: ProxyProcess
) -> None:
    start(SampleService, EmitterService)
    with Services("test") as client:
        proxy.tell("refuse")
        proxy.tell("reset")
        with pytest.raises(ServiceUnavailable, match="sample cannot reach its database"):
            client.sample.effects()
        proxy.tell("heal")
        assert client.sample.effects() == []


def answered(call: Callable[..., Any], *arguments: Any) -> Any:
    """What a call answers, "done" for nothing; "refused" while its service cannot reach the database."""
    try:
        return call(*arguments) or "done"
    except (ServiceUnavailable, ServiceTimeout):
        return "refused"
