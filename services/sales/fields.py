"""What people may write into opportunities, quotes, invoices and the issuer's settings. Pure: checks, bounds.

The values that come out are those that are kept: dates as ``date``, amounts in minor units, lines as plain JSON.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from contracts.errors import Invalid
from contracts.fields import identity_or_none
from contracts.money import CURRENCIES, MINOR_DIGITS
from contracts.sales import INVOICE_STAGES, OPPORTUNITY_STAGES, QUOTE_STAGES
from services.sales import tax
from services.sales.money import Fault, decimal, scaled

Values = dict[str, Any]

LANGUAGES = ("ja", "en")
MAX_LINES = 200
MAX_LINE_TEXT = 500
MAX_NOTES = 2_000
MAX_DESCRIPTION = 50_000
MAX_AMOUNT = 10**12
MAX_QUANTITY = 10**6
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2999, 12, 31)
LEAD_SOURCES = (
    "",
    "Cold Call",
    "Existing Customer",
    "Self Generated",
    "Employee",
    "Partner",
    "Public Relations",
    "Direct Mail",
    "Conference",
    "Trade Show",
    "Web Site",
    "Word of mouth",
    "Other",
)
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_BREAKS = re.compile(r"[\t\r\n\u2028\u2029]")


class Text(fields.String):
    """A trimmed text without control characters; of one line unless ``lines``."""

    def __init__(self, limit: int = 255, *, least: int = 0, lines: bool = False, **kwargs: Any) -> None:
        super().__init__(validate=validate.Length(min=least, max=limit), **kwargs)
        self.lines = lines

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, *args, **kwargs)).replace("\r\n", "\n").strip()
        if _UNSTORABLE.search(text):
            raise ValidationError("Holds control characters or halves of characters: take them out.")
        if not self.lines and _BREAKS.search(text):
            raise ValidationError("Must be one line: take the line breaks and tabs out.")
        return text


class Number(fields.Field[str]):
    """A decimal number with at most ``places`` decimals, as a string; ``most``: the largest, in whole units."""

    def __init__(self, places: int, *, most: int, least: int = 0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.places, self.least, self.most = places, least, most

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        try:
            number = scaled(value, self.places)
        except Fault as fault:
            raise ValidationError(str(fault)) from fault
        if not self.least * 10**self.places <= number <= self.most * 10**self.places:
            raise ValidationError(f"Must be from {self.least:,} to {self.most:,}.")
        return decimal(number, self.places)


class Day(fields.Date):
    """A date, RFC 3339 full-date, of a year that documents have."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        found = super()._deserialize(value, *args, **kwargs)
        if not FIRST_DAY <= found <= LAST_DAY:
            raise ValidationError(f"Must be a date between {FIRST_DAY:%Y} and {LAST_DAY:%Y}.")
        return found


