"""The fields of a ticket, as its form and its page show them."""

from typing import Any

from gateway.web.language import gettext, msg
from gateway.web.records.kinds import Block, Kind
from gateway.web.tables import Column

Values = dict[str, Any]

STATUSES = ("Open", "In Progress", "Wait For Response", "Closed")
PRIORITIES = ("Low", "Normal", "High", "Urgent")
SEVERITIES = ("Minor", "Major", "Feature", "Critical")
CATEGORIES = ("Big Problem", "Small Problem", "Other Problem")
# Words that other records do not have.
WORDS = {
    "Normal": msg("Normal"),
    "Urgent": msg("Urgent"),
    "Minor": msg("Minor"),
    "Major": msg("Major"),
    "Feature": msg("Wish"),
    "Critical": msg("Critical"),
    "Big Problem": msg("Big problem"),
    "Small Problem": msg("Small problem"),
    "Other Problem": msg("Other problem"),
}
ONE = msg("A ticket is for one customer: take the others out.")


def _into_form(record: Values) -> Values:
    return {**record, "customer": [record["customer"]] if record.get("customer") else []}


def _from_form(values: Values, body: Values) -> Values:
    """One customer or none; what is left open is none, too."""
    told: Values = {name: body[name] or None for name in ("severity", "category") if name in body}
    if "customer" in body:
        told["customer"] = body["customer"][0] if body["customer"] else None
    return {**body, **told}


def _faults(values: Values) -> dict[str, list[str]]:
    return {"customer": [gettext(ONE)]} if len(values["customer"]) > 1 else {}


TICKET = Kind(
    name="ticket",
    plural="tickets",
    page="tickets.show",
    icon="ticket",
    new=msg("New ticket"),
    edit=msg("Edit the ticket"),
    heading=Block(msg("What it is about"), (Column("title", msg("Subject")),), open=True),
    blocks=(
        Block(
            msg("How far it is"),
            (
                Column("status", msg("Status"), "choice"),
                Column("priority", msg("Priority"), "choice"),
                Column("severity", msg("Severity"), "choice"),
                Column("category", msg("Category"), "choice"),
                Column("assigned_to", msg("In charge"), "owner"),
                Column("needs_review", msg("A person has to look at it"), "flag"),
            ),
            open=True,
        ),
        Block(
            msg("Who asks"),
            (
                Column("customer", msg("Customer"), "records"),
                Column("requester_name", msg("Name of who asks")),
                Column("requester_address", msg("Mail address of who asks")),
            ),
            open=True,
        ),
        Block(msg("Description"), (Column("description", msg("Description"), "lines"),), open=True),
    ),
    told=Block(
        msg("Record"),
        (
            Column("number", msg("Number")),
            Column("source", msg("Source")),
            Column("created_at", msg("Created"), "full_moment"),
            Column("updated_at", msg("Changed"), "full_moment"),
        ),
    ),
    needed=frozenset({"title", "status", "priority"}),
    choices={"status": STATUSES, "priority": PRIORITIES, "severity": SEVERITIES, "category": CATEGORIES},
    begin={"status": "Open", "priority": "Normal"},
    into_form=_into_form,
    from_form=_from_form,
    faults=_faults,
    stays=True,
)
