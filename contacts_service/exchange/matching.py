"""Which record a row is about: by its number, a mail address, a phone number or its name, whatever was chosen.

All look-ups of a batch are made together, and what the batch itself enters is found as well.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.bulk import among
from contacts_service import likeness, match_keys, store
from contacts_service.exchange.mapping import Draft
from contacts_service.exchange.targets import NUMBER
from contacts_service.kinds import Kind
from contracts.addresses import canonical_address

Values = dict[str, Any]
Key = tuple[str, Any]

# More than one is too many already; some more so that they can be named.
MOST_NAMED = 5


def _numbers(_kind: str, draft: Draft) -> list[Any]:
    return [number.upper()] if (number := draft.references.get(NUMBER)) else []


def _mailboxes(_kind: str, draft: Draft) -> list[Any]:
    return [canonical_address(each) for each in draft.values.get("addresses", ())]


def _phones(kind: str, draft: Draft) -> list[Any]:
    found = likeness.own_phones({"phones": draft.values.get("phones", ())})
    return [likeness.key(kind, "phone", number) for number in found]


def _names(kind: str, draft: Draft) -> list[Any]:
    if kind == "organization":
        name = draft.values.get("name")
        return [likeness.key(kind, "name", likeness.bare_company(name))] if name else []
    parts = ("last_name", "first_name", "last_name_kana", "first_name_kana", "organization_id")
    texts = likeness.contact_texts({part: draft.values.get(part) or "" for part in parts})
    return [likeness.name_key(texts["name"], texts["within"])] if texts["name"] else []


_KEYS: Mapping[str, Callable[[str, Draft], list[Any]]] = {
    "number": _numbers,
    "address": _mailboxes,
    "phone": _phones,
    "name": _names,
}


class Matches:
    """The records that the rows of a batch are about."""

    def __init__(self, session: Session, kind: Kind, match_by: Sequence[str], drafts: Iterable[Draft]) -> None:
        """``match_by``: words of ``imports.MATCH_BY``; the first one that finds something decides."""
        self._kind = kind.name
        self._match_by = match_by
        keys = [key for draft in drafts for key in self.keys(draft)]
        self._found: dict[Key, dict[str, None]] = {}
        for by, value, record_id in _held(session, kind, keys):
            self._found.setdefault((by, value), {})[record_id] = None

    def keys(self, draft: Draft) -> list[Key]:
        """By what a row is looked up."""
        return [(by, value) for by in self._match_by for value in _KEYS[by](self._kind, draft)]

    def of(self, draft: Draft) -> list[str]:
        """The ids of those whom a row may be about: none, one, or several where nobody can know."""
        for by in self._match_by:
            found = {id: None for value in _KEYS[by](self._kind, draft) for id in self._found.get((by, value), ())}
            if found:
                return list(found)
        return []

    def enter(self, draft: Draft, record_id: str) -> None:
        """A row became this record, which later rows may be about."""
        for key in self.keys(draft):
            self._found.setdefault(key, {})[record_id] = None

    def all(self) -> set[str]:
        """Everybody whom some row may be about."""
        return {record_id for ids in self._found.values() for record_id in ids}


def _held(session: Session, kind: Kind, keys: Iterable[Key]) -> Iterable[tuple[str, Any, str]]:
    wanted: dict[str, set[Any]] = {}
    for by, value in keys:
        wanted.setdefault(by, set()).add(value)
    if numbers := wanted.pop("number", None):
        model = kind.model
        theirs = select(model.number, model.id).where(among(session, model.number, numbers), model.deleted_at.is_(None))
        yield from (("number", number, record_id) for number, record_id in session.execute(theirs))
    if addresses := wanted.pop("address", None):
        for entry in store.entries_of_addresses(session, addresses):
            if entry["record_kind"] == kind.name:
                yield "address", entry["canonical"], entry["record_id"]
    for by, values in wanted.items():
        for value, ids in match_keys.holders_of_each(session, values, limit=MOST_NAMED).items():
            yield from ((by, value, record_id) for record_id in ids)
