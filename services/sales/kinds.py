"""The three kinds of record: their rows, what may be written into them, their events and how they are told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from chassis import clock
from contracts import (
    EventContract,
    InvoiceCancelled,
    InvoiceCreated,
    InvoiceDeleted,
    InvoiceIssued,
    InvoicePaid,
    InvoiceRestored,
    InvoiceUpdated,
    OpportunityDeleted,
    OpportunityLost,
    OpportunityOpened,
    OpportunityRestored,
    OpportunityUpdated,
    OpportunityWon,
    QuoteAccepted,
    QuoteCreated,
    QuoteDeleted,
    QuoteDelivered,
    QuoteRejected,
    QuoteRestored,
    QuoteUpdated,
)
from contracts.sales import InvoiceFacts, OpportunityFacts, QuoteFacts
from services.sales import domain, fields, tax
from services.sales.models import Invoice, Opportunity, Quote
from services.sales.money import amount

Values = dict[str, Any]
MONEY = ("amount", "net", "tax", "total")
HIDDEN = frozenset({"search", "original_contact_id", "original_organization_id"})
# Left out where many are told at once: a page of them would be megabytes.
LONG = frozenset({"lines", "rates", "notes", "recipient", "issuer"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record. ``reached``: the events of stages that have one of their own."""

    name: str
    model: Any
    schema: type[fields.Record]
    facts: tuple[str, ...]
    created: type[EventContract]
    updated: type[EventContract]
    deleted: type[EventContract]
    restored: type[EventContract]
    reached: Mapping[str, type[EventContract]]

    @property
    def is_document(self) -> bool:
        """Whether it is written on paper: a quote or an invoice."""
        return self.model is not Opportunity

    @property
    def filters(self) -> type[fields.Filters]:
        """By what a list of them may be narrowed down."""
        return fields.DocumentFilters if self.is_document else fields.Filters


OPPORTUNITY = Kind(
    name="opportunity",
    model=Opportunity,
    schema=fields.Opportunity,
    facts=tuple(OpportunityFacts().fields),
    created=OpportunityOpened,
    updated=OpportunityUpdated,
    deleted=OpportunityDeleted,
    restored=OpportunityRestored,
    reached={domain.WON: OpportunityWon, domain.LOST: OpportunityLost},
)
QUOTE = Kind(
    name="quote",
    model=Quote,
    schema=fields.Quote,
    facts=tuple(QuoteFacts().fields),
    created=QuoteCreated,
    updated=QuoteUpdated,
    deleted=QuoteDeleted,
    restored=QuoteRestored,
    reached={"Delivered": QuoteDelivered, "Accepted": QuoteAccepted, "Rejected": QuoteRejected},
)
INVOICE = Kind(
    name="invoice",
    model=Invoice,
    schema=fields.Invoice,
    facts=tuple(InvoiceFacts().fields),
    created=InvoiceCreated,
    updated=InvoiceUpdated,
    deleted=InvoiceDeleted,
    restored=InvoiceRestored,
    reached={"Sent": InvoiceIssued, "Paid": InvoicePaid, "Cancelled": InvoiceCancelled},
)


def facts(kind: Kind, values: Values) -> Values:
    """The block of an event that tells the record as it now is."""
    told = wire(kind, values, whole=False)
    return {kind.name: {name: told[name] for name in kind.facts}}


def wire(kind: Kind, values: Values, *, whole: bool = True) -> Values:
    """A record as callers get it; without what makes it long unless ``whole``."""
    hidden = HIDDEN if whole else HIDDEN | LONG
    told = {name: _wire_value(value) for name, value in values.items() if name not in hidden}
    told |= {name: amount(values[name], values["currency"]) for name in MONEY if name in values}
    told |= {"kind": kind.name, "number": domain.number(kind.name, values["number"])}
    if whole and kind.is_document:
        told |= {"lines": _lines(values), "rates": _rates(values)}
        told["following"] = list(domain.FOLLOWING[kind.name][values["stage"]])
    return told


def worked_out(row: Values) -> Values:
    """What the lines of a document come to, in minor units. Invalid where they cannot be added up."""
    for position, line in enumerate(row["lines"]):
        fields.minor(line["discount"], row["currency"], f"lines.{position}.discount")
    sums = tax.totals(
        row["lines"], currency=row["currency"], tax_included=row["tax_included"], rounding=row["rounding"]
    )
    return {"rates": sums.rates, "net": sums.net, "tax": sums.tax, "total": sums.total}


def added_up(row: Values) -> Values:
    """The same as callers get it, with what each line comes to."""
    values = {**row, **worked_out(row)}
    sums = {name: amount(values[name], values["currency"]) for name in ("net", "tax", "total")}
    return {"currency": values["currency"], "lines": _lines(values), "rates": _rates(values), **sums}


def _lines(values: Values) -> list[Values]:
    """The lines with what each comes to."""
    currency, mode = values["currency"], values["rounding"]
    return [{**line, "amount": amount(tax.line_amount(line, currency, mode), currency)} for line in values["lines"]]


def _rates(values: Values) -> list[Values]:
    return [
        {"rate": each["rate"], **{part: amount(each[part], values["currency"]) for part in ("net", "tax")}}
        for each in values["rates"]
    ]


def _wire_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.wire(value)
    return value.isoformat() if isinstance(value, date) else value
