"""Match decisions as the matcher sends them, for the services downstream of it."""

from typing import Any

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import SenderMatched, SenderUnmatched
from contracts.addresses import canonical_address
from contracts.base import Event

MAILBOX_ID = "0193a000-0000-7000-8000-000000000001"


def decision(
    *,
    match: dict[str, str] | None = None,
    reason: str = "unknown",
    mail_id: str | None = None,
    purpose: str = "sales",
    revision: int = 1,
    organization_id: str | None = None,
    party: tuple[str, str] = ("田中 花子", "hanako@mail.abc.co.jp"),
    subject: str = "お見積りのお願い",
    excerpt: str = "はじめまして。見積書をいただけますか。",
    recipients: tuple[str, ...] = ("desk@musubi.example",),
    **mail: Any,
) -> Event:
    """``sender.matched`` where ``match`` is given, else ``sender.unmatched``; ``mail`` overrides facts of the mail."""
    name, address = party
    data: dict[str, Any] = {
        "decision": {
            "id": new_id(),
            "revision": revision,
            "rematch": revision > 1,
            "role": "sender",
            "candidate_count": 1 if match else 0,
        },
        "mail": mail_facts(mail_id=mail_id, purpose=purpose, **mail),
        "party": {"name": name, "address": address, "canonical": canonical_address(address), "label": None},
        "personal": {
            "subject": subject,
            "excerpt": excerpt,
            "sender": [{"name": name, "address": address}],
            "reply_to": [],
            "to": [{"name": "", "address": recipient} for recipient in recipients],
            "cc": [],
            "failed_recipients": [],
        },
    }
    if match:
        return make_event(SenderMatched, match=match, organization_id=organization_id, **data)
    return make_event(SenderUnmatched, reason=reason, **data)


def mail_facts(*, mail_id: str | None, purpose: str, policy: str = "automatic", **given: Any) -> dict[str, Any]:
    """The mail block; a plain incoming mail of a person where nothing else is said."""
    facts: dict[str, Any] = {
        "mail_message_id": mail_id or new_id(),
        "mailbox": {"id": MAILBOX_ID, "name": "窓口", "purpose": purpose, "policy": policy},
        "folder": {"name": "INBOX", "role": "inbox"},
        "direction": "incoming",
        "nature": "personal",
        "sender_ambiguous": False,
        "authentic": None,
        "message_id": None,
        "in_reply_to": None,
        "references": [],
        "received_at": "2026-11-22T09:00:00.000000Z",
        "size": 1_200,
        "attachment_count": 0,
    }
    return facts | given


def contact(id: str | None = None) -> dict[str, str]:
    """A reference to a contact."""
    return {"kind": "contact", "id": id or new_id()}


def mail_of(event: Event) -> str:
    """The id of the mail a decision is about."""
    return str(event.data["mail"]["mail_message_id"])
