"""The organizations, superiors and parents that rows name: by number, name, mail address or id."""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.bulk import among
from chassis.ids import new_id
from contacts_service import fields, likeness, match_keys, store
from contacts_service.checks import Fault, needed
from contacts_service.kinds import CONTACT, ORGANIZATION, Kind
from contracts.addresses import canonical_address
from contracts.fields import identity_or_none
from contracts.folding import folded

Values = dict[str, Any]

_NUMBER = re.compile(r"(?:ACC|CON)\d{1,9}", re.IGNORECASE)
MOST_NAMED = 20


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
        """The organization that a cell names. Fault where there is none, or several."""
        if _is_pointer(text):
            if text not in self._pointed:
                raise Fault(f"There is no organization {text}.")
            return self._pointed[text]
        found = self._by_key.get(_key(text), [])
        exact = [each for each in found if folded(each["name"]) == folded(text)]
        some = exact or found
        if len(some) > 1:
            numbers = ", ".join(each["number"] for each in some[:5])
            raise Fault(f"Several organizations are called {text}: {numbers}. Write the number in place of the name.")
        return str(some[0]["id"]) if some else self._reserved(text)

    def _reserved(self, text: str) -> str:
        if not self._may_create:
            raise Fault(f"There is no organization {text}. Create it first, or let the import create organizations.")
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
    """The contacts that rows name as superiors: by number, mail address or id."""

    def __init__(self, session: Session, texts: Iterable[str]) -> None:
        """``texts``: as they stand in the cells."""
        wanted = set(texts)
        self._pointed = _pointed_at(session, CONTACT, wanted)
        self._by_address: dict[str, list[str]] = {}
        canonicals = {canonical for text in wanted if (canonical := canonical_address(text))}
        for entry in store.entries_of_addresses(session, canonicals):
            if entry["record_kind"] == CONTACT.name:
                self._by_address.setdefault(entry["canonical"], []).append(entry["record_id"])

    def id_of(self, text: str) -> str:
        """The contact that a cell names. Fault."""
        found = [self._pointed[text]] if text in self._pointed else self._by_address.get(canonical_address(text), [])
        if len(found) != 1:
            fault = "Several contacts have the address" if found else "There is no contact"
            raise Fault(f"{fault} {text}. Write the number (CON…) or the mail address of somebody who is here already.")
        return found[0]


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
