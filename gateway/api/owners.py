"""Who is put in charge of a record: an active staff user or a group; what nobody real is in charge of is nobody's."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from marshmallow import Schema, fields

from contracts.errors import Invalid
from gateway.api.schemas.common import Owner
from gateway.calls import services

Path = tuple[str, ...]

NOBODY = "This is no active staff user and no group: choose another one, or nobody."
# By what the record is read that a call changes: whoever stays in charge of it may have gone since.
READ: Mapping[str, tuple[str, str]] = {
    "contacts.update_contact": ("contacts", "contact"),
    "organizations.update_organization": ("contacts", "organization"),
    "leads.update_lead": ("leads", "lead"),
    "tickets.update_ticket": ("tickets", "ticket"),
    "activities.update_activity": ("activities", "activity"),
    "opportunities.update_opportunity": ("sales", "opportunity"),
    "quotes.update_quote": ("sales", "quote"),
    "invoices.update_invoice": ("sales", "invoice"),
    "mailboxes.update_mailbox": ("mail_ingest", "mailbox"),
}


def fields_of(schema: Any) -> list[Path]:
    """Where bodies of a schema put somebody in charge."""
    whole: Schema = schema() if isinstance(schema, type) else schema
    found: list[Path] = [(name,) for name, field in whole.load_fields.items() if isinstance(field, Owner)]
    parts = {name: field for name, field in whole.load_fields.items() if isinstance(field, fields.Nested)}
    return found + [(name, *path) for name, field in parts.items() for path in fields_of(field.schema)]


def check(paths: Sequence[Path], body: Any) -> None:
    """That all can be in charge whom a body puts in charge of something. As ``refuse_unknown``."""
    named = {".".join(path): _at(path, body) for path in paths}
    refuse_unknown({field: id for field, id in named.items() if id})


def _at(path: Path, body: Any) -> Any:
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body


def refuse_unknown(named: Mapping[str, str]) -> None:
    """``named``: field → whom it puts in charge. Invalid; ServiceUnavailable while staff cannot say."""
    if not named:
        return
    known = set(services().staff.owners_among(ids=sorted(set(named.values()))))
    if unknown := {field: id for field, id in named.items() if id not in known}:
        present = _present()
        if faults := {field: [NOBODY] for field, id in unknown.items() if present.get(field) != id}:
            raise Invalid("Nobody can be put in charge like this.", fields=faults)


def _present() -> Mapping[str, Any]:
    """The record that is being changed, as it is now; nothing where none is."""
    service, read = READ.get(request.endpoint or "", (None, None))
    if not service or not read:
        return {}
    found: Mapping[str, Any] = getattr(getattr(services(), service), read)(id=str((request.view_args or {})["id"]))
    return found
