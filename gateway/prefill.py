"""What a form beside a mail is filled in with, so that one click is enough. Pure."""

from collections.abc import Mapping
from typing import Any, Protocol

from contracts.errors import Invalid
from contracts.names import called

Values = dict[str, Any]
MAX_COMMENT = 2_000
MAX_EXCERPT = 300
MAX_SUBJECT = 255


def add_contact(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """A contact: the sender."""
    form = panel["form"]
    return {
        "last_name": form["last_name"],
        "first_name": form["first_name"],
        "addresses": _addresses(form),
        "organization_id": panel["decision"].get("organization_id"),
        "source": "Mail",
    }


def add_lead(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """A lead: the sender, with what the mail is about."""
    form = panel["form"]
    return {name: form[name] for name in ("last_name", "first_name", "company", "address", "title", "description")}


def add_organization(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """An organization: the company behind the address; the person's own address is left to a contact."""
    form = panel["form"]
    return {"name": form["company"] or form["last_name"], "addresses": _addresses(form), "source": "Mail"}


def add_ticket(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """A ticket: subject and text of the mail, for whoever it was matched with."""
    form = panel["form"]
    match = panel["decision"].get("match")
    return {
        "title": form["title"] or "(no subject)",
        "description": form["description"],
        "requester_name": called(form["last_name"], form["first_name"]),
        "requester_address": form["address"],
        "customer": match if match and match["kind"] != "ticket" else None,
    }


def select(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """The record that the mail is matched with, else the best candidate."""
    return {"record": best_record(panel)}


def add_comment(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """The mail's own words, without what it quotes, as a comment on the record it is matched with."""
    return {"record": best_record(panel), "text": (panel["form"]["description"] or message["subject"])[:MAX_COMMENT]}


def create_to_do(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """A to-do: subject and words of the mail, about whoever is behind it."""
    form, record = panel["form"], best_record(panel)
    subject = " ".join(form["title"].split())[:MAX_SUBJECT] or "(no subject)"
    return {"subject": subject, "description": form["description"], "about": [record] if record else []}


class Prefill(Protocol):
    """Fills in the form of one action."""

    def __call__(self, panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
        """``panel``: the matcher's; ``message``: the mail."""


PREFILLS: Mapping[str, Prefill] = {
    "add_contact": add_contact,
    "add_lead": add_lead,
    "add_organization": add_organization,
    "add_ticket": add_ticket,
    "select": select,
    "add_comment": add_comment,
    "create_to_do": create_to_do,
}


def best_record(panel: Mapping[str, Any]) -> Values | None:
    """The record that the mail is matched with, else the best exact candidate; None where there is none."""
    candidates = [candidate for candidate in panel["candidates"] if not candidate.get("weak")]
    best = {name: candidates[0][name] for name in ("kind", "id")} if candidates else None
    return panel["decision"].get("match") or best


def filled(action: str, *, panel: Mapping[str, Any], message: Mapping[str, Any], body: Mapping[str, Any]) -> Values:
    """The prefill with what the person wrote over it. Invalid when no record is named and none is known."""
    values = {**PREFILLS[action](panel, message), **body}
    if "record" in values and not values["record"]:
        raise Invalid("Nobody known is behind this mail.", fields={"record": ["Name a record: its kind and id."]})
    return values


def mail_facts(panel: Mapping[str, Any], message: Mapping[str, Any]) -> Values:
    """What a history keeps of a mail that a person links to a record."""
    form = panel["form"]
    party = {"name": called(form["last_name"], form["first_name"]), "address": form["address"]}
    return {
        "title": message["subject"],
        "happened_at": message["received_at"],
        "summary": {"direction": message["direction"], "party": party, "excerpt": form["description"][:MAX_EXCERPT]},
    }


def thread_of(message: Mapping[str, Any]) -> Values:
    """What tickets want to know of the mail a ticket is opened from, to recognise its thread."""
    return {
        "message_id": message.get("message_id"),
        "in_reply_to": message.get("in_reply_to"),
        "references": list(message.get("references") or [])[:50],
        "received_at": message.get("received_at"),
    }


def _addresses(form: Mapping[str, Any]) -> list[str]:
    return [form["address"]] if form["address"] else []
