"""The rules of sales: numbers, stages and which follows which, what may change when. No clock, no database."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from contracts.errors import Conflict, Invalid
from contracts.fields import identity_or_none
from contracts.sales import PROBABILITIES

Values = dict[str, Any]

PREFIXES = {"opportunity": "OPP", "quote": "QUO", "invoice": "INV"}
CREATED, REJECTED = "Created", "Rejected"
WON, LOST = "Closed Won", "Closed Lost"
CLOSED = (WON, LOST)
# From each stage to which others. An opportunity may go from any stage to any other.
FOLLOWING: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "quote": {
        "Created": ("Delivered", "Reviewed", "Accepted", "Rejected"),
        "Delivered": ("Created", "Reviewed", "Accepted", "Rejected"),
        "Reviewed": ("Created", "Delivered", "Accepted", "Rejected"),
        "Accepted": ("Delivered", "Rejected"),
        "Rejected": ("Created", "Delivered"),
    },
    "invoice": {
        "Created": ("Approved", "Sent", "Cancelled"),
        "Approved": ("Created", "Sent", "Cancelled"),
        "Sent": ("Paid", "Cancelled"),
        "Paid": ("Sent",),
        "Cancelled": (),
    },
}
# What stands on the paper: fixed once the document has left the first stage.
ON_PAPER = ("subject", "contact_id", "organization_id", "currency", "tax_included", "lines", "notes")
WRITTEN = frozenset((*ON_PAPER, "issue_date", "valid_until", "due_date"))
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_TOO_EARLY = {
    "valid_until": "The quote is valid until before the day it is issued: choose a later day.",
    "due_date": "The invoice is due before the day it is issued: choose a later day.",
}


def number(kind: str, serial: int) -> str:
    """The number people see: OPP1, QUO1, INV1."""
    return f"{PREFIXES[kind]}{serial}"


def folded(text: str) -> str:
    """The form in which two spellings of one word are the same."""
    return _UNSTORABLE.sub("", unicodedata.normalize("NFKC", text).casefold())


def search_text(kind: str, values: Mapping[str, Any]) -> str:
    """What quick search looks in: number, subject, next step, and the names on the paper."""
    recipient = values.get("recipient") or {}
    parts = [values.get(name) or "" for name in ("name", "subject", "next_step")]
    names = [recipient.get(part, "") for part in ("organization", "name")]
    return folded(" ".join(filter(None, [number(kind, values["number"]), *parts, *names])))


def checked_id(id: Any) -> str | None:
    """An id that a database can look for, or none for anything else."""
    return identity_or_none(id)


def check_stage(kind: str, present: str, wanted: str) -> None:
    """Conflict unless a document of a kind may go from one stage to the other."""
    allowed = FOLLOWING[kind][present] if kind in FOLLOWING else (wanted,)
    if wanted != present and wanted not in allowed:
        ways = ", ".join(allowed) or "nothing"
        raise Conflict(f"What is {present} cannot become {wanted}. From here it goes to: {ways}.")


def check_writable(present: str, changed: Iterable[str], number: str) -> None:
    """Conflict if what stands on the paper of an issued document would change."""
    written = sorted(WRITTEN.intersection(changed))
    if present != CREATED and written:
        raise Conflict(
            f"{number} is {present}: what is written on it ({', '.join(written)}) stays. "
            "Take it back to Created where that is still possible, or make a new one."
        )


def check_dates(values: Mapping[str, Any]) -> None:
    """Invalid if a document ends before it begins."""
    for name, fault in _TOO_EARLY.items():
        if values.get(name) and values[name] < values["issue_date"]:
            raise Invalid("The document cannot be saved: its dates are out of order.", fields={name: [fault]})


def check_addressed(values: Mapping[str, Any]) -> None:
    """Invalid for a document that goes to nobody."""
    if not (values["contact_id"] or values["organization_id"]):
        fault = ["Name a contact, an organization or both."]
        raise Invalid("The document cannot be saved: it goes to nobody.", fields={"contact_id": fault})


def check_lines(values: Mapping[str, Any]) -> None:
    """Invalid for a document that is to be issued without lines."""
    if not values["lines"]:
        raise Invalid("The document has no lines yet.", fields={"lines": ["Write at least one."]})


def opportunity_values(present: Mapping[str, Any], changes: Values, *, today: date) -> Values:
    """``changes`` with what follows from a change of stage: the probability, the day of closing, no reason if open."""
    stage = changes.get("stage", present["stage"])
    changed = dict(changes)
    if stage in CLOSED:
        changed["probability"] = PROBABILITIES[stage]
        changed["closed_on"] = present["closed_on"] if present["stage"] == stage else today
        return changed
    if changed.get("closing_reason"):
        fault = [f"Only what is {WON} or {LOST} has one: change the stage too."]
        raise Invalid("The opportunity is open: it has no reason to be closed for.", fields={"closing_reason": fault})
    if stage != present["stage"]:
        changed.setdefault("probability", PROBABILITIES[stage])
    return changed | {"closed_on": None, "closing_reason": ""}


def recipient(contact: Mapping[str, Any] | None, organization: Mapping[str, Any] | None) -> Values:
    """Whom a document is addressed to, as contacts tells it: the organization's address before the contact's own."""
    person, company = contact or {}, organization or {}
    where = _address(company, "billing") or _address(person, "mailing")
    return {
        "organization": company.get("name", ""),
        "department": person.get("department", "") if contact else "",
        "title": person.get("title", "") if contact else "",
        "name": person.get("label", "") if contact else "",
        "postal_code": where.get("postal_code", ""),
        "address": where.get("address", ""),
    }


def _address(record: Mapping[str, Any], kind: str) -> Values:
    parts = [record.get(f"{kind}_{part}") or "" for part in ("state", "city", "street", "po_box")]
    if not any(parts):
        return {}
    joint = "" if any(ord(sign) > 0x2E7F for part in parts for sign in part) else " "
    return {"postal_code": record.get(f"{kind}_postal_code") or "", "address": joint.join(filter(None, parts))}