class Identity(fields.Field[str]):
    """The id of a record, or null."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> str:
        if (found := identity_or_none(value)) is None:
            raise ValidationError("Must be the id of a record.")
        return found


class Strict(Schema):
    """A mistyped field is refused, not lost."""

    class Meta:
        """What is not named here is refused."""

        unknown = RAISE


class Line(Strict):
    """A line. ``quantity`` up to 3 decimals, ``unit_price`` up to 4; ``discount`` is taken off the line."""

    name = Text(least=1, required=True)
    description = Text(MAX_LINE_TEXT, lines=True, load_default="")
    quantity = Number(tax.QUANTITY_PLACES, most=MAX_QUANTITY, load_default="1")
    unit = Text(20, load_default="")
    unit_price = Number(tax.PRICE_PLACES, most=MAX_AMOUNT, least=-MAX_AMOUNT, required=True)
    discount = Number(3, most=MAX_AMOUNT, load_default="0")
    tax_rate = fields.Integer(strict=True, validate=validate.OneOf(tax.RATES), load_default=tax.STANDARD)


class Record(Strict):
    """What all three kinds have."""

    contact_id = Identity(allow_none=True)
    organization_id = Identity(allow_none=True)
    owner_id = Text(64, allow_none=True)
    currency = fields.String(validate=validate.OneOf(CURRENCIES, error="Must be a currency of ISO 4217, such as JPY."))


class Opportunity(Record):
    """An opportunity."""

    name = Text(least=1)
    amount = Number(3, most=MAX_AMOUNT, allow_none=True)
    stage = fields.String(validate=validate.OneOf(OPPORTUNITY_STAGES))
    probability = fields.Integer(strict=True, validate=validate.Range(0, 100))
    expected_close = Day(allow_none=True)
    lead_source = fields.String(validate=validate.OneOf(LEAD_SOURCES))
    next_step = Text(1_000)
    closing_reason = Text(1_000, lines=True)
    description = Text(MAX_DESCRIPTION, lines=True)


class Document(Record):
    """What quotes and invoices have in common."""

    subject = Text(least=1)
    issue_date = Day()
    opportunity_id = Identity(allow_none=True)
    tax_included = fields.Boolean(truthy={True}, falsy={False})
    lines = fields.List(fields.Nested(Line), validate=validate.Length(max=MAX_LINES))
    notes = Text(MAX_NOTES, lines=True)


class Quote(Document):
    """A quote."""

    stage = fields.String(validate=validate.OneOf(QUOTE_STAGES))
    valid_until = Day(allow_none=True)


class Invoice(Document):
    """An invoice."""

    stage = fields.String(validate=validate.OneOf(INVOICE_STAGES))
    due_date = Day(allow_none=True)


class Sum(Strict):
    """Lines that are to be added up, as a document adds its own up."""

    currency = fields.String(
        validate=validate.OneOf(CURRENCIES, error="Must be a currency of ISO 4217, such as JPY."), load_default="JPY"
    )
    tax_included = fields.Boolean(truthy={True}, falsy={False}, load_default=False)
    rounding = fields.String(validate=validate.OneOf(tax.ROUNDINGS))
    lines = fields.List(fields.Nested(Line), validate=validate.Length(max=MAX_LINES), load_default=list)


class InvoiceDates(Strict):
    """What may be said of an invoice that is made of a quote."""

    issue_date = Day()
    due_date = Day(allow_none=True)


class Print(Strict):
    """How a document is printed. ``etag``: of the print that the caller has."""

    language = fields.String(validate=validate.OneOf(LANGUAGES))
    etag = fields.String(allow_none=True, validate=validate.Length(max=100))


class Filters(Strict):
    """By what a list may be narrowed down."""

    contact_id = Identity(allow_none=True)
    organization_id = Identity(allow_none=True)
    stage = fields.String(allow_none=True, validate=validate.Length(max=40))


class DocumentFilters(Filters):
    """The same for quotes and invoices."""

    opportunity_id = Identity(allow_none=True)


def checked(schema: type[Schema], data: Any) -> Values:
    """The values that ``data`` names, checked. Invalid names each fault by its field (``lines.0.name``)."""
    try:
        values: Values = schema().load(data)
    except ValidationError as error:
        faults = dict(_flat(error.messages))
        raise Invalid("The record cannot be saved: correct the fields that are named.", fields=faults) from error
    return values


def _flat(messages: Any, path: str = "") -> list[tuple[str, list[str]]]:
    """Faults by the path of their field."""
    if not isinstance(messages, Mapping):
        return [(path or "data", [str(message) for message in messages])]
    found: list[tuple[str, list[str]]] = []
    for name, inner in messages.items():
        found += _flat(inner, f"{path}.{name}" if path else str(name)[:100])
    return found


def minor(value: str, currency: str, field: str) -> int:
    """An amount in minor units. Invalid if the currency has no such small ones."""
    try:
        return scaled(value, MINOR_DIGITS[currency])
    except Fault as fault:
        sentence = f"{currency}: {fault}"
        raise Invalid(
            "The record cannot be saved: correct the fields that are named.", fields={field: [sentence]}
        ) from fault
