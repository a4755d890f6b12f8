"""Rows as PostgreSQL's binary COPY format (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format")."""

import struct
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Integer, LargeBinary, SmallInteger, String, Uuid

from chassis.columns import UtcDateTime, aware

_BEGINNING = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_END = struct.pack("!h", -1)
_NULL = struct.pack("!i", -1)
_LENGTH, _SMALL, _WHOLE, _BIG = (struct.Struct(form).pack for form in ("!i", "!h", "!i", "!q"))
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Encoder = Callable[[Any], bytes]


def copy_data(columns: Sequence[Column[Any]], rows: Sequence[dict[str, Any]], *, before: Sequence[bytes] = ()) -> bytes:
    """The rows' values of the columns, each row after the fields ``before``. ValueError for what a type cannot hold."""
    encoders = [(column.name, _encoder(column)) for column in columns]
    beginning = _SMALL(len(before) + len(encoders)) + b"".join(before)
    parts = [_BEGINNING]
    try:
        for row in rows:
            parts.append(beginning)
            for name, encode in encoders:
                value = row[name]
                # A JSON column holds its own null, which is not the database's.
                if value is None and encode is not _json:
                    parts.append(_NULL)
                else:
                    encoded = encode(value)
                    parts += (_LENGTH(len(encoded)), encoded)
    except struct.error as error:
        raise ValueError("a number is too large for its column") from error
    parts.append(_END)
    return b"".join(parts)


def field(column: Column[Any], value: Any) -> bytes:
    """A single value with its length before it."""
    if value is None:
        return _NULL
    encoded = _encoder(column)(value)
    return _LENGTH(len(encoded)) + encoded


def _encoder(column: Column[Any]) -> Encoder:
    for kind in type(column.type).__mro__:
        if kind in _ENCODERS:
            return _ENCODERS[kind]
    raise TypeError(f"{column}: nobody has said how {column.type!r} is written in PostgreSQL's binary form")


def _uuid(value: str) -> bytes:
    return bytes.fromhex(value.replace("-", ""))


def _moment(value: datetime) -> bytes:
    aware(value)
    return _BIG((value - _EPOCH) // _MICROSECOND)


def _day(value: date) -> bytes:
    return _WHOLE((value - _EPOCH.date()).days)


def _boolean(value: bool) -> bytes:
    return b"\1" if value else b"\0"


def _json(value: Any) -> bytes:
    return orjson.dumps(value)


# Looked up by the classes of a column's type, the most special one first.
_ENCODERS: dict[type, Encoder] = {
    Uuid: _uuid,
    String: str.encode,
    LargeBinary: bytes,
    JSON: _json,
    UtcDateTime: _moment,
    Date: _day,
    Boolean: _boolean,
    SmallInteger: _SMALL,
    Integer: _WHOLE,
    BigInteger: _BIG,
}
