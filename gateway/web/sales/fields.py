"""The fields of opportunities, quotes and invoices, as their forms and pages show them."""

from dataclasses import replace

from gateway.web.language import msg
from gateway.web.records.kinds import Block, Kind
from gateway.web.tables import Column

OPPORTUNITY_STAGES = (
    *("Prospecting", "Qualification", "Needs Analysis", "Value Proposition", "Identify Decision Makers"),
    *("Perception Analysis", "Proposal or Price Quote", "Negotiation or Review", "Closed Won", "Closed Lost"),
)
LEAD_SOURCES = (
    *("Cold Call", "Existing Customer", "Self Generated", "Employee", "Partner", "Public Relations", "Direct Mail"),
    *("Conference", "Trade Show", "Web Site", "Word of mouth", "Other"),
)
# Those that are offered; a record that has another one keeps it.
CURRENCIES = ("JPY", "USD", "EUR", "GBP", "CNY", "KRW", "TWD", "AUD", "SGD", "THB", "VND")

WHOM = (
    Column("contact_id", msg("Contact"), "contact"),
    Column("organization_id", msg("Organization"), "organization"),
)
RECORD = Block(
    msg("Record"),
    (
        Column("number", msg("Number")),
        Column("created_at", msg("Created"), "full_moment"),
        Column("updated_at", msg("Changed"), "full_moment"),
        Column("modified_by", msg("Changed by"), "owner"),
    ),
)
OPPORTUNITY = Kind(
    name="opportunity",
    plural="opportunities",
    page="opportunities.show",
    icon="target",
    new=msg("New opportunity"),
    edit=msg("Edit the opportunity"),
    heading=Block(msg("What it is about"), (Column("name", msg("Name of the opportunity")),), open=True),
    blocks=(
        Block(
            msg("How far it is"),
            (
                Column("stage", msg("Stage"), "choice"),
                Column("probability", msg("Probability in percent"), "number"),
                Column("amount", msg("Amount"), "money"),
                Column("currency", msg("Currency"), "choice"),
                Column("expected_close", msg("Expected to close on"), "day"),
                Column("next_step", msg("Next step")),
            ),
            open=True,
        ),
        Block(
            msg("With whom"),
            (
                *WHOM,
                Column("owner_id", msg("In charge"), "owner"),
                Column("lead_source", msg("Lead source"), "choice"),
            ),
            open=True,
        ),
        Block(
            msg("Description and reason"),
            (
                Column("description", msg("Description"), "lines"),
                Column("closing_reason", msg("Why it was won or lost"), "lines"),
            ),
        ),
    ),
    told=replace(RECORD, columns=(*RECORD.columns, Column("closed_on", msg("Closed on"), "day"))),
    needed=frozenset({"name", "stage", "currency"}),
    choices={"stage": OPPORTUNITY_STAGES, "currency": CURRENCIES, "lead_source": LEAD_SOURCES},
    begin={"stage": "Prospecting", "currency": "JPY"},
    stays=True,
)
TO_WHOM = Block(msg("To whom"), (*WHOM, Column("opportunity_id", msg("Opportunity"), "opportunity")), open=True)
LINES = Block(
    msg("Lines"),
    (
        Column("lines", msg("Lines"), "line_items"),
        Column("tax_included", msg("Prices include tax"), "flag"),
        Column("currency", msg("Currency"), "choice"),
    ),
    open=True,
)
NOTES = Block(
    msg("Notes and who is in charge"),
    (Column("notes", msg("Notes on the paper"), "lines"), Column("owner_id", msg("In charge"), "owner")),
)


def _dates(name: str, label: str) -> Block:
    return Block(msg("Dates"), (Column("issue_date", msg("Issued on"), "day"), Column(name, label, "day")), open=True)


QUOTE = Kind(
    name="quote",
    plural="quotes",
    page="quotes.show",
    icon="file-text",
    new=msg("New quote"),
    edit=msg("Edit the quote"),
    heading=Block(msg("What it is about"), (Column("subject", msg("Subject")),), open=True),
    blocks=(TO_WHOM, _dates("valid_until", msg("Valid until")), LINES, NOTES),
    told=RECORD,
    needed=frozenset({"subject", "currency"}),
    choices={"currency": CURRENCIES},
    begin={"currency": "JPY"},
)
INVOICE = replace(
    QUOTE,
    name="invoice",
    plural="invoices",
    page="invoices.show",
    icon="file-invoice",
    new=msg("New invoice"),
    edit=msg("Edit the invoice"),
    blocks=(TO_WHOM, _dates("due_date", msg("Due on")), LINES, NOTES),
    told=replace(RECORD, columns=(*RECORD.columns, Column("quote_id", msg("Made of"), "quote"))),
)
KINDS = {kind.plural: kind for kind in (OPPORTUNITY, QUOTE, INVOICE)}
