"""The lines of a quote or an invoice in its form. What they come to is worked out by the API alone."""

from collections.abc import Iterable, Mapping
from itertools import islice, zip_longest
from typing import Any

from werkzeug.datastructures import MultiDict

from gateway.web.language import msg
from gateway.web.records import numbers

Line = list[str]

# In the order in which a line of a form holds them.
FIELDS = ("name", "description", "quantity", "unit", "unit_price", "discount", "tax_rate")
LABELS = {
    "name": msg("Product or service"),
    "description": msg("Further text"),
    "quantity": msg("Quantity"),
    "unit": msg("Unit"),
    "unit_price": msg("Unit price"),
    "discount": msg("Discount, as an amount"),
    "tax_rate": msg("Tax"),
}
EMPTY: Line = ["", "", "1", "", "", "", "10"]
# What has a line's own value without anybody having typed it.
SET = ("quantity", "tax_rate")
NUMBERS = ("quantity", "unit_price", "discount")
# The API takes as many; what is sent beyond shows its refusal.
MOST = 200
RATES = {"10": msg("10 %"), "8": msg("8 % (reduced)"), "0": msg("Exempt")}


def held(lines: Iterable[Mapping[str, Any]] | None) -> list[Line]:
    """The lines of a record as its form holds them."""
    return [[_text(name, line[name]) for name in FIELDS] for line in lines or []]


def _text(name: str, value: Any) -> str:
    return "" if name == "discount" and value == "0" else str(value)


def rows(form: MultiDict[str, str]) -> list[Line]:
    """Every line that came back from a browser, the empty ones too."""
    columns = [form.getlist(f"lines.{name}") for name in FIELDS]
    return [[text.replace("\r\n", "\n").strip() for text in row] for row in zip_longest(*columns, fillvalue="")]


def typed(form: MultiDict[str, str]) -> list[Line]:
    """Those in which something stands."""
    return [row for row in rows(form) if is_filled(row)]


def is_filled(row: Line) -> bool:
    """Whether anything stands in a line that nobody put there for the user."""
    return any(text for name, text in zip(FIELDS, row, strict=True) if name not in SET)


def sent(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """The lines as the API takes them; of too many so many that it says so."""
    return [_sent(dict(zip(FIELDS, row, strict=True))) for row in islice(lines, MOST + 1)]


def _sent(line: dict[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = line | {name: numbers.plain(line[name]) for name in NUMBERS}
    told["quantity"] = told["quantity"] or "1"
    told["discount"] = told["discount"] or "0"
    return told | {"tax_rate": int(line["tax_rate"]) if line["tax_rate"] in RATES else 10}
