"""Many rows in one COPY, INSERT or UPDATE.

On PostgreSQL rows go in by binary COPY, at a third of the CPU of a multi-row INSERT: nobody quotes, scans and parses
values as SQL. COPY knows no ON CONFLICT, so what may be there already is copied behind a savepoint and, when a key was
there, inserted with ON CONFLICT after all. Errors are SQLAlchemy's on every road.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import orjson
from psycopg import Error
from psycopg.types.json import Json
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    Uuid,
    any_,
    bindparam,
    func,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import UserDefinedType
from uuid_utils import UUID

from chassis.columns import UtcDateTime, aware
from chassis.engine import without_values

# Below this a savepoint costs more than it saves.
ROWS_WORTH_A_COPY = 4
UNIQUE_VIOLATION = "23505"

Rows = Sequence[dict[str, Any]]
Found = TypeVar("Found")


def insert_many(session: Session, table: Table | Any, rows: Rows) -> None:
    """Insert rows, which all name the same columns. IntegrityError if the key of one is there already."""
    if not rows:
        return
    table = getattr(table, "__table__", table)
    session.flush()
    if _on_postgresql(session):
        _copy(session, table, rows)
    else:
        session.execute(sqlite.insert(table), list(rows))


def insert_ignore(session: Session, table: Table | Any, rows: Rows, *, returning: Any = None) -> Any:
    """As ``insert_many``, but leave out the rows whose key is there already.

    With ``returning`` (a column) the values of the rows that did go in are returned as a list.
    """
    if not rows:
        return []
    table = getattr(table, "__table__", table)
    session.flush()
    if not _on_postgresql(session):
        return _ignoring_on_sqlite(session, table, rows, returning=returning)
    if len(rows) < ROWS_WORTH_A_COPY or not _copied(session, table, rows):
        return _ignoring_on_postgresql(session, table, rows, returning=returning)
    return [] if returning is None else [row[returning.name] for row in rows]


def insert_missing(
    session: Session,
    table: Table | Any,
    rows: Mapping[str, dict[str, Any]],
    *,
    key: Any,
    look_up: Callable[[Collection[str]], dict[str, Found]],
) -> tuple[set[str], dict[str, Found]]:
    """For rows that are often there already: the keys of those that went in, and what was found of the others.

    ``rows`` by the values of ``key`` (a column); ``look_up`` finds what is there of some keys. It comes first, since an
    insert that meets what is there is paid for twice.
    """
    found = look_up(rows.keys())
    new = set(insert_ignore(session, table, [row for name, row in rows.items() if name not in found], returning=key))
    # What another process wrote in between is there by now.
    return new, found | look_up(rows.keys() - found.keys() - new)


def update_many(session: Session, table: Table | Any, rows: Rows, *, key: str) -> None:
    """Write the columns that all the rows name into the rows of the table that have the same ``key`` (a column).

    Each key comes once; what is not in the table is passed over. Objects that the session has loaded stay as they are.
    """
    if not rows:
        return
    table = getattr(table, "__table__", table)
    session.flush()
    if _on_postgresql(session):
        written = ", ".join(f"{name} = given.{name}" for name in rows[0] if name != key)
        given, values = _given(table, rows)
        named = f"UPDATE {table.name} SET {written} FROM {given} WHERE {table.name}.{key} = given.{key}"
        session.connection().exec_driver_sql(named, values)
        return
    # A parameter may not be called like a column that is set.
    statement = update(table).where(table.c[key] == bindparam("wanted_key"))
    changes = [{name: value for name, value in row.items() if name != key} for row in rows]
    session.execute(statement, [{"wanted_key": row[key], **change} for row, change in zip(rows, changes, strict=True)])


def among(session: Session, column: Any, values: Iterable[Any]) -> Any:
    """The condition that a column holds one of many values.

    On PostgreSQL they are one array: an IN is another statement for each number of values, so no plan of it is kept.
    """
    if not _on_postgresql(session):
        return column.in_(list(values))
    kind = column.type
    if isinstance(kind, Uuid):
        return column == any_(bindparam(None, list(values), type_=_Ids()))
    # Texts as TEXT: a cast to VARCHAR(n) would cut them, and find what was not asked for.
    return column == any_(bindparam(None, list(values), type_=ARRAY(Text if isinstance(kind, String) else kind)))


def on_each(session: Session, column: Any, values: Iterable[Any]) -> Any:
    """On PostgreSQL, values of a column as rows of ``value``, for a LATERAL query of each; None on SQLite."""
    if not _on_postgresql(session):
        return None
    kind: Any = Uuid(as_uuid=False) if isinstance(column.type, Uuid) else column.type
    given = bindparam(None, list(values), type_=_Ids() if isinstance(column.type, Uuid) else ARRAY(kind))
    return select(func.unnest(given, type_=kind).label("value")).subquery()


def each_number(session: Session, column: Any, values: Iterable[int]) -> Any:
    """Whole numbers as rows of ``value``, for a small question about each in one query, on both databases."""
    given = func.json_each(orjson.dumps(list(values)).decode()).table_valued("value")
    each = on_each(session, column, values)
    return select(given.c.value).subquery() if each is None else each


def _on_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"


def _ignoring_on_sqlite(session: Session, table: Table, rows: Rows, *, returning: Any) -> list[Any]:
    statement = sqlite.insert(table).on_conflict_do_nothing()
    if returning is None:
        session.execute(statement, list(rows))
        return []
    return list(session.scalars(statement.returning(returning), list(rows)))


def _ignoring_on_postgresql(session: Session, table: Table, rows: Rows, *, returning: Any) -> list[Any]:
    defaults = _defaults(table, rows[0])
    rows = [defaults | row for row in rows]
    given, values = _given(table, rows)
    statement = f"INSERT INTO {table.name} ({', '.join(rows[0])}) SELECT * FROM {given} ON CONFLICT DO NOTHING"
    statement += "" if returning is None else f" RETURNING {returning.name}"
    done = session.connection().exec_driver_sql(statement, values)
    return [] if returning is None else list(done.scalars())


def _copied(session: Session, table: Table, rows: Rows) -> bool:
    """False, and nothing has happened, if a key was there already."""
    try:
        with session.connection().begin_nested():
            _copy(session, table, rows)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) != UNIQUE_VIOLATION:
            raise
        return False
    return True


def _copy(session: Session, table: Table, rows: Rows) -> None:
    defaults = _defaults(table, rows[0])
    names = [*defaults, *rows[0]]
    kinds = [_kind_of(table.c[name]) for name in names]
    fields = [(name, kind.encode) for name, kind in zip(names, kinds, strict=True)]
    statement = f"COPY {table.name} ({', '.join(names)}) FROM STDIN (FORMAT BINARY)"
    connection = session.connection()
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types([kind.name for kind in kinds])
            for row in rows:
                values = defaults | row if defaults else row
                copy.write_row([encode(values[name]) for name, encode in fields])
    except Error as error:
        error.args = (without_values(error),)
        raised: Any = error
        gone = connection.dialect.is_disconnect(raised, driver, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement, None, error, Error, hide_parameters=True, connection_invalidated=gone, dialect=connection.dialect
        ) from error


def _defaults(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    missing = {column.name: column.default for column in table.columns if column.name not in row}
    return {name: default.arg for name, default in missing.items() if isinstance(default, ScalarElementColumnDefault)}


def _given(table: Table, rows: Rows) -> tuple[str, tuple[Any, ...]]:
    """The rows as a FROM item ``given``, an array for each column: the statement is the same for any number of rows."""
    columns = [table.c[name] for name in rows[0]]
    arrays = ", ".join(f"%s::{_kind_of(column).name}[]" for column in columns)
    values = tuple(_array(column, [row[column.name] for row in rows]) for column in columns)
    return f"unnest({arrays}) AS given ({', '.join(rows[0])})", values


class _Ids(UserDefinedType[list[str]]):
    """An array of ids as a parameter: converted once, before the plan is made, and not again for each row."""

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "UUID[]"

    def bind_processor(self, dialect: Any) -> Any:
        return _literal


def _literal(ids: Iterable[str | None]) -> str:
    """Ids as PostgreSQL writes an array; psycopg would make it value by value."""
    return f"{{{','.join('NULL' if each is None else each for each in ids)}}}"


def _array(column: Column[Any], values: list[Any]) -> list[Any] | str:
    if isinstance(column.type, Uuid):
        return _literal(values)
    if isinstance(column.type, JSON):
        return [orjson.dumps(value).decode() for value in values]
    return [aware(value) for value in values] if isinstance(column.type, UtcDateTime) else values


class _Kind(NamedTuple):
    """How a column's values go to PostgreSQL: psycopg's name of the type, and the value that psycopg is to write."""

    name: str
    encode: Callable[[Any], Any]


def _kind_of(column: Column[Any]) -> _Kind:
    """By the classes of the column's type, the most special one first."""
    for cls in type(column.type).__mro__:
        if cls in _KINDS:
            return _KINDS[cls]
    raise TypeError(f"{column}: chassis/bulk.py does not say how {column.type!r} is written to PostgreSQL")


