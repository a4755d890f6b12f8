"""Pure rules: what a lead is converted into."""

from collections.abc import Mapping
from typing import Any

from contracts.errors import Invalid

Values = dict[str, Any]
PARTS = ("organization", "contact", "opportunity")


def begun(lead: Any, request: Any) -> Values:
    """The values of the records to create, ``request`` before the lead's own.

    ``request``: ``{"contact": {…} | null, "organization": {…} | null, "organization_id": "…", "opportunity": {…} |
    null}``. Parts left out: a contact always, an organization where the lead names a company and no existing one is
    named, an opportunity never. Invalid for neither contact nor organization.
    """
    asked = _checked(request)
    existing = asked.get("organization_id")
    contact = asked.get("contact", {})
    organization = asked.get("organization", {} if lead.company and not existing else None)
    opportunity = asked.get("opportunity")
    if contact is None and organization is None:
        raise Invalid("A conversion makes a contact, an organization or both: name at least one.")
    return {
        "contact": None if contact is None else contact_of(lead) | contact,
        "organization": None if organization is None else organization_of(lead, alone=contact is None) | organization,
        "organization_id": existing,
        "opportunity": None if opportunity is None else opportunity_of(lead) | opportunity,
    }


def _checked(request: Any) -> Mapping[str, Any]:
    asked = {} if request is None else request
    known = {*PARTS, "organization_id"}
    if not isinstance(asked, dict) or not all(isinstance(asked.get(part, {}), dict | None) for part in PARTS):
        raise Invalid("A conversion is an object with contact, organization and opportunity: correct its form.")
    if strange := set(asked) - known:
        raise Invalid(
            "The conversion names fields that there are not.",
            fields={str(name)[:100]: ["There is no such field."] for name in sorted(strange)},
        )
    return asked


def contact_of(lead: Any) -> Values:
    """A contact's values as contacts takes them."""
    return {
        "last_name": lead.last_name,
        "first_name": lead.first_name,
        "title": lead.designation,
        "addresses": [lead.address] if lead.address else [],
        "phones": [phone for phone in (lead.phone, lead.mobile) if phone],
        "description": lead.description,
        "owner_id": lead.owner_id,
        "source": "Lead",
    }


def organization_of(lead: Any, *, alone: bool) -> Values:
    """An organization's values; the address is its own only where no contact is made to hold it."""
    return {
        "name": lead.company or lead.last_name,
        "addresses": [lead.address] if alone and lead.address else [],
        "owner_id": lead.owner_id,
        "source": "Lead",
    }


def opportunity_of(lead: Any) -> Values:
    """An opportunity's values: what the lead asked for, or who it is."""
    return {"name": (lead.title or lead.company or lead.last_name)[:255], "owner_id": lead.owner_id}


def key(lead_id: str, part: str) -> str:
    """The idempotency key of a creation: of one lead, each part is made once, however often it is tried."""
    return f"lead:{lead_id}:{part}"
