"""How values stand in the cells of a file, and what a cell says; formulas made harmless. Pure.

What is written by ``cell_of`` is read by ``value_of`` as the same value.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from contacts_service import checks, fields
from contacts_service.exchange.targets import PHONES
from contracts.fields import identity_or_none
from contracts.folding import folded

Values = dict[str, Any]

# What a spreadsheet takes for a formula (OWASP ASVS 1.2.10), full-width signs too; more of the guard before it counts.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"''*[=+\-@\t\r\n＝＋－＠]")
_SEPARATORS = re.compile(r"[,;、；，]")
_BETWEEN_ADDRESSES = re.compile(r"[\s,;、；，]+")
_YES = frozenset(("1", "yes", "y", "true", "t", "on", "はい", "有", "あり", "○", "〇", "◯", "する", "可", "x", "✓"))
_NO = frozenset(("0", "no", "n", "false", "f", "off", "いいえ", "無", "なし", "×", "しない", "不可", "-", "―"))
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ t]00?:00(?::00)?)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d\d)(\d\d)")
_ERA_DAY = re.compile(
    r"(明治|大正|昭和|平成|令和|[mtshr])\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
)
# The year before the first one of each era.
_ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
_ERAS |= dict(zip("mtshr", _ERAS.values(), strict=True))
_WHOLE = re.compile(r"[¥￥$]?\s*(\d[\d,]*)(?:\.0+)?\s*(?:円|人|名)?")
_MANY_DIGITS = 7
# Whole, then looked into: spaces looked for before a break would be read again from each one of them.
_SPACES, _BREAK = re.compile(r"\s+"), re.compile(r"[\r\n\t]")


def defused(text: str) -> str:
    """A text that no spreadsheet takes for a formula: with a ' before it where it could be one."""
    return f"'{text}" if _FORMULA.match(text) else text


def restored(text: str) -> str:
    """What ``defused`` was given."""
    return text[1:] if _GUARDED.match(text) else text


def joined(items: Iterable[str]) -> str:
    """Several texts in one cell; one a line where a text holds what could stand between two."""
    listed = list(items)
    if any(_SEPARATORS.search(item) for item in listed):
        return "\n".join([*listed, ""])
    return ", ".join(listed)


def separated(cell: str) -> list[str]:
    """What ``joined`` was given, or what people put between commas and semicolons."""
    parts = cell.split("\n") if "\n" in cell else _SEPARATORS.split(cell)
    return [stripped for part in parts if (stripped := part.strip())]


def phones_in(cell: str, kind: str | None = None) -> list[Values]:
    """The phone numbers of a cell; a kind before the number tells it (``mobile 090-1234-5678``)."""
    parts = cell.split("\n")
    if len(parts) == 1:
        some = separated(cell)
        parts = some if all(sum(map(str.isdigit, part)) >= _MANY_DIGITS for part in some) else [cell]
    return [_phone(stripped, kind) for part in parts if (stripped := part.strip())]


def _phone(text: str, kind: str | None) -> Values:
    word, _, rest = text.partition(" ")
    told = word in checks.PHONE_KINDS and rest.strip()
    return {"number": rest.strip(), "kind": word} if told else {"number": text, "kind": kind}


def all_phones(phones: Iterable[Values]) -> str:
    """Every number with its kind, one a line."""
    return "\n".join(f"{phone['kind']} {checks.shown_phone(phone['number'])}" for phone in phones)


def flag_in(cell: str) -> bool:
    """Yes or no, in a word of either language. Fault."""
    word = folded(cell).strip()
    if word in _YES or word in _NO:
        return word in _YES
    raise checks.Fault("Must be yes or no (はい, いいえ; 1, 0; true, false).")


def day_in(cell: str) -> str | None:
    """A date as RFC 3339 writes it, from the ways in which it is written here. Fault."""
    text = unicodedata.normalize("NFKC", cell).strip().lower()
    if found := _DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
        return _day(*map(int, found.groups()))
    if found := _ERA_DAY.fullmatch(text):
        era, year, month, day = found.groups()
        return _day(_ERAS[era] + (1 if year == "元" else int(year)), int(month), int(day))
    raise checks.Fault("Must be a date, written like 2026-11-22 or 2026/11/22.")


def _day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise checks.Fault("There is no such date: write it like 2026-11-22.") from None


def whole_in(cell: str) -> int | None:
    """A whole number, with or without commas between thousands. Fault."""
    found = _WHOLE.fullmatch(unicodedata.normalize("NFKC", cell).strip())
    if not found:
        raise checks.Fault("Must be a whole number, like 1200 or 1,200.")
    return int(found[1].replace(",", "")[:20])


def owner_in(cell: str) -> str:
    """The id of whoever is in charge; names are not unique. Fault."""
    if (found := identity_or_none(cell)) is None:
        raise checks.Fault("Must be the id of a staff user or a group. Leave the column out, and it is you.")
    return found


def word_of(choices: Iterable[str]) -> Callable[[str], str]:
    """One of some words, whatever its case and width, with or without a full stop behind it."""
    known = {folded(choice).rstrip("."): choice for choice in choices}
    return lambda cell: known.get(folded(cell).strip().rstrip("."), cell.strip())


_READ: Mapping[Any, Callable[[str], Any]] = {
    checks.flag: flag_in,
    checks.day: day_in,
    checks.whole: whole_in,
    checks.addresses: lambda cell: [part for part in _BETWEEN_ADDRESSES.split(cell) if part],
    checks.phones: phones_in,
    checks.tags: separated,
    checks.lines: str,
    checks.owner: owner_in,
}
_CHOSEN = {name: word_of(choices) for name, choices in fields.CHOICES.items()}
EMPTY: Mapping[str, Any] = fields.empty(fields.CONTACT_FIELDS) | fields.empty(fields.ORGANIZATION_FIELDS)


def value_of(target: str, cell: str, known: Mapping[str, Any]) -> tuple[str, Any]:
    """The field that a cell belongs to, and what it says, as the API takes it. Fault.

    ``known``: the fields of the kind of record; what leads to none of them stays as it is.
    """
    if target in PHONES:
        return "phones", phones_in(cell, PHONES[target])
    if target in _CHOSEN:
        return target, _CHOSEN[target](cell)
    return target, _READ.get(known.get(target), _in_one_line)(cell)


def _in_one_line(cell: str) -> str:
    """Spreadsheets break long texts, such as postal addresses, into lines."""
    return _SPACES.sub(lambda found: " " if _BREAK.search(found[0]) else found[0], cell)


def cell_of(value: Any) -> str:
    """A value as a cell says it; phones and mail addresses have columns of their own."""
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, list):
        return joined(value)
    return "" if value is None else str(value)
