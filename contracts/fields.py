"""The few kinds of value that events are made of, bounded, so that no sender can make one grow without end."""

import re
from typing import Any

from marshmallow import fields, validate

from contracts.base import Record

MAX_TEXT = 2_000
MAX_ADDRESSES = 50

MAILBOX_PURPOSES = ("personal", "sales", "support", "general")
MAILBOX_POLICIES = ("automatic", "suggest")
FOLDER_ROLES = ("inbox", "sent", "other")
DIRECTIONS = ("incoming", "outgoing")
NATURES = ("personal", "auto_reply", "bounce", "complaint_report", "report", "list", "bulk")
RECORD_KINDS = ("contact", "lead", "organization", "ticket")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def identity_or_none(value: Any) -> str | None:
    """The id of a record as it is stored, in lower case; None for what cannot be one and no database could look for."""
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value.lower()) else None


def identifier(**kwargs: Any) -> fields.Field[Any]:
    """The id of a record: a UUIDv7 as a string."""
    return fields.UUID(required=not kwargs.get("allow_none"), **kwargs)


def text(limit: int = 255, **kwargs: Any) -> fields.Field[Any]:
    """A text of at most ``limit`` characters."""
    return fields.String(required=not kwargs.get("allow_none"), validate=validate.Length(max=limit), **kwargs)


def word(*choices: str, **kwargs: Any) -> fields.Field[Any]:
    """One word of a closed list."""
    return fields.String(required=not kwargs.get("allow_none"), validate=validate.OneOf(choices), **kwargs)


def moment(**kwargs: Any) -> fields.Field[Any]:
    """A point in time, RFC 3339, in UTC."""
    return fields.AwareDateTime(required=not kwargs.get("allow_none"), **kwargs)


def many(inner: fields.Field[Any] | type[Record], limit: int = MAX_ADDRESSES) -> fields.Field[Any]:
    """A list of at most ``limit`` entries."""
    entry = fields.Nested(inner) if isinstance(inner, type) else inner
    return fields.List(entry, required=True, validate=validate.Length(max=limit))


def count(**kwargs: Any) -> fields.Field[Any]:
    """A number of things or bytes, from 0."""
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=0), **kwargs)


def further_count() -> fields.Field[Any]:
    """As ``count``, in a version that came without it."""
    return fields.Integer(strict=True, validate=validate.Range(min=0))


def flag() -> fields.Field[Any]:
    """Yes or no."""
    return fields.Boolean(required=True)


class RecordRef(Record):
    """Points at a record of another service."""

    kind = word(*RECORD_KINDS)
    id = identifier()


class MailAddress(Record):
    """One address of a header (RFC 5322 mailbox): the display name may be empty, the address is as it was received."""

    name = text(255)
    address = text(320)
