"""What to do that sales publishes each of its events."""

from collections.abc import Callable
from functools import partial
from typing import Any

import contracts
from contracts.base import EventContract
from tests.contracts.office import Office

BUYER = {"last_name": "田中", "first_name": "花子", "addresses": ["hanako@abc.example"]}
US = {"name": "株式会社よつば計測", "address": "東京都千代田区外神田1-2-3"}
LINES = [{"name": "温湿度計 TH-20", "quantity": "2", "unit": "台", "unit_price": "12500"}]
DAY = "2026-11-30"

Record = dict[str, Any]


def opportunity(office: Office) -> Record:
    organization = office.contacts.create_organization(data={"name": "株式会社エービーシー"})
    contact = office.contacts.create_contact(data={**BUYER, "organization_id": organization["id"]})
    data = {"name": "温湿度計の入れ替え", "amount": "250000", "contact_id": contact["id"], "expected_close": DAY}
    return dict(office.sales.open_opportunity(data=data))


def paper(office: Office, kind: str) -> Record:
    office.sales.update_issuer(data=US, version=0)
    day = "valid_until" if kind == "quote" else "due_date"
    dates = {"issue_date": "2026-11-22", day: DAY}
    data = {"opportunity_id": opportunity(office)["id"], "lines": LINES, **dates}
    return dict(getattr(office.sales, f"create_{kind}")(data=data))


def quote(office: Office) -> Record:
    return paper(office, "quote")


def invoice(office: Office) -> Record:
    made = paper(office, "quote")
    dates = {"issue_date": "2026-11-22", "due_date": DAY}
    return dict(office.sales.invoice_quote(id=made["id"], data=dates))


MAKING: dict[str, Callable[[Office], Record]] = {"opportunity": opportunity, "quote": quote, "invoice": invoice}


def change(kind: str, *changes: Record) -> Callable[[Office], None]:
    def changing(office: Office) -> None:
        record = MAKING[kind](office)
        for data in changes:
            update = getattr(office.sales, f"update_{kind}")
            record = update(id=record["id"], data=data, version=record["version"])

    return changing


def delete(kind: str, office: Office) -> str:
    record_id = str(MAKING[kind](office)["id"])
    getattr(office.sales, f"delete_{kind}")(id=record_id)
    return record_id


def restore(kind: str, office: Office) -> None:
    getattr(office.sales, f"restore_{kind}")(id=delete(kind, office))


SELLING: dict[type[EventContract], Callable[[Office], Any]] = {
    contracts.InvoiceCancelled: change("invoice", {"stage": "Cancelled"}),
    contracts.InvoiceCreated: invoice,
    contracts.InvoiceDeleted: partial(delete, "invoice"),
    contracts.InvoiceIssued: change("invoice", {"stage": "Sent"}),
    contracts.InvoicePaid: change("invoice", {"stage": "Sent"}, {"stage": "Paid"}),
    contracts.InvoiceRestored: partial(restore, "invoice"),
    contracts.InvoiceUpdated: change("invoice", {"notes": "振込手数料はご負担ください。"}),
    contracts.OpportunityDeleted: partial(delete, "opportunity"),
    contracts.OpportunityLost: change("opportunity", {"stage": "Closed Lost", "closing_reason": "予算が付かず"}),
    contracts.OpportunityOpened: opportunity,
    contracts.OpportunityRestored: partial(restore, "opportunity"),
    contracts.OpportunityUpdated: change("opportunity", {"stage": "Negotiation or Review"}),
    contracts.OpportunityWon: change("opportunity", {"stage": "Closed Won", "closing_reason": "納期"}),
    contracts.QuoteAccepted: change("quote", {"stage": "Accepted"}),
    contracts.QuoteCreated: quote,
    contracts.QuoteDeleted: partial(delete, "quote"),
    contracts.QuoteDelivered: change("quote", {"stage": "Delivered"}),
    contracts.QuoteRejected: change("quote", {"stage": "Rejected"}),
    contracts.QuoteRestored: partial(restore, "quote"),
    contracts.QuoteUpdated: change("quote", {"notes": "納期は2週間です。"}),
}
