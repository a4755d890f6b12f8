"""What a contact and an organization hold: their fields, and what must hold between them. Pure, as domain.py."""

from collections.abc import Callable, Mapping
from typing import Any

from contacts_service.checks import (
    Fault,
    addresses,
    day,
    flag,
    identity,
    lines,
    needed,
    one_line,
    one_of,
    owner,
    phones,
    tags,
    whole,
)
from contracts.errors import Invalid

Values = dict[str, Any]
Checks = dict[str, Callable[[Any], Any]]

SALUTATIONS = ("様", "先生", "Mr.", "Ms.", "Mrs.", "Dr.", "Prof.")
LEAD_SOURCES = (
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
ORGANIZATION_TYPES = (
    "Analyst",
    "Competitor",
    "Customer",
    "Integrator",
    "Investor",
    "Partner",
    "Press",
    "Prospect",
    "Reseller",
    "Other",
)
RATINGS = ("Acquired", "Active", "Market Failed", "Project Cancelled", "Shutdown")
POSTAL_PARTS = ("postal_code", "state", "city", "street", "po_box", "country")
CONTACT_POSTAL, ORGANIZATION_POSTAL = ("mailing", "other"), ("billing", "shipping")


def source(value: Any) -> str:
    """By what way a record came in: CRM, Mail Manager, Web form, Import …"""
    return one_line(value, limit=50)


def postal(*kinds: str) -> Checks:
    """The fields of postal addresses."""
    return {f"{kind}_{part}": one_line for kind in kinds for part in POSTAL_PARTS}


COMMON: Checks = {
    "addresses": addresses,
    "phones": phones,
    "description": lines,
    "owner_id": owner,
    "source": source,
    "tags": tags,
    "email_opt_out": flag,
    "notify_owner": flag,
}
CONTACT_FIELDS: Checks = {
    "salutation": one_of(SALUTATIONS),
    "last_name": needed,
    "first_name": one_line,
    "last_name_kana": one_line,
    "first_name_kana": one_line,
    "title": one_line,
    "department": one_line,
    "organization_id": identity,
    "reports_to_id": identity,
    "lead_source": one_of(LEAD_SOURCES),
    "birthday": day,
    "assistant": one_line,
    "do_not_call": flag,
    "reference": flag,
    "decision_maker": flag,
    "last_action_on": day,
    "portal": flag,
    "support_start": day,
    "support_end": day,
    **postal(*CONTACT_POSTAL),
    **COMMON,
}
ORGANIZATION_FIELDS: Checks = {
    "name": needed,
    "website": one_line,
    "ticker_symbol": one_line,
    "ownership": one_line,
    "employees": whole,
    "annual_revenue": whole,
    "industry": one_line,
    "type": one_of(ORGANIZATION_TYPES),
    "rating": one_of(RATINGS),
    "sic_code": one_line,
    "member_of_id": identity,
    **postal(*ORGANIZATION_POSTAL),
    **COMMON,
}
CHOICES: Mapping[str, tuple[str, ...]] = {
    "salutation": SALUTATIONS,
    "lead_source": LEAD_SOURCES,
    "type": ORGANIZATION_TYPES,
    "rating": RATINGS,
}
_EMPTY_OF: Mapping[Callable[[Any], Any], Any] = {
    addresses: [],
    phones: [],
    tags: [],
    flag: False,
    day: None,
    whole: None,
    owner: None,
    identity: None,
}


def empty(fields: Mapping[str, Callable[[Any], Any]]) -> Values:
    """A record that nothing was typed into yet."""
    return {name: _EMPTY_OF.get(check, "") for name, check in fields.items()} | {"source": "CRM"}


def new_values(data: Any, fields: Mapping[str, Callable[[Any], Any]]) -> Values:
    """The values of a new record from what was typed, every field filled. Invalid names each fault by its field."""
    return changed_values({**empty(fields), **_mapping(data)}, fields)


def changed_values(data: Any, fields: Mapping[str, Callable[[Any], Any]]) -> Values:
    """The values of those fields that ``data`` names. Invalid names each fault by its field."""
    values: Values = {}
    faults: dict[str, list[str]] = {}
    for name, value in _mapping(data).items():
        try:
            values[name] = fields[name](value)
        except KeyError:
            faults[str(name)[:100]] = ["There is no such field."]
        except Fault as fault:
            faults[name] = [str(fault)]
    if faults:
        raise Invalid("The record cannot be saved: correct the fields that are named.", fields=faults)
    return values


def check_whole(values: Mapping[str, Any]) -> None:
    """What must hold between the fields of a contact. Invalid names each fault by its field."""
    faults: dict[str, list[str]] = {}
    begins, ends = values["support_start"], values["support_end"]
    if begins and ends and ends < begins:
        faults["support_end"] = ["Support ends before it begins: choose a later day, or an earlier beginning."]
    if values["portal"] and not values["addresses"]:
        faults["addresses"] = ["A portal user needs a mail address: type one, or take the portal away."]
    if faults:
        raise Invalid("The contact cannot be saved: correct the fields that are named.", fields=faults)


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise Invalid("The record cannot be saved: its data must be an object of fields.")
    return data
