"""Many rows in one INSERT or UPDATE.

SQLAlchemy names and expands every value of every row; on PostgreSQL psycopg2's own form takes half of the CPU. Errors
are SQLAlchemy's on both roads.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import orjson
from psycopg2 import Error
from psycopg2.extras import execute_values
from sqlalchemy import JSON, Column, String, Table, Uuid, bindparam, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from chassis.columns import ZONE_MISSING, UtcDateTime
from chassis.engine import without_values

ROWS_A_STATEMENT = 200


def insert_many(session: Session, table: Table | Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, which all name the same columns. IntegrityError if the key of one is there already."""
    _insert(session, table, rows, ignore=False, returning=None)


def insert_ignore(
    session: Session, table: Table | Any, rows: Sequence[dict[str, Any]], *, returning: Any = None
) -> Any:
    """As ``insert_many``, but leave out the rows whose key is there already.

    With ``returning`` (a column) the values of the rows that did go in are returned as a list.
    """
    return _insert(session, table, rows, ignore=True, returning=returning)


def update_many(session: Session, table: Table | Any, rows: Sequence[dict[str, Any]], *, key: str) -> None:
    """Write the columns that all the rows name into the rows of the table that have the same ``key`` (a column).

    Each key comes once; what is not in the table is passed over. Objects that the session has loaded stay as they are.
    """
    if not rows:
        return
    table = getattr(table, "__table__", table)
    session.flush()
    if session.get_bind().dialect.name == "postgresql":
        _update_postgresql(session, table, rows, key=key)
        return
    # A parameter may not be called like a column that is set.
    statement = update(table).where(table.c[key] == bindparam("wanted_key"))
    changes = [{name: value for name, value in row.items() if name != key} for row in rows]
    session.execute(statement, [{"wanted_key": row[key], **change} for row, change in zip(rows, changes, strict=True)])


def _update_postgresql(session: Session, table: Table, rows: Sequence[dict[str, Any]], *, key: str) -> None:
    kinds = {name: _cast_to(session, table.c[name]) for name in rows[0]}
    changes = ", ".join(f"{name} = given.{name}::{kind}" for name, kind in kinds.items() if name != key)
    given = f"(VALUES %s) AS given ({', '.join(kinds)})"
    statement = f"UPDATE {table.name} SET {changes} FROM {given} WHERE {table.name}.{key} = given.{key}::{kinds[key]}"
    _execute(session, statement, _encoded(table, rows), fetch=False)


def _cast_to(session: Session, column: Column[Any]) -> str:
    """VALUES have no type of their own where all of a column are NULL; a cast to VARCHAR(n) would cut texts."""
    return "text" if isinstance(column.type, String) else column.type.compile(session.get_bind().dialect)


def _encoded(table: Table, rows: Sequence[dict[str, Any]], *, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    columns = [(name, _ENCODERS.get(type(table.c[name].type), _as_it_is)) for name in rows[0]]
    return [before + tuple([encode(row[name]) for name, encode in columns]) for row in rows]


def _insert(session: Session, table: Any, rows: Sequence[dict[str, Any]], *, ignore: bool, returning: Any) -> list[Any]:
    if not rows:
        return []
    table = getattr(table, "__table__", table)
    if session.get_bind().dialect.name == "postgresql":
        return _postgresql(session, table, rows, ignore=ignore, returning=returning)
    statement = sqlite.insert(table)
    statement = statement.on_conflict_do_nothing() if ignore else statement
    if returning is None:
        session.execute(statement, list(rows))
        return []
    return list(session.scalars(statement.returning(returning), list(rows)))


def _postgresql(
    session: Session, table: Table, rows: Sequence[dict[str, Any]], *, ignore: bool, returning: Any
) -> list[Any]:
    defaults = _defaults(table, rows[0])
    names = [*defaults, *rows[0]]
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES %s"
    statement += " ON CONFLICT DO NOTHING" if ignore else ""
    if returning is not None:
        # As text: psycopg2 would make a UUID object of each only to have it made a string again.
        statement += f" RETURNING {returning.name}{'::text' if isinstance(returning.type, Uuid) else ''}"
    values = _encoded(table, rows, before=tuple(defaults.values()))
    return [row[0] for row in _execute(session, statement, values, fetch=returning is not None)]


def _defaults(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    missing = {column.name: column.default for column in table.columns if column.name not in row}
    return {name: default.arg for name, default in missing.items() if isinstance(default, ScalarElementColumnDefault)}


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()


def _aware(value: datetime | None) -> datetime | None:
    if value is not None and value.tzinfo is None:
        raise ValueError(ZONE_MISSING)
    return value


def _as_it_is(value: Any) -> Any:
    return value


_ENCODERS: dict[type, Callable[[Any], Any]] = {JSON: _json, UtcDateTime: _aware}


def _execute(session: Session, statement: str, values: list[tuple[Any, ...]], *, fetch: bool) -> list[Any]:
    session.flush()
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            return execute_values(cursor, statement, values, page_size=ROWS_A_STATEMENT, fetch=fetch) or []
    except Error as error:
        error.args = (without_values(error),)
        gone = connection.dialect.is_disconnect(error, driver, None)
        raise DBAPIError.instance(
            statement, None, error, Error, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
        ) from error
