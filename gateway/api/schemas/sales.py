"""Opportunities, quotes, invoices, and who issues them. Money is a decimal string: "110000", "12.50"."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from contracts.money import CURRENCIES
from contracts.sales import INVOICE_STAGES, OPPORTUNITY_STAGES, QUOTE_STAGES
from gateway.api.schemas.common import Identifier, Owner, SearchQuery, YesNo, choice, moment, page, told, words
from gateway.api.schemas.issuer import ROUNDINGS, Issuer
from gateway.api.schemas.people import MAX_DESCRIPTION, day

TAX_RATES = (10, 8, 0)
MAX_LINES = 200
LANGUAGES = ("ja", "en")


class Number(fields.String):
    """A decimal number that is taken: a string, or a whole JSON number; never one with a fraction."""

    def __init__(self, **kwargs: Any) -> None:
        said = {"type": ["string", "integer"], **kwargs.pop("metadata", {})}
        super().__init__(metadata=said, **kwargs)

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValidationError('Must be a decimal number as a string, such as "1200" or "2.5".')
        return super()._deserialize(value, *args, **kwargs)


def number(places: int, digits: int = 13, *, negative: bool = False, **kwargs: Any) -> Number:
    """A decimal number with at most so many places."""
    decimals = rf"(\.[0-9]{{1,{places}}})?" if places else ""
    shape = rf"^{'-?' if negative else ''}[0-9]{{1,{digits}}}{decimals}$"
    error = f'Must be a decimal number with at most {places} decimals, such as "1200".'
    return Number(validate=validate.Regexp(shape, error=error), **kwargs)


def stage(*stages: str, **kwargs: Any) -> fields.String:
    """A stage, taken."""
    return choice(*stages, **kwargs)


class SalesQuery(SearchQuery):
    """Which records."""

    deleted = fields.Boolean(load_default=None, metadata={"description": "Those in the recycle bin"})
    contact_id = Identifier(load_default=None)
    organization_id = Identifier(load_default=None)


class OpportunityQuery(SalesQuery):
    """Which opportunities."""

    stage = stage(*OPPORTUNITY_STAGES, load_default=None)


class QuoteQuery(SalesQuery):
    """Which quotes."""

    stage = stage(*QUOTE_STAGES, load_default=None)
    opportunity_id = Identifier(load_default=None)


class InvoiceQuery(SalesQuery):
    """Which invoices."""

    stage = stage(*INVOICE_STAGES, load_default=None)
    opportunity_id = Identifier(load_default=None)


class SalesRecordIn(Schema):
    """What can be said of all three kinds."""

    contact_id = Identifier(allow_none=True)
    organization_id = Identifier(allow_none=True, metadata={"description": "Left out: the contact's own"})
    owner_id = Owner()
    currency = choice(*CURRENCIES, metadata={"description": "ISO 4217; JPY"})


class OpportunityChange(SalesRecordIn):
    """What may change of an opportunity; what is left out stays."""

    name = words(255, least=1)
    amount = number(3, allow_none=True)
    stage = stage(*OPPORTUNITY_STAGES)
    probability = fields.Integer(strict=True, validate=validate.Range(0, 100), metadata={"description": "Percent"})
    expected_close = day()
    lead_source = words(50)
    next_step = words(1_000)
    closing_reason = words(1_000, metadata={"description": "Why it was won or lost"})
    description = words(MAX_DESCRIPTION)


class OpportunityIn(OpportunityChange):
    """A new opportunity."""

    name = words(255, least=1, required=True)


class OpportunityOfLead(OpportunityChange):
    """An opportunity that a lead's conversion opens, with the contact and the organization that it makes."""

    class Meta:
        """Whom it is with is what the conversion makes."""

        exclude = ("contact_id", "organization_id")


class LineIn(Schema):
    """A line of a quote or an invoice; what it comes to is worked out."""

    name = words(255, least=1, required=True)
    description = words(500)
    quantity = number(3, 7)
    unit = words(20)
    unit_price = number(4, negative=True, required=True)
    discount = number(3, metadata={"description": "An amount that is taken off the line"})
    tax_rate = fields.Integer(
        strict=True,
        validate=validate.OneOf(TAX_RATES),
        metadata={"description": "Percent: 10, 8 (reduced, 軽減税率) or 0 (exempt)"},
    )


