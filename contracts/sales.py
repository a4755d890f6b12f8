"""Events of sales: opportunities, quotes (見積書) and invoices (請求書)."""

from marshmallow import fields, validate

from contracts.base import EventContract, Record
from contracts.fields import identifier, many, text, word
from contracts.money import amount, currency

SALES = "sales"
# What is usual at each stage, in percent.
PROBABILITIES = {
    "Prospecting": 10,
    "Qualification": 10,
    "Needs Analysis": 20,
    "Value Proposition": 50,
    "Identify Decision Makers": 60,
    "Perception Analysis": 70,
    "Proposal or Price Quote": 75,
    "Negotiation or Review": 90,
    "Closed Won": 100,
    "Closed Lost": 0,
}
OPPORTUNITY_STAGES = tuple(PROBABILITIES)
QUOTE_STAGES = ("Created", "Delivered", "Reviewed", "Accepted", "Rejected")
INVOICE_STAGES = ("Created", "Approved", "Sent", "Paid", "Cancelled")


class OpportunityFacts(Record):
    """An opportunity as it now is. ``contact_id`` and ``organization_id``: whom it is with."""

    id = identifier()
    number = text(20)
    name = text()
    stage = word(*OPPORTUNITY_STAGES)
    probability = fields.Integer(required=True, strict=True, validate=validate.Range(0, 100))
    amount = amount(allow_none=True)
    currency = currency()
    expected_close = fields.Date(required=True, allow_none=True)
    contact_id = identifier(allow_none=True)
    organization_id = identifier(allow_none=True)
    lead_id = identifier(allow_none=True)


class DocumentFacts(Record):
    """What quotes and invoices have in common; ``total`` with tax."""

    id = identifier()
    number = text(20)
    subject = text()
    issue_date = fields.Date(required=True)
    currency = currency()
    total = amount()
    contact_id = identifier(allow_none=True)
    organization_id = identifier(allow_none=True)
    opportunity_id = identifier(allow_none=True)


class QuoteFacts(DocumentFacts):
    """A quote as it now is."""

    stage = word(*QUOTE_STAGES)
    valid_until = fields.Date(required=True, allow_none=True)


class InvoiceFacts(DocumentFacts):
    """An invoice as it now is; ``quote_id``: the quote that it was made of."""

    stage = word(*INVOICE_STAGES)
    due_date = fields.Date(required=True, allow_none=True)
    quote_id = identifier(allow_none=True)


class OpportunityOpened(EventContract):
    """Emitted when an opportunity was opened, by a person or by the conversion of a lead, once per opportunity."""

    type = "opportunity.opened.v1"
    source = SALES
    opportunity = fields.Nested(OpportunityFacts, required=True)


class OpportunityUpdated(EventContract):
    """Emitted when fields of an opportunity changed and it was neither won nor lost by that, once per save."""

    type = "opportunity.updated.v1"
    source = SALES
    opportunity = fields.Nested(OpportunityFacts, required=True)
    changed = many(text(100), 100)


class OpportunityWon(EventContract):
    """Emitted when an opportunity was won, once per time. ``reason`` may be empty."""

    type = "opportunity.won.v1"
    source = SALES
    opportunity = fields.Nested(OpportunityFacts, required=True)
    changed = many(text(100), 100)
    reason = text(1_000)


class OpportunityLost(EventContract):
    """Emitted when an opportunity was lost, once per time. ``reason`` may be empty."""

    type = "opportunity.lost.v1"
    source = SALES
    opportunity = fields.Nested(OpportunityFacts, required=True)
    changed = many(text(100), 100)
    reason = text(1_000)


class OpportunityDeleted(EventContract):
    """Emitted when an opportunity was put into the recycle bin, once per deletion."""

    type = "opportunity.deleted.v1"
    source = SALES
    opportunity = fields.Nested(OpportunityFacts, required=True)


class OpportunityRestored(EventContract):
    """Emitted when an opportunity came back from the recycle bin, once per restore."""

    type = "opportunity.restored.v1"
    source = SALES
    opportunity = fields.Nested(OpportunityFacts, required=True)


class QuoteCreated(EventContract):
    """Emitted when a quote was created, once per quote."""

    type = "quote.created.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)


class QuoteUpdated(EventContract):
    """Emitted when a quote changed in a way that no other event of quotes tells, once per save."""

    type = "quote.updated.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)
    changed = many(text(100), 100)


class QuoteDelivered(EventContract):
    """Emitted when a quote was given to the customer, once per time."""

    type = "quote.delivered.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)
    changed = many(text(100), 100)


class QuoteAccepted(EventContract):
    """Emitted when the customer accepted a quote, once per time."""

    type = "quote.accepted.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)
    changed = many(text(100), 100)


class QuoteRejected(EventContract):
    """Emitted when the customer rejected a quote, once per time."""

    type = "quote.rejected.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)
    changed = many(text(100), 100)


class QuoteDeleted(EventContract):
    """Emitted when a quote was put into the recycle bin, once per deletion."""

    type = "quote.deleted.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)


class QuoteRestored(EventContract):
    """Emitted when a quote came back from the recycle bin, once per restore."""

    type = "quote.restored.v1"
    source = SALES
    quote = fields.Nested(QuoteFacts, required=True)


class InvoiceCreated(EventContract):
    """Emitted when an invoice was created, by hand or of a quote, once per invoice."""

    type = "invoice.created.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)


class InvoiceUpdated(EventContract):
    """Emitted when an invoice changed in a way that no other event of invoices tells, once per save."""

    type = "invoice.updated.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)
    changed = many(text(100), 100)


class InvoiceIssued(EventContract):
    """Emitted when an invoice was sent to the customer, once per time."""

    type = "invoice.issued.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)
    changed = many(text(100), 100)


class InvoicePaid(EventContract):
    """Emitted when an invoice was paid, once per time."""

    type = "invoice.paid.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)
    changed = many(text(100), 100)


class InvoiceCancelled(EventContract):
    """Emitted when an invoice was cancelled, once per invoice."""

    type = "invoice.cancelled.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)
    changed = many(text(100), 100)


class InvoiceDeleted(EventContract):
    """Emitted when an invoice that was never issued was put into the recycle bin, once per deletion."""

    type = "invoice.deleted.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)


class InvoiceRestored(EventContract):
    """Emitted when an invoice came back from the recycle bin, once per restore."""

    type = "invoice.restored.v1"
    source = SALES
    invoice = fields.Nested(InvoiceFacts, required=True)
