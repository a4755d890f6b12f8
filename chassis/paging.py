"""Cursors of growing lists: the sort values of the last row, opaque to the caller (keyset paging)."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from chassis import clock
from contracts.errors import Invalid

MAX_LIMIT = 200
# Beyond it nobody reads a number, and counting on would cost time.
MOST_COUNTED = 1_000


def encode(values: list[Any]) -> str:
    """A cursor for the row after which the next page starts."""
    return urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def decode(cursor: str, *, length: int = 2) -> list[Any]:
    """The values again. Invalid if the cursor is not one of ours."""
    try:
        values = orjson.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise not_ours()
    return values


def last_id(cursor: str) -> str:
    """The id in the cursor of a list that is sorted by ids alone. Invalid if there is anything else in it."""
    [value] = decode(cursor, length=1)
    try:
        return str(UUID(value))
    except (ValueError, TypeError, AttributeError) as error:  # what UUID() says to text, to null and to the rest
        raise not_ours() from error


def last_number(cursor: str) -> int:
    """The number in the cursor of a list that is sorted by one. Invalid if there is anything else in it."""
    [value] = decode(cursor, length=1)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 1 << 63:
        raise not_ours()
    return value


def last_moment(cursor: str) -> tuple[datetime, str]:
    """The moment and the id in the cursor of a list that is sorted by them. Invalid if there is anything else in it."""
    moment, value = last_key(cursor)
    try:
        return clock.unwire(moment), value
    except (ValueError, TypeError, AttributeError) as error:
        raise not_ours() from error


def last_key(cursor: str) -> tuple[Any, str]:
    """The sort value, not checked yet, and the id in the cursor of a sorted list. Invalid if there is anything else."""
    value, last = decode(cursor)
    try:
        return value, str(UUID(last))
    except (ValueError, TypeError, AttributeError) as error:
        raise not_ours() from error


def bounded(limit: int | None) -> int:
    """The page length asked for, between 1 and MAX_LIMIT; 50 if none was named."""
    return max(1, min(int(limit or 50), MAX_LIMIT))


def page(rows: list[Any], limit: int, *, key: Any) -> tuple[list[Any], str | None]:
    """Cut ``limit + 1`` fetched rows to a page and the cursor of the next one, None at the end."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], encode(key(rows[limit - 1]))


def counted(session: Session, wanted: Any) -> dict[str, Any]:
    """How many rows a query finds: ``{count, exact}``, up to MOST_COUNTED."""
    rows = wanted.order_by(None).with_only_columns(literal(1), maintain_column_froms=True).limit(MOST_COUNTED + 1)
    found = session.scalar(select(func.count()).select_from(rows.subquery())) or 0
    return {"count": min(found, MOST_COUNTED), "exact": found <= MOST_COUNTED}


def not_ours() -> Invalid:
    """The refusal of a cursor that cannot be one of ours."""
    return Invalid("The cursor is not one that this list gave out.", fields={"cursor": ["Leave it out to start anew."]})
