"""What ids in a form or on a page are called."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from flask import g

from gateway.web.api import ApiProblem, api
from gateway.web.language import gettext, msg
from gateway.web.parts import NOUNS
from gateway.web.records import forms
from gateway.web.records.forms import Shape
from gateway.web.records.kinds import POSTAL_PARTS, Kind
from gateway.web.tables import name_of, names

GONE = msg("Somebody whose account is closed")


def owners() -> dict[str, str]:
    """Who can be in charge, by id: staff users and groups. Nobody where the API does not answer."""
    if "owners" not in g:
        try:
            g.owners = {one["id"]: one["name"] for one in api().get("/owners")["items"]}
        except ApiProblem:
            g.owners = {}
    return g.owners


def owner(id: str | None) -> str:
    """The name of who is in charge."""
    return owners().get(id) or gettext(GONE) if id else ""


def owners_of(records: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The names of who is in charge of records, changed them or wrote an opt-out down, by id, as lists show names."""
    people = ("owner_id", "modified_by", "opted_out_by")
    ids = {record[field] for record in records for field in people if record.get(field)}
    return {id: {"label": owner(id)} for id in ids}


def labels_of(kind: Kind, *shapes: Shape) -> dict[str, str]:
    """What the ids in forms are called."""
    found = {id: name_of(one) for id, one in names(forms.ids_in(kind, *shapes)).items()}
    charged = [column.name for column in kind.inputs if column.kind == "owner"]
    ids = {shape[name] for shape in shapes for name in charged if shape.get(name)}
    several = [pointer for shape in shapes for name in kind.lists for pointer in shape[name]]
    return found | {id: owner(id) for id in ids} | pointed(several) | opportunities(kind, *shapes)


def opportunities(kind: Kind, *records: Mapping[str, Any]) -> dict[str, str]:
    """What the opportunities are called that records name; without those that cannot be looked up now."""
    named = [column.name for column in kind.inputs if column.kind == "opportunity"]
    found = {}
    for id in {record[name] for record in records for name in named if record.get(name)}:
        with suppress(ApiProblem):
            found[id] = str(api().get(f"/opportunities/{id}")["name"])
    return found


def pointed(pointers: Iterable[str]) -> dict[str, str]:
    """What records are called that are named with their kinds, such as "contact:<id>", by that."""
    pairs = {one: one.partition(":")[::2] for one in pointers}
    known = names(sorted(id for kind, id in pairs.values() if kind in ("contact", "organization")))
    called = {one: name_of(known[id]) for one, (_, id) in pairs.items() if id in known}
    staff = {one: owner(id) for one, (kind, id) in pairs.items() if kind.startswith("staff_")}
    return {one: gettext(NOUNS.get(kind, (kind, ""))[0]) for one, (kind, _) in pairs.items()} | called | staff


def field_label(kind: Kind, name: str) -> str:
    """What a field is called; of a postal address, the address too. One that no screen knows by its own name."""
    for block in (kind.heading, *kind.on_page):
        for column in block.columns:
            if column.name == name:
                return gettext(column.label)
            for part, label in POSTAL_PARTS:
                if column.kind == "postal" and name == f"{column.name}_{part}":
                    return f"{gettext(column.label)}: {gettext(label)}"
    return name
