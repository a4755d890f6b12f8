"""What callers may ask the matcher, checked. Pure, as domain.py."""

import re
from collections.abc import Mapping
from typing import Any

from contracts.errors import Invalid
from matcher_service.domain import Choice

Values = dict[str, Any]

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def record_of(value: Any) -> Values | None:
    """The record a caller named, or none for nobody. Invalid if it is neither."""
    if value is None:
        return None
    kind, record_id = (
        (value.get("kind"), identity_or_none(value.get("id"))) if isinstance(value, Mapping) else ("", None)
    )
    if kind not in ("contact", "lead", "organization") or record_id is None:
        fields = {"record": ["Must be null, or kind (contact, lead or organization) and id of a record."]}
        raise Invalid("The mail cannot be put to that record.", fields=fields)
    return {"kind": kind, "id": record_id}


def choice_of(record: Values, found: Mapping[str, Any]) -> Choice:
    """The choice of a record as its owner described it."""
    names = f"{found.get('last_name', '')} {found.get('first_name', '')}".strip()
    organization_id = record["id"] if record["kind"] == "organization" else found.get("organization_id")
    return Choice(record, (found.get("label") or names or None), organization_id)


def state_of(value: Any) -> str | None:
    """The state a list is narrowed to, or none. Invalid for another word."""
    if value in (None, "matched", "unmatched"):
        return value
    raise Invalid("There is no such state.", fields={"state": ["Must be matched or unmatched."]})


def identity_or_none(value: Any) -> str | None:
    """The id of a record in lower case; none for what cannot be one."""
    return value.lower() if isinstance(value, str) and _UUID.fullmatch(value.lower()) else None
