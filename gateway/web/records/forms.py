"""What a form holds: from a record, from what was typed, and on to the API.

The values of a form are texts, lists of texts (mail addresses), lists of pairs (phones: number, kind) and flags, by the
names of the fields: what a form shows and what comes back from it can be compared.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.web.parts import PHONE_KINDS
from gateway.web.records.kinds import Kind
from gateway.web.tables import Column

Shape = dict[str, Any]
Typed = MultiDict[str, str]

REFERENCES = ("organization", "contact", "owner")
SEPARATORS = re.compile(r"[,、，\n]")


def of_record(kind: Kind, record: Mapping[str, Any]) -> Shape:
    """The form of a record; of an empty one, the empty form."""
    return {column.name: _held(column, record.get(column.name)) for column in kind.inputs}


def _held(column: Column, value: Any) -> Any:
    if column.kind == "all_addresses":
        return list(value or [])
    if column.kind == "all_phones":
        return [[one.get("shown") or one["number"], one.get("kind") or "work"] for one in value or []]
    if column.kind == "tags":
        return ", ".join(value or [])
    if column.kind == "flag":
        return bool(value)
    return "" if value is None else str(value)


def typed(kind: Kind, form: Typed) -> Shape:
    """What came back from a browser."""
    return {column.name: _typed(column, form) for column in kind.inputs}


def _typed(column: Column, form: Typed) -> Any:
    if column.kind == "all_addresses":
        return [text.strip() for text in form.getlist(column.name) if text.strip()]
    if column.kind == "all_phones":
        pairs = zip(form.getlist(column.name), form.getlist(f"{column.name}.kind"), strict=False)
        return [[number.strip(), kind if kind in PHONE_KINDS else "work"] for number, kind in pairs if number.strip()]
    if column.kind == "flag":
        return bool(form.get(column.name))
    return str(form.get(column.name, "")).replace("\r\n", "\n").strip()


def differing(one: Shape, other: Shape) -> list[str]:
    """The names of the fields in which two forms differ."""
    return [name for name, value in one.items() if value != other.get(name)]


def body(kind: Kind, values: Shape, names: Iterable[str]) -> dict[str, Any]:
    """Those fields as the API takes them."""
    wanted = set(names)
    return {column.name: _sent(column, values[column.name]) for column in kind.inputs if column.name in wanted}


def _sent(column: Column, value: Any) -> Any:
    if column.kind == "all_phones":
        return [{"number": number, "kind": kind} for number, kind in value]
    if column.kind == "tags":
        return [tag.strip() for tag in SEPARATORS.split(value) if tag.strip()]
    if column.kind == "number":
        digits = unicodedata.normalize("NFKC", value).replace(",", "")
        return int(digits) if digits.isdecimal() and len(digits) < 20 else value or None
    return value or None if column.kind in ("day", *REFERENCES) else value


def unchosen(kind: Kind, values: Shape, form: Typed) -> list[str]:
    """The fields where words were typed that stand for nobody."""
    refers = [column.name for column in kind.inputs if column.kind in REFERENCES]
    return [name for name in refers if not values[name] and str(form.get(f"{name}.label", "")).strip()]


def pack(values: Shape) -> str:
    """Values for a hidden field."""
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def unpack(kind: Kind, text: str) -> Shape:
    """Values out of a hidden field; what is not of their shape counts as empty."""
    try:
        found = json.loads(text)
    except ValueError:
        found = {}
    empty = of_record(kind, {})
    held = found if isinstance(found, dict) else {}
    return {name: held[name] if _alike(held.get(name), value) else value for name, value in empty.items()}


def _alike(value: Any, empty: Any) -> bool:
    if not isinstance(empty, list):
        return isinstance(value, type(empty))
    return isinstance(value, list) and all(isinstance(one, str) or _is_pair(one) for one in value)


def _is_pair(one: Any) -> bool:
    return isinstance(one, list) and len(one) == 2 and all(isinstance(part, str) for part in one)


def ids_in(kind: Kind, *forms: Shape) -> list[str]:
    """The ids of contacts and organizations that forms name."""
    return sorted({values[name] for values in forms for name in kind.refers if values[name]})


def sentences(errors: Mapping[str, Any]) -> dict[str, list[str]]:
    """The API's errors by field; of a list, those of its entries too."""
    return {str(name): list(_flat(told)) for name, told in errors.items()}


def _flat(told: Any) -> Iterable[str]:
    if isinstance(told, Mapping):
        for inner in told.values():
            yield from _flat(inner)
    elif isinstance(told, list | tuple):
        for inner in told:
            yield from _flat(inner)
    else:
        yield str(told)


def merged(values: Shape, base: Shape, theirs: Shape) -> tuple[Shape, list[str], list[str]]:
    """A form whose record somebody else changed since: its values, what both changed, what they alone changed.

    What they alone changed is taken over; what both changed stays as typed, and is told.
    """
    moved = [name for name in differing(theirs, base) if values[name] != theirs[name]]
    both = [name for name in moved if values[name] != base[name]]
    alone = [name for name in moved if name not in both]
    return {**values, **{name: theirs[name] for name in alone}}, both, alone
