"""What callers ask timelines for: kinds of entry, and whose. Pure, as domain.py."""

from typing import Any

from contracts.errors import Invalid
from contracts.fields import identity_or_none
from contracts.work import ENTRY_KINDS
from services.history.domain import Home

Values = dict[str, Any]

# Kinds of entry by which a timeline can be narrowed. What these are about is stored as a change with a word beside it.
CHANGE_OF = ("opportunity", "quote", "invoice", "activity", "document")
SHOWN_KINDS = (*ENTRY_KINDS, *CHANGE_OF)
MAX_PEOPLE = 2_000


def checked_kinds(kinds: Any) -> frozenset[str] | None:
    """The kinds of entry that a caller wants to see; None for all of them. Invalid for what is none."""
    if kinds is None:
        return None
    if not isinstance(kinds, list) or not kinds or set(map(str, kinds)) - set(SHOWN_KINDS):
        raise Invalid("There is no such kind of entry.", fields={"kinds": [f"Some of: {', '.join(SHOWN_KINDS)}."]})
    return frozenset(kinds)


def checked_people(ids: Any) -> list[Home]:
    """The contacts that a caller names. Invalid for too many."""
    if not isinstance(ids, list) or len(ids) > MAX_PEOPLE:
        raise Invalid("Too many people.", fields={"people": [f"Name at most {MAX_PEOPLE:,}."]})
    return [Home("contact", known) for known in dict.fromkeys(map(identity_or_none, ids)) if known]


def about_of(kind: str, *, about_id: str | None, mail_message_id: str | None, summary: Values) -> Values:
    """What an entry tells of, as a reference."""
    if kind == "mail":
        return {"kind": "message", "id": mail_message_id}
    told_of = summary.get("about") or summary.get("event", "").partition(".")[0] if kind == "change" else kind
    return {"kind": told_of, "id": about_id}