class DocumentChange(SalesRecordIn):
    """What may change of a quote or an invoice; what stands on the paper stays once it is issued."""

    subject = words(255, least=1)
    issue_date = day()
    opportunity_id = Identifier(allow_none=True)
    tax_included = YesNo(metadata={"description": "Prices are with tax (税込)"})
    lines = fields.List(fields.Nested(LineIn), validate=validate.Length(max=MAX_LINES))
    notes = words(2_000)


class QuoteChange(DocumentChange):
    """What may change of a quote."""

    stage = stage(*QUOTE_STAGES)
    valid_until = day()


class QuoteIn(DocumentChange):
    """A new quote. Of an opportunity, what is left out is taken from it."""

    valid_until = day()


class InvoiceChange(DocumentChange):
    """What may change of an invoice."""

    stage = stage(*INVOICE_STAGES)
    due_date = day()


class InvoiceIn(DocumentChange):
    """A new invoice. Of an opportunity, what is left out is taken from it."""

    due_date = day()


class InvoiceDates(Schema):
    """The dates of an invoice that is made of a quote."""

    issue_date = day()
    due_date = day()


class SalesRecordOut(Schema):
    """What all three kinds have."""

    id = Identifier(required=True)
    number = told(required=True)
    version = fields.Integer(required=True)
    stage = told(required=True)
    contact_id = Identifier(allow_none=True)
    organization_id = Identifier(allow_none=True)
    currency = told(required=True)
    owner_id = told(allow_none=True)
    modified_by = told(allow_none=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)
    deleted_at = moment(allow_none=True)


class Opportunity(SalesRecordOut):
    """A sale that may come about."""

    name = told(required=True)
    amount = told(allow_none=True)
    probability = fields.Integer()
    expected_close = day()
    lead_source = told()
    next_step = told()
    closing_reason = told()
    closed_on = day()
    description = told()
    lead_id = Identifier(allow_none=True)


class Line(LineIn):
    """A line, and what it comes to without tax of its own."""

    amount = told()


class Rate(Schema):
    """What the lines of one tax rate come to; tax is rounded once for each."""

    rate = fields.Integer()
    net = told()
    tax = told()


class TotalsIn(Schema):
    """Lines that are to be added up. ``rounding``: of a document that is there; left out: the issuer's."""

    currency = choice(*CURRENCIES, metadata={"description": "ISO 4217; JPY"})
    tax_included = YesNo(metadata={"description": "Prices are with tax (税込)"})
    rounding = choice(*ROUNDINGS)
    lines = fields.List(fields.Nested(LineIn), validate=validate.Length(max=MAX_LINES))


class Totals(Schema):
    """What lines come to: each, all of one tax rate, and all together."""

    currency = told(required=True)
    lines = fields.List(fields.Nested(Line), required=True)
    rates = fields.List(fields.Nested(Rate), required=True)
    net = told(required=True)
    tax = told(required=True)
    total = told(required=True)


class Recipient(Schema):
    """Whom the document is addressed to, as on the day it was issued."""

    organization = told()
    department = told()
    title = told()
    name = told()
    postal_code = told()
    address = told()


class DocumentOut(SalesRecordOut):
    """A quote or an invoice. In lists without lines, rates, notes, recipient, issuer and following."""

    subject = told(required=True)
    issue_date = day()
    opportunity_id = Identifier(allow_none=True)
    tax_included = fields.Boolean()
    rounding = told()
    lines = fields.List(fields.Nested(Line))
    notes = told()
    rates = fields.List(fields.Nested(Rate))
    net = told()
    tax = told()
    total = told()
    recipient = fields.Nested(Recipient)
    issuer = fields.Nested(Issuer, allow_none=True, metadata={"description": "Null until it is issued"})
    following = fields.List(fields.String(), metadata={"description": "The stages that it can go to; not in lists"})


class Quote(DocumentOut):
    """A quote (見積書)."""

    valid_until = day()


class Invoice(DocumentOut):
    """An invoice (請求書)."""

    due_date = day()
    quote_id = Identifier(allow_none=True)


class PrintQuery(Schema):
    """How a document is printed."""

    language = choice(*LANGUAGES, load_default="ja")


OpportunityPage = page(Opportunity)
QuotePage = page(Quote)
InvoicePage = page(Invoice)
