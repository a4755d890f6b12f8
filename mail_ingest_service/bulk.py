"""Many rows in one INSERT on the mail road.

SQLAlchemy names and expands every value of every row; for PostgreSQL psycopg2's own form takes half of the time. Errors
are SQLAlchemy's on both ways.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from psycopg2 import Error
from psycopg2.extras import execute_values
from sqlalchemy import JSON, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis.engine import insert_ignore

PAGE = 100


def insert_many(session: Session, table: Table | Any, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, which all name the same columns; those whose key is there already are left out."""
    if not rows:
        return
    if session.get_bind().dialect.name != "postgresql":
        insert_ignore(session, table, rows)
        return
    columns = list(rows[0])
    encoded = [name for name in columns if isinstance(table.c[name].type, JSON)]
    values = [tuple(_encoded(row, encoded).values()) for row in rows]
    _execute(session, f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES %s ON CONFLICT DO NOTHING", values)


def _encoded(row: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return row | {name: orjson.dumps(row[name]).decode() for name in names} if names else row


def _execute(session: Session, statement: str, values: list[tuple[Any, ...]]) -> None:
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor:
            execute_values(cursor, statement, values, page_size=PAGE)
    except Error as error:
        gone = connection.dialect.is_disconnect(error, driver, None)
        raise DBAPIError.instance(
            statement, None, error, Error, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
        ) from error
