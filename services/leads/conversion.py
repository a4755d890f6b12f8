"""Pure rules: what a lead is converted into."""

from collections.abc import Mapping
from typing import Any

from contracts.errors import Invalid

Values = dict[str, Any]
PARTS = ("organization", "contact")


def begun(lead: Any, request: Any) -> Values:
    """The values of the contact and the organization to create, ``request`` before the lead's own.

    ``request``: ``{"contact": {…} | null, "organization": {…} | null, "organization_id": "…"}``. Parts left out: a
    contact always, an organization where the lead names a company and no existing one is named. Invalid for neither.
    """
    asked = _checked(request)
    existing = asked.get("organization_id")
    contact = asked.get("contact", {})
    organization = asked.get("organization", {} if lead.company and not existing else None)
    if contact is None and organization is None:
        raise Invalid("A conversion makes a contact, an organization or both: name at least one.")
    return {
        "contact": None if contact is None else contact_of(lead) | contact,
        "organization": None if organization is None else organization_of(lead, alone=contact is None) | organization,
        "organization_id": existing,
    }


def _checked(request: Any) -> Mapping[str, Any]:
    asked = {} if request is None else request
    known = {*PARTS, "organization_id"}
    if not isinstance(asked, dict) or not all(isinstance(asked.get(part, {}), dict | None) for part in PARTS):
        raise Invalid("A conversion is an object with contact and organization: correct its form.")
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


def key(lead_id: str, part: str) -> str:
    """The idempotency key of a creation: of one lead, each part is made once, however often it is tried."""
    return f"lead:{lead_id}:{part}"