def _as_it_is(value: Any) -> Any:
    return value


def _json(value: Any) -> Any:
    """A JSON column holds its own null, which is not the database's."""
    return Json(None) if value is None else value


def _uuid(value: str | None) -> UUID | None:
    return None if value is None else UUID(value)


def _of_bytes(size: int) -> Callable[[int | None], int | None]:
    """psycopg 3.3 cuts a number that is too large for its column to the lower bytes, without a word."""
    limit = 1 << (8 * size - 1)

    def checked(value: int | None) -> int | None:
        if value is not None and not -limit <= value < limit:
            raise ValueError("a number is too large for its column")
        return value

    return checked


# Texts as TEXT: a cast to VARCHAR(n) would cut them, where the column refuses.
_KINDS: dict[type, _Kind] = {
    Uuid: _Kind("uuid", _uuid),
    String: _Kind("text", _as_it_is),
    LargeBinary: _Kind("bytea", _as_it_is),
    JSON: _Kind("json", _json),
    UtcDateTime: _Kind("timestamptz", aware),
    Date: _Kind("date", _as_it_is),
    Boolean: _Kind("bool", _as_it_is),
    SmallInteger: _Kind("int2", _of_bytes(2)),
    Integer: _Kind("int4", _of_bytes(4)),
    BigInteger: _Kind("int8", _of_bytes(8)),
}
