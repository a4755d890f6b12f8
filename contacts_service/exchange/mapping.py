"""From the cells of a row to what a record is to hold, by what each column is mapped to. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contacts_service import fields
from contacts_service.checks import Fault
from contacts_service.exchange import cells
from contacts_service.exchange.targets import MEMBER_OF, NUMBER, ORGANIZATION, REPORTS_TO, SHARED, WHOLE_NAME
from contracts.errors import Invalid

Values = dict[str, Any]

# What leads to another record, or to this one, and is no field itself.
REFERENCES = frozenset({ORGANIZATION, REPORTS_TO, MEMBER_OF, NUMBER})
REQUIRED = {"contact": "last_name", "organization": "name"}
_NAMES = {WHOLE_NAME: ("last_name", "first_name"), "name_kana": ("last_name_kana", "first_name_kana")}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    **{name: (name, *names) for name, names in _NAMES.items()},
    ORGANIZATION: (ORGANIZATION, "organization_id"),
    REPORTS_TO: (REPORTS_TO, "reports_to_id"),
    MEMBER_OF: (MEMBER_OF, "member_of_id"),
}
_WIDE_SPACE = re.compile(r"[\s　]+")


@dataclass(slots=True)
class Draft:
    """What a row says. ``values``: by field, checked; ``emptied``: fields whose cells are empty; ``references``: texts.

    ``faults``: field and sentence, why the row cannot be taken; no field where it is the row as a whole.
    """

    line: int
    cells: list[str]
    values: Values = field(default_factory=dict)
    emptied: set[str] = field(default_factory=set)
    references: dict[str, str] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)


def draft(
    kind: str,
    known: Mapping[str, Callable[[Any], Any]],
    mapping: Sequence[str | None],
    line: int,
    row: list[str],
    *,
    blanks: bool = True,
) -> Draft:
    """What a row of a file says of a record of this kind, whose fields are ``known``.

    ``blanks``: an empty cell says that there is nothing; a card without a property says nothing of it.
    """
    found = Draft(line, row)
    if len(row) > len(mapping):
        fault = f"The row has {len(row)} cells and the file {len(mapping)} columns: put texts with commas in quotes."
        found.faults.append(("", fault))
        return found
    typed: Values = {}
    for target, cell in zip(mapping, row, strict=False):
        if target:
            _take(found, typed, kind, known, target, cells.restored(cell).strip())
    found.emptied -= typed.keys()
    if not blanks:
        found.emptied.clear()
        found.references = {target: text for target, text in found.references.items() if text}
    try:
        found.values = fields.changed_values(typed, known)
    except Invalid as error:
        found.faults += faults_of(error)
    return found


def faults_of(error: Invalid) -> list[tuple[str, str]]:
    """The faults of a refusal, each with its field."""
    named = [(field, sentence) for field, sentences in error.fields.items() for sentence in sentences]
    return named or [("", error.message)]


def told(faults: Iterable[tuple[str, str]], columns: Sequence[str], mapping: Sequence[str | None]) -> list[str]:
    """Faults as sentences, each with the column that it comes from."""
    by_field: dict[str, str] = {}
    for column, target in zip(columns, mapping, strict=True):
        for name in _FIELDS.get(target or "", ((target or "").partition(".")[0],)):
            by_field.setdefault(name, column)
    return [f"{by_field.get(name, name)}: {sentence}" if name else sentence for name, sentence in faults]


def _take(found: Draft, typed: Values, kind: str, known: Mapping[str, Any], target: str, cell: str) -> None:
    if target in REFERENCES:
        found.references[target] = cell
    elif target in _NAMES and kind == "contact":
        _put(found, typed, dict(zip(_NAMES[target], divided(cell), strict=True)))
    else:
        try:
            name, value = cells.value_of(target, cell, known) if cell else (target.partition(".")[0], "")
        except Fault as fault:
            found.faults.append((target, str(fault)))
            return
        _put(found, typed, {name: value})


def _put(found: Draft, typed: Values, values: Values) -> None:
    for name, value in values.items():
        if value in ("", []):
            found.emptied.add(name)
        elif name not in typed:
            typed[name] = value
        elif name == "phones":
            typed[name] = _phones([*typed[name], *value])
        elif isinstance(value, list):
            typed[name] = [*typed[name], *value]
        elif name == "description":
            typed[name] = f"{typed[name]}\n{value}"


def _phones(phones: list[Values]) -> list[Values]:
    """The same number in two columns has the kind that one of them tells."""
    told = {_digits(phone["number"]): phone["kind"] for phone in phones if phone["kind"]}
    return [{**phone, "kind": phone["kind"] or told.get(_digits(phone["number"]))} for phone in phones]


def _digits(number: str) -> str:
    return "".join(filter(str.isdigit, number)) or number


def divided(name: str) -> tuple[str, str]:
    """A whole name as last and first name: "田中 太郎", "Tanaka, Taro", and in Latin letters "Taro Tanaka"."""
    last, comma, first = name.partition(",")
    if comma:
        return last.strip(), first.strip()
    words = _WIDE_SPACE.split(name.strip())
    if len(words) > 1 and name.isascii():
        return words[-1], " ".join(words[:-1])
    return words[0], " ".join(words[1:])


def checked(known: Mapping[str, Any], columns: Sequence[str], mapping: Any) -> list[str | None]:
    """A mapping that can be used. Invalid."""
    if not isinstance(mapping, list) or len(mapping) != len(columns):
        fault = f"Name a field, or null, for each of the {len(columns)} columns."
        raise Invalid("The columns cannot be mapped like this.", fields={"mapping": [fault]})
    named = [target for target in mapping if target]
    faults = [f"There is no field {str(target)[:60]!r}." for target in named if target not in known]
    faults += [
        f"{target} is named twice: name it for one column."
        for target in dict.fromkeys(named)
        if named.count(target) > 1 and target not in SHARED
    ]
    if faults:
        raise Invalid("The columns cannot be mapped like this.", fields={"mapping": faults})
    return [target or None for target in mapping]
