"""Column types that mean the same on PostgreSQL and SQLite."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, LargeBinary, TypeDecorator, Uuid

Id = Uuid(as_uuid=False)
# JSON, not JSONB: nothing searches inside, and PostgreSQL stores the text a third faster than the tree.
Json = JSON()
Bytes = LargeBinary


def storable(value: Any, *, length: int) -> str:
    """The text of a foreign value as every database takes it: without NUL and lone surrogates, at most so long."""
    return str(value).replace("\0", "").encode("utf-8", "replace").decode()[:length]


def aware(value: datetime | None) -> datetime | None:
    """The value. ValueError if it has no time zone."""
    if value is not None and value.tzinfo is None:
        raise ValueError("a datetime without time zone cannot be stored: use chassis.clock.now()")
    return value


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite, which knows no time zones, stores it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Refuse a naive datetime: it would mean another moment on another machine."""
        value = aware(value)
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Give SQLite's value its zone back."""
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
