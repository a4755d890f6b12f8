"""What a form holds: from a record, from what was typed, and on to the API.

The values of a form are texts, lists of texts (mail addresses, named records as "contact:<id>"), lists of pairs
(phones: number, kind), lines of quotes (sales/lines.py) and flags, by the names of the fields: what a form shows and
what comes back can be compared.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from itertools import zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.web import formats
from gateway.web.api import flat
from gateway.web.parts import PHONE_KINDS
from gateway.web.records.kinds import Kind
from gateway.web.records.numbers import plain
from gateway.web.sales import lines
from gateway.web.tables import Column

Shape = dict[str, Any]
Typed = MultiDict[str, str]

REFERENCES = ("organization", "contact", "owner", "opportunity")
SEPARATORS = re.compile(r"[,、，\n]")
# How many texts a phone number has, and a line of a quote.
ROWS = (2, len(lines.FIELDS))
LISTS = ("all_addresses", "records")
LONGEST_WORDS = 200


def of_record(kind: Kind, record: Mapping[str, Any]) -> Shape:
    """The form of a record; of an empty one, the empty form."""
    shown = kind.into_form(dict(record)) if record else record
    return {column.name: _held(column, shown.get(column.name)) for column in kind.inputs}


def _held(column: Column, value: Any) -> Any:
    return HELD.get(column.kind, _text)(value)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


HELD: Mapping[str, Callable[[Any], Any]] = {
    "all_addresses": lambda value: list(value or []),
    "all_phones": lambda value: [[one.get("shown") or one["number"], one.get("kind") or "work"] for one in value or []],
    "records": lambda value: [f"{one['kind']}:{one['id']}" for one in value or []],
    "tags": lambda value: ", ".join(value or []),
    "flag": bool,
    "when": formats.typed_moment,
    "line_items": lines.held,
    "minutes": lambda seconds: "" if seconds is None else str(seconds // 60),
}


def typed(kind: Kind, form: Typed) -> Shape:
    """What came back from a browser."""
    return {column.name: _typed(column, form) for column in kind.inputs}


def _typed(column: Column, form: Typed) -> Any:
    if column.kind in LISTS:
        return [text.strip() for text in form.getlist(column.name) if text.strip()]
    if column.kind == "all_phones":
        pairs = zip(form.getlist(column.name), form.getlist(f"{column.name}.kind"), strict=False)
        return [[number.strip(), kind if kind in PHONE_KINDS else "work"] for number, kind in pairs if number.strip()]
    if column.kind == "line_items":
        return lines.typed(form)
    if column.kind == "flag":
        return bool(form.get(column.name))
    return str(form.get(column.name, "")).replace("\r\n", "\n").strip()


def differing(one: Shape, other: Shape) -> list[str]:
    """The names of the fields in which two forms differ."""
    return [name for name, value in one.items() if value != other.get(name)]


def body(kind: Kind, values: Shape, names: Iterable[str]) -> dict[str, Any]:
    """Those fields as the API takes them."""
    wanted = set(names)
    sent = {column.name: _sent(column, values[column.name]) for column in kind.inputs if column.name in wanted}
    return kind.from_form(values, sent) if sent else sent


def _sent(column: Column, value: Any) -> Any:
    return SENT.get(column.kind, lambda same: same)(value)


def _or_none(value: str) -> str | None:
    return value or None


def _phones(value: list[list[str]]) -> list[dict[str, str]]:
    return [{"number": number, "kind": kind} for number, kind in value]


def _tags(value: str) -> list[str]:
    return [tag.strip() for tag in SEPARATORS.split(value) if tag.strip()]


def _number(value: str, times: int = 1) -> Any:
    digits = plain(value)
    return int(digits) * times if digits.isdecimal() and len(digits) < 20 else value or None


def _pointers(value: list[str]) -> list[dict[str, str]]:
    pairs = (one.partition(":") for one in value)
    return [{"kind": kind, "id": id} for kind, _, id in pairs]


SENT: Mapping[str, Callable[[Any], Any]] = {
    "all_phones": _phones,
    "tags": _tags,
    "records": _pointers,
    "number": _number,
    "reminder": _number,
    "minutes": lambda value: _number(value, 60),
    "money": lambda value: plain(value) or None,
    "line_items": lines.sent,
    "when": lambda value: formats.instant(value) if value else None,
    **dict.fromkeys(("day", *REFERENCES), _or_none),
}


def unchosen(kind: Kind, form: Typed) -> dict[str, list[str]]:
    """The words that were typed into fields, by their names, and stand for nobody."""
    refers = [column.name for column in kind.inputs if column.kind in (*REFERENCES, "records")]
    found = {name: _loose(form.getlist(name), form.getlist(f"{name}.label")) for name in refers}
    return {name: words for name, words in found.items() if words}


def _loose(ids: list[str], words: list[str]) -> list[str]:
    pairs = zip_longest(ids, words, fillvalue="")
    return [said.strip()[:LONGEST_WORDS] for id, said in pairs if said.strip() and not id.strip()]


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
    return isinstance(value, list) and all(isinstance(one, str) or _is_row(one) for one in value)


def _is_row(one: Any) -> bool:
    return isinstance(one, list) and len(one) in ROWS and all(isinstance(part, str) for part in one)


def ids_in(kind: Kind, *forms: Shape) -> list[str]:
    """The ids of contacts and organizations that forms name."""
    return sorted({values[name] for values in forms for name in kind.refers if values[name]})


def sentences(errors: Mapping[str, Any]) -> dict[str, list[str]]:
    """The API's errors by field; of a list those of its entries too, of lines each by its place: `lines.0.name`."""
    found = {str(name): list(flat(told)) for name, told in errors.items() if name != "lines"}
    return found | {path: list(flat(told)) for path, told in _paths("lines", errors.get("lines", []))}


def _paths(path: str, told: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(told, Mapping):
        return [(path, told)] if told else []
    return [pair for name, inner in told.items() for pair in _paths(f"{path}.{name}", inner)]


def merged(values: Shape, base: Shape, theirs: Shape) -> tuple[Shape, list[str], list[str]]:
    """A form whose record somebody else changed since: its values, what both changed, what they alone changed.

    What they alone changed is taken over; what both changed stays as typed, and is told.
    """
    moved = [name for name in differing(theirs, base) if values[name] != theirs[name]]
    both = [name for name in moved if values[name] != base[name]]
    alone = [name for name in moved if name not in both]
    return {**values, **{name: theirs[name] for name in alone}}, both, alone
