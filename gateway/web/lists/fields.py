"""What the fields of contacts and organizations are called, how they are shown, and what their words mean."""

from collections.abc import Iterable

from gateway.web.language import msg
from gateway.web.tables import Column

PLACE_PARTS = ("postal_code", "state", "city", "street", "po_box", "country")

# Label and, where it is no plain text, the kind of its cell (shell/cells.html).
_COMMON = {
    "number": (msg("Number"), "text"),
    "addresses": (msg("Mail address"), "addresses"),
    "phones": (msg("Phone"), "phones"),
    "description": (msg("Description"), "short"),
    "owner_id": (msg("In charge"), "owner"),
    "source": (msg("Source"), "text"),
    "tags": (msg("Tags"), "tags"),
    "email_opt_out": (msg("No marketing mails"), "flag"),
    "notify_owner": (msg("Notify who is in charge"), "flag"),
    "created_at": (msg("Created"), "moment"),
    "updated_at": (msg("Changed"), "moment"),
    "modified_by": (msg("Changed by"), "owner"),
}
_CONTACT = {
    "salutation": (msg("Salutation"), "text"),
    "last_name": (msg("Last name"), "text"),
    "first_name": (msg("First name"), "text"),
    "last_name_kana": (msg("Furigana of the last name"), "text"),
    "first_name_kana": (msg("Furigana of the first name"), "text"),
    "title": (msg("Title"), "text"),
    "department": (msg("Department"), "text"),
    "organization_id": (msg("Organization"), "organization"),
    "organization_name": (msg("Name of the organization"), "text"),
    "reports_to_id": (msg("Reports to"), "contact"),
    "decision_maker": (msg("Decides"), "flag"),
    "lead_source": (msg("Lead source"), "choice"),
    "birthday": (msg("Birthday"), "short_day"),
    "assistant": (msg("Assistant"), "text"),
    "do_not_call": (msg("Do not call"), "flag"),
    "reference": (msg("Reference customer"), "flag"),
    "last_action_on": (msg("Last action"), "short_day"),
    "portal": (msg("Portal user"), "flag"),
    "support_start": (msg("Support begins"), "short_day"),
    "support_end": (msg("Support ends"), "short_day"),
    "mailing_postal_code": (msg("Lives in: postal code"), "text"),
    "mailing_state": (msg("Lives in: prefecture, state"), "text"),
    "mailing_city": (msg("Lives in: city"), "text"),
    "mailing_street": (msg("Lives in: street"), "text"),
    "mailing_po_box": (msg("Lives in: P.O. box"), "text"),
    "mailing_country": (msg("Lives in: country"), "text"),
    "other_postal_code": (msg("Other address: postal code"), "text"),
    "other_state": (msg("Other address: prefecture, state"), "text"),
    "other_city": (msg("Other address: city"), "text"),
    "other_street": (msg("Other address: street"), "text"),
    "other_po_box": (msg("Other address: P.O. box"), "text"),
    "other_country": (msg("Other address: country"), "text"),
}
_ORGANIZATION = {
    "name": (msg("Name"), "text"),
    "website": (msg("Website"), "text"),
    "ticker_symbol": (msg("Securities code"), "text"),
    "ownership": (msg("Ownership"), "text"),
    "employees": (msg("Employees"), "number"),
    "annual_revenue": (msg("Annual revenue"), "number"),
    "industry": (msg("Industry"), "text"),
    "type": (msg("Kind of relation"), "choice"),
    "rating": (msg("Rating"), "choice"),
    "sic_code": (msg("Industry code"), "text"),
    "member_of_id": (msg("Belongs to"), "organization"),
    "billing_postal_code": (msg("Located in: postal code"), "text"),
    "billing_state": (msg("Located in: prefecture, state"), "text"),
    "billing_city": (msg("Located in: city"), "text"),
    "billing_street": (msg("Located in: street"), "text"),
    "billing_po_box": (msg("Located in: P.O. box"), "text"),
    "billing_country": (msg("Located in: country"), "text"),
    "shipping_postal_code": (msg("Delivery: postal code"), "text"),
    "shipping_state": (msg("Delivery: prefecture, state"), "text"),
    "shipping_city": (msg("Delivery: city"), "text"),
    "shipping_street": (msg("Delivery: street"), "text"),
    "shipping_po_box": (msg("Delivery: P.O. box"), "text"),
    "shipping_country": (msg("Delivery: country"), "text"),
}
_ALL = {**_COMMON, **_CONTACT, **_ORGANIZATION}
# What most people ask for stands first.
CONTACT_GROUPS = (
    (
        msg("Often used"),
        ("last_name", "title", "organization_name", "mailing_state", "mailing_city", "owner_id", "tags", "created_at"),
    ),
    (
        msg("Person"),
        (
            *("first_name", "last_name_kana", "first_name_kana", "salutation", "department", "organization_id"),
            *("reports_to_id", "decision_maker", "assistant", "birthday", "reference", "description"),
        ),
    ),
    (msg("How to reach"), ("addresses", "phones", "do_not_call", "email_opt_out")),
    (msg("Postal address"), ("mailing_postal_code", "mailing_street", "mailing_po_box", "mailing_country")),
    (msg("Other postal address"), tuple(f"other_{part}" for part in PLACE_PARTS)),
    (msg("Customer portal"), ("portal", "support_start", "support_end")),
    (
        msg("Record"),
        ("number", "lead_source", "source", "last_action_on", "updated_at", "modified_by", "notify_owner"),
    ),
)
ORGANIZATION_GROUPS = (
    (
        msg("Often used"),
        ("name", "industry", "type", "billing_state", "billing_city", "owner_id", "tags", "created_at"),
    ),
    (
        msg("Organization"),
        (
            *("employees", "annual_revenue", "rating", "member_of_id", "website", "ticker_symbol", "ownership"),
            *("sic_code", "description"),
        ),
    ),
    (msg("How to reach"), ("addresses", "phones", "email_opt_out")),
    (msg("Postal address"), ("billing_postal_code", "billing_street", "billing_po_box", "billing_country")),
    (msg("Delivery address"), tuple(f"shipping_{part}" for part in PLACE_PARTS)),
    (msg("Record"), ("number", "source", "updated_at", "modified_by", "notify_owner")),
)
# Words of closed lists; what is not here is shown as it is.
CHOICES = {
    "Cold Call": msg("Cold call"),
    "Existing Customer": msg("Existing customer"),
    "Self Generated": msg("Own effort"),
    "Employee": msg("Employee"),
    "Partner": msg("Partner"),
    "Public Relations": msg("Public relations"),
    "Direct Mail": msg("Direct mail"),
    "Conference": msg("Conference"),
    "Trade Show": msg("Trade show"),
    "Web Site": msg("Website"),
    "Word of mouth": msg("Word of mouth"),
    "Other": msg("Other"),
    "Lead": msg("Lead"),
    "Mail": msg("Mail"),
    "Import": msg("Import"),
    "Analyst": msg("Analyst"),
    "Competitor": msg("Competitor"),
    "Customer": msg("Customer"),
    "Integrator": msg("Integrator"),
    "Investor": msg("Investor"),
    "Press": msg("Press"),
    "Prospect": msg("Prospect"),
    "Reseller": msg("Reseller"),
    "Acquired": msg("Acquired"),
    "Active": msg("Active"),
    "Market Failed": msg("Market failed"),
    "Project Cancelled": msg("Project cancelled"),
    "Shutdown": msg("Shut down"),
}


def label(name: str) -> str:
    """What people call a field."""
    return _ALL[name][0] if name in _ALL else name


def column(name: str, *, phone: bool = False) -> Column:
    """A field as the column of a list."""
    text, kind = _ALL.get(name, (name, "text"))
    return Column(name, text, kind, phone)


def groups(order: Iterable[tuple[str, Iterable[str]]], known: Iterable[str]) -> list[tuple[str, list[str]]]:
    """The fields that there are, in groups; what has no place in the order comes last."""
    present = list(known)
    found = [(title, [name for name in names if name in present]) for title, names in order]
    placed = {name for _, names in found for name in names}
    further = [name for name in present if name not in placed]
    return [(title, names) for title, names in found if names] + ([(msg("Further"), further)] if further else [])
