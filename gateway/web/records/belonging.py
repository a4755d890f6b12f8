"""What belongs to a contact or an organization: by which field, and what is sent to put it there or take it off. Pure.

Whom a record belongs to is a text: an id, of a ticket's customer with its kind ("contact:<id>"), empty for nobody.
"""

import re
from collections.abc import Mapping
from typing import Any

Values = dict[str, Any]

# By the part of what belongs to a record: where its records are in the API.
PATHS = {
    "activities": "activities",
    "tickets": "tickets",
    "opportunities": "opportunities",
    "quotes": "quotes",
    "invoices": "invoices",
    "mails": "messages",
    "reports": "contacts",
    "contacts": "contacts",
    "organizations": "organizations",
}
# What belongs to each kind, and what of it can be chosen among what there is.
_COMMON = ("activities", "tickets", "opportunities", "quotes", "invoices", "mails")
PARTS = {"contact": (*_COMMON, "reports"), "organization": (*_COMMON, "contacts", "organizations")}
CHOSEN = ("tickets", "opportunities", "mails", "reports", "contacts", "organizations")
# The field that names the record, where that is not the record's own name.
_FIELDS = {"reports": "reports_to_id", "contacts": "organization_id", "organizations": "member_of_id"}
_PAPERS = ("quotes", "invoices")
_OTHER = {"contact": "organization_id", "organization": "contact_id"}
_DRAFT = "Created"
_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def named_by(kind: str, part: str) -> str:
    """The field by which a record belongs to one of this kind."""
    return {"activities": "about", "tickets": "customer"}.get(part) or _FIELDS.get(part, f"{kind}_id")


def itself(kind: str, part: str, id: str) -> str:
    """The record whom others belong to, as ``holder`` tells it."""
    return f"{kind}:{id}" if part == "tickets" else id


def holder(kind: str, part: str, id: str, found: Mapping[str, Any]) -> str:
    """Whom a record belongs to by the field that would name this one; of several, this one or nobody."""
    value = found[named_by(kind, part)]
    if part == "activities":
        return id if any(one["id"] == id for one in value) else ""
    if part == "tickets":
        return f"{value['kind']}:{value['id']}" if value else ""
    return value or ""


def change(kind: str, part: str, id: str, found: Mapping[str, Any], to: str) -> Values:
    """What is sent so that a record belongs to somebody else, or to nobody; of several, this one comes or goes."""
    field = named_by(kind, part)
    if part == "activities":
        others = [one for one in found[field] if one["id"] != id]
        return {field: [*others, {"kind": kind, "id": id}] if to else others}
    if part == "tickets":
        named, _, customer = to.partition(":")
        return {field: {"kind": named, "id": customer} if to else None}
    return {field: to or None}


def comes_off(kind: str, part: str, id: str, item: Mapping[str, Any]) -> bool:
    """Whether a record of the list can be taken off here: it belongs to this one itself, and may be without it."""
    if part == "mails":
        return bool(item["record"]["id"] == id)
    if part == "tickets":
        return holder(kind, part, id, item) == itself(kind, part, id)
    if part in _PAPERS:
        # What is written on paper stays, and somebody has to get it.
        return bool(item["stage"] == _DRAFT and item[_OTHER[kind]])
    return part in PARTS[kind]


def packed(before: Mapping[str, str]) -> str:
    """Whom each record belonged to before, as an address can hold it."""
    return ",".join(f"{id}={whom}" for id, whom in before.items())


def unpacked(text: str, *, most: int) -> dict[str, str]:
    """As ``packed`` made it; what is none of ours is left out."""
    pairs = (one.partition("=") for one in text.split(",")[:most])
    return {id: whom for id, _, whom in pairs if is_id(id)}


def is_id(text: str) -> bool:
    """Whether it can be the id of a record."""
    return bool(_ID.fullmatch(text))
