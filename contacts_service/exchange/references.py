"""The organizations, superiors and parents that rows name: by number, name, mail address or id."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.bulk import among
from chassis.ids import new_id
from contacts_service import fields, likeness, match_keys, store
from contacts_service.checks import Fault, needed
from contacts_service.exchange.mapping import divided
from contacts_service.kinds import CONTACT, ORGANIZATION, Kind
from contracts.addresses import canonical_address
from contracts.fields import identity_or_none
from contracts.folding import folded

Values = dict[str, Any]

_NUMBER = re.compile(r"(?:ACC|CON)\d{1,9}", re.IGNORECASE)
MOST_NAMED = 20
# In sentences.
MAX_NUMBERS, MAX_SHOWN = 5, 100


class Organizations:
    """The organizations that the rows of a batch name; new ones are made when a row that is written uses them."""

    def __init__(self, session: Session, texts: Iterable[str], *, may_create: bool) -> None:
        """``texts``: as they stand in the cells."""
        wanted = set(texts)
        self._may_create = may_create
        self._pointed = _pointed_at(session, ORGANIZATION, wanted)
        self._by_key = _called(session, {_key(text) for text in wanted - self._pointed.keys()})
        self._new: dict[int, Values] = {}
        self.used: dict[str, Values] = {}

    def id_of(self, text: str) -> str:
        """The organization that a cell names, be it new. Fault where there is none, or several."""
        return self._called(text) or self._reserved(text)

    def known(self, text: str) -> str:
        """The organization that a cell names. Fault where there is none, or several."""
        if found := self._called(text):
            return found
        raise Fault(f"There is no organization {text[:MAX_SHOWN]}: no number and no name is written like this.")

    def _called(self, text: str) -> str | None:
        shown = text[:MAX_SHOWN]
        if _is_pointer(text):
            if text not in self._pointed:
                raise Fault(f"There is no organization {shown}.")
            return self._pointed[text]
        found = self._by_key.get(_key(text), [])
        exact = [each for each in found if folded(each["name"]) == folded(text)]
        some = exact or found
        if len(some) > 1:
            numbers = ", ".join(each["number"] for each in some[:MAX_NUMBERS])
            raise Fault(f"Several organizations are called {shown}: {numbers}. Write the number in place of the name.")
        return str(some[0]["id"]) if some else None

    def _reserved(self, text: str) -> str:
        if not self._may_create:
            shown = text[:MAX_SHOWN]
            raise Fault(f"There is no organization {shown}. Create it first, or let the import create organizations.")
        key = _key(text)
        if key not in self._new:
            self._new[key] = {"id": new_id(), "values": fields.new_values({"name": needed(text)}, ORGANIZATION.fields)}
        return str(self._new[key]["id"])

    def use(self, record_id: str) -> None:
        """A row that is written belongs to this organization: it comes into being if there is none yet."""
        for each in self._new.values():
            if each["id"] == record_id:
                self.used[record_id] = each["values"]


def _is_pointer(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or identity_or_none(text))


def _key(text: str) -> int:
    return likeness.key("organization", "name", likeness.bare_company(text))


def _called(session: Session, keys: set[int]) -> dict[int, list[Values]]:
    held = match_keys.holders_of_each(session, keys, limit=MOST_NAMED)
    model: Any = ORGANIZATION.model
    ids = {record_id for ids in held.values() for record_id in ids}
    columns = select(model.id, model.number, model.name)
    rows = session.execute(columns.where(among(session, model.id, ids))).mappings() if ids else ()
    known = {row["id"]: dict(row) for row in rows}
    return {key: [known[record_id] for record_id in ids] for key, ids in held.items()}


class People:
    """The contacts that rows name as superiors: by number, mail address, id or name."""

    def __init__(self, session: Session, named: Iterable[tuple[str, str | None]]) -> None:
        """``named``: texts as they stand in the cells, each with the organization of whoever it is said of."""
        wanted = set(named)
        texts = {text for text, _ in wanted}
        self._session = session
        self._pointed = _pointed_at(session, CONTACT, texts)
        self._by_address: dict[str, list[str]] = {}
        canonicals = {canonical for text in texts if (canonical := canonical_address(text))}
        for entry in store.entries_of_addresses(session, canonicals):
            if entry["record_kind"] == CONTACT.name:
                self._by_address.setdefault(entry["canonical"], []).append(entry["record_id"])
        keys = {key for text, firm in wanted if not canonical_address(text) for key in chain(*_name_keys(text, firm))}
        self._by_name = match_keys.holders_of_each(session, keys, limit=MOST_NAMED)

    def id_of(self, text: str, organization_id: str | None, *, but: str) -> str:
        """The contact that a cell names; a namesake (``but``) is meant where there is nobody else. Fault."""
        shown = text[:MAX_SHOWN]
        found = self._found(text, organization_id)
        some = [each for each in found if each != but] or found
        if not some:
            raise Fault(f"There is no contact {shown}: no number, mail address or name is written like this.")
        if len(some) > 1:
            rows = store.records_by_id(self._session, CONTACT.model, some[:MAX_NUMBERS])
            numbers = ", ".join(row.number for row in rows)
            raise Fault(f"Several contacts may be meant by {shown}: {numbers}. Write the number in its place.")
        return some[0]

    def _found(self, text: str, organization_id: str | None) -> list[str]:
        """A namesake within the same organization is meant before all others."""
        if _is_pointer(text):
            return [self._pointed[text]] if text in self._pointed else []
        if canonical := canonical_address(text):
            return self._by_address.get(canonical, [])
        for keys in _name_keys(text, organization_id):
            if found := list(dict.fromkeys(each for key in keys for each in self._by_name.get(key, ()))):
                return found
        return []


def _name_keys(text: str, organization_id: str | None) -> list[list[int]]:
    """By what somebody is looked up who is called like this: within the organization, then anywhere."""
    names = dict.fromkeys(likeness.bare(each) for each in (text, " ".join(divided(text))))
    within = [organization_id, ""] if organization_id else [""]
    return [[likeness.name_key(name, each) for name in names if name] for each in within]


def _pointed_at(session: Session, kind: Kind, texts: set[str]) -> dict[str, str]:
    """The records that are named by number or id."""
    numbers = {text.upper(): text for text in texts if _NUMBER.fullmatch(text)}
    ids = {identity: text for text in texts if (identity := identity_or_none(text))}
    model: Any = kind.model
    if not numbers and not ids:
        return {}
    named = among(session, model.number, numbers) | among(session, model.id, ids)
    rows = session.execute(select(model.id, model.number).where(named, model.deleted_at.is_(None)))
    return {text: row.id for row in rows for text in (numbers.get(row.number), ids.get(row.id)) if text}
