"""Engines: PostgreSQL with time limits, SQLite with exactly one connection (its busy wait would block the hub)."""

import time
from pathlib import Path
from typing import Any

import orjson
import psycopg
from psycopg.types.string import TextLoader
from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from chassis import folding, waiting

TRANSIENT = (OperationalError, InterfaceError, PoolTimeout, ConnectionError)
STATEMENT_TIMEOUT_MS = 15_000
LOCK_TIMEOUT_MS = 5_000
IDLE_IN_TRANSACTION_MS = 30_000
# A cable that was pulled, a NAT that forgot: the kernel finds it in 15 s, at work and at rest.
HALF_OPEN_MS = 15_000
# The server watches as well: in a COPY it waits for its client without any limit of its own, and keeps its locks.
KEEPALIVES = {"keepalives_idle": 5, "keepalives_interval": 5, "keepalives_count": 2}
STATEMENT_TIMED_OUT = "57014"
POOL_SIZE = 5
RESTED_SECONDS = 1.0
# Less than a call may take: what waits for a connection is answered all the same.
TRIED_SECONDS = 3.0
SQLITE_CACHE_KIB = 8_000
END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE pid = ANY(%s) AND datname = current_database() AND usename = current_user
"""

waiting.install()


def make_engine(url: str) -> Engine:
    """An engine for the URL; values of rows and statements (personal data) never show in its errors."""
    parsed = make_url(url)
    common: dict[str, Any] = {"hide_parameters": True, "json_deserializer": orjson.loads}
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, common)
    options = " ".join(
        [
            f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
            f"-c lock_timeout={LOCK_TIMEOUT_MS}",
            f"-c idle_in_transaction_session_timeout={IDLE_IN_TRANSACTION_MS}",
            *(f"-c tcp_{name}={value}" for name, value in KEEPALIVES.items()),
        ]
    )
    arguments = {
        "options": options,
        "connect_timeout": 5,
        "tcp_user_timeout": HALF_OPEN_MS,
        **KEEPALIVES,
        "application_name": "musubi",
    }
    engine = create_engine(
        parsed,
        pool_size=POOL_SIZE,
        max_overflow=POOL_SIZE,
        pool_timeout=10,
        connect_args=arguments,
        json_serializer=orjson.dumps,
        **common,
    )
    event.listen(engine, "handle_error", _leave_out_values)
    event.listen(engine, "connect", _keep_ids_as_text)
    _end_what_is_lost(engine)
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _try_if_rested)
    return engine


def _end_what_is_lost(engine: Engine) -> None:
    """Let the next connection end the session of one that went.

    Where a proxy stands in between, the server may not have noticed, and go on holding the locks of what we try again.
    """
    lost: set[int] = set()

    @event.listens_for(engine, "invalidate")
    def _note(_connection: Any, record: Any, _error: Any) -> None:
        lost.add(record.info["session"])

    @event.listens_for(engine, "connect")
    def _end(connection: Any, record: Any) -> None:
        record.info["session"] = connection.info.backend_pid
        if lost:
            ended = list(lost)
            with waiting.patience(TRIED_SECONDS), connection.transaction():
                connection.execute(END_SESSIONS, [ended])
            lost.difference_update(ended)


def _note_use(_connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _try_if_rested(connection: Any, record: Any, _proxy: Any) -> None:
    """As ``pool_pre_ping``, but only where a connection was not in use a moment ago: a ping is a round trip."""
    used = record.info.get("used")
    if used is not None and time.monotonic() - used > RESTED_SECONDS:
        try:
            connection.autocommit = True
            with waiting.patience(TRIED_SECONDS):
                connection.execute("SELECT 1")
            connection.autocommit = False
        except psycopg.Error as error:
            raise InvalidatePoolError from error


def _keep_ids_as_text(connection: Any, _record: Any) -> None:
    """Ids are strings here; psycopg would make a UUID object of each, only to have it made a string again."""
    connection.adapters.register_loader("uuid", TextLoader)


def without_values(error: BaseException) -> str:
    """What PostgreSQL says, without what it adds of a row's values: "Key (address)=(…) already exists", "LINE 1: …"."""
    primary = getattr(getattr(error, "diag", None), "message_primary", None)
    return str(primary).partition(': "')[0] if primary else str(error)


def _leave_out_values(context: ExceptionContext) -> None:
    said, shown = str(context.original_exception), without_values(context.original_exception)
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            error.args = tuple(str(part).replace(said, shown) for part in error.args)


def _sqlite_engine(url: Any, common: dict[str, Any]) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        pool_size=1,
        max_overflow=0,
        connect_args={"check_same_thread": False},
        json_serializer=lambda value: orjson.dumps(value).decode(),
        **common,
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        folding.teach_sqlite(connection)
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "foreign_keys=ON",
            "busy_timeout=5000",
            f"cache_size=-{SQLITE_CACHE_KIB}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def is_transient(error: BaseException) -> bool:
    """True for what will pass by itself: the database is away, a lock or deadlock; the work is worth trying again."""
    code = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if code == STATEMENT_TIMED_OUT:
        return False
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return isinstance(error, TRANSIENT) or code[:2] in {"40", "53", "57"}
