"""What callers may ask the matcher, checked. Pure, as domain.py."""

from collections.abc import Mapping
from typing import Any

from contracts.errors import Invalid
from contracts.fields import identity_or_none
from contracts.names import called
from matcher_service.domain import Choice

Values = dict[str, Any]


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
    names = called(found.get("last_name", ""), found.get("first_name", ""))
    organization_id = record["id"] if record["kind"] == "organization" else found.get("organization_id")
    return Choice(record, (found.get("label") or names or None), organization_id)


def state_of(value: Any) -> str | None:
    """The state a list is narrowed to, or none. Invalid for another word."""
    if value in (None, "matched", "unmatched"):
        return value
    raise Invalid("There is no such state.", fields={"state": ["Must be matched or unmatched."]})
