"""The two kinds of record, contacts and organizations: their rows, fields, events and wire form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis import clock
from contacts_service import domain, fields, opt_outs
from contacts_service.models import Contact, Organization
from contracts import (
    ContactCreated,
    ContactDeleted,
    ContactMerged,
    ContactOptedIn,
    ContactOptedOut,
    ContactPortalDisabled,
    ContactPortalEnabled,
    ContactRestored,
    ContactUnmerged,
    ContactUpdated,
    EventContract,
    OrganizationCreated,
    OrganizationDeleted,
    OrganizationMerged,
    OrganizationOptedIn,
    OrganizationOptedOut,
    OrganizationRestored,
    OrganizationUnmerged,
    OrganizationUpdated,
)

Values = dict[str, Any]
PERSONAL = ("last_name", "first_name", "last_name_kana", "first_name_kana", "title", "addresses")
TOLD_OF_BOTH = ("id", "number", "owner_id", "notify_owner")
HIDDEN = frozenset({"search", "places", "sort_name", "merged_into"})


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its rows, its fields and its events.

    ``superior``: the field that names the one above. ``switched``: the events of fields that are yes or no.
    ``kept``: the fields, and what is noted of itself beside them.
    """

    name: str
    model: Any
    superior: str
    fields: Mapping[str, Callable[[Any], Any]]
    facts: Callable[[Values], Values]
    created: type[EventContract]
    updated: type[EventContract]
    deleted: type[EventContract]
    restored: type[EventContract]
    merged: type[EventContract]
    unmerged: type[EventContract]
    switched: Mapping[tuple[str, bool], type[EventContract]]

    @property
    def kept(self) -> Mapping[str, Callable[[Any], Any]]:
        """What a journal keeps of a record."""
        return {**self.fields, **opt_outs.NOTED}


def contact_facts(values: Values) -> Values:
    """The blocks ``contact`` and ``personal`` of an event."""
    contact = {name: values[name] for name in (*TOLD_OF_BOTH, "organization_id", "decision_maker")}
    return {"contact": contact, "personal": {name: values[name] for name in PERSONAL}}


def organization_facts(values: Values) -> Values:
    """The block ``organization`` of an event."""
    return {"organization": {name: values[name] for name in (*TOLD_OF_BOTH, "name", "addresses")}}


CONTACT = Kind(
    name="contact",
    model=Contact,
    superior="reports_to_id",
    fields=fields.CONTACT_FIELDS,
    facts=contact_facts,
    created=ContactCreated,
    updated=ContactUpdated,
    deleted=ContactDeleted,
    restored=ContactRestored,
    merged=ContactMerged,
    unmerged=ContactUnmerged,
    switched={
        ("email_opt_out", True): ContactOptedOut,
        ("email_opt_out", False): ContactOptedIn,
        ("portal", True): ContactPortalEnabled,
        ("portal", False): ContactPortalDisabled,
    },
)
ORGANIZATION = Kind(
    name="organization",
    model=Organization,
    superior="member_of_id",
    fields=fields.ORGANIZATION_FIELDS,
    facts=organization_facts,
    created=OrganizationCreated,
    updated=OrganizationUpdated,
    deleted=OrganizationDeleted,
    restored=OrganizationRestored,
    merged=OrganizationMerged,
    unmerged=OrganizationUnmerged,
    switched={("email_opt_out", True): OrganizationOptedOut, ("email_opt_out", False): OrganizationOptedIn},
)
KINDS: Mapping[str, Kind] = {kind.name: kind for kind in (CONTACT, ORGANIZATION)}


def wire(kind: Kind, values: Values) -> Values:
    """A record as callers get it."""
    shown = domain.wire_values({name: value for name, value in values.items() if name not in HIDDEN})
    moments = {name: clock.wire(values[name]) for name in shown if isinstance(values[name], datetime)}
    return {"kind": kind.name, "label": domain.label_of(kind.name, values), **shown, **moments}


def change_wire(change: Any) -> Values:
    """What was done to a record, as callers get it."""
    shown = ("id", "what", "staff_user_id", "staff_name", "fields", "other_id")
    return {**{name: getattr(change, name) for name in shown}, "changed_at": clock.wire(change.changed_at)}
