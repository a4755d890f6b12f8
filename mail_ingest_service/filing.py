"""A fetched mail and what the parser found in it -> rows and the event. Pure but for the ids, which are handed in."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.clock import wire
from contracts.fields import FOLDER_ROLES, MAX_ADDRESSES
from mail_ingest_service.sync import Head

EMPTY: dict[str, Any] = {
    "subject": "",
    "message_id": "",
    "in_reply_to": "",
    "references": [],
    "from_": [],
    "reply_to": [],
    "to": [],
    "cc": [],
    "sender_ambiguous": True,
    "nature": "personal",
    "text": "",
    "excerpt": "",
    "attachments": [],
    "failed_recipients": [],
    "authentication": [],
    "defects": [],
    "date": None,
    "sender": [],
    "recipient_count": 0,
    "ambiguity": "",
    "nature_reason": "",
}
DETAILS = (
    "date",
    "in_reply_to",
    "references",
    "from_",
    "reply_to",
    "sender",
    "to",
    "cc",
    "recipient_count",
    "ambiguity",
    "nature_reason",
    "failed_recipients",
    "defects",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where mails of a pass come from: the mailbox with what it decides, and the folder."""

    mailbox_id: str
    mailbox_name: str
    purpose: str
    policy: str
    address: str
    folder_id: str
    folder: str
    role: str
    uidvalidity: int
    size_limit: int
    authserv_ids: frozenset[str] = frozenset()


@dataclass(slots=True)
class Filed:
    """A mail as it will be stored: its row, its parser's findings, and why it waits in quarantine, if it does."""

    row: dict[str, Any]
    parsed: dict[str, Any]
    quarantined: str | None = None
    attachments: list[dict[str, Any]] = field(default_factory=list)


def filed(
    place: Place, *, mail_message_id: str, sha256: bytes, size: int, received_at: datetime, parsed: dict[str, Any]
) -> Filed:
    """The rows of a mail; ``parsed`` with an ``error`` means quarantine, with what is known of its headers."""
    error = parsed.get("error")
    parsed = _judged_by_folder(place, EMPTY | parsed)
    sender = (parsed["from_"] or [{"name": "", "address": ""}])[0]
    verdict = authentic(parsed["authentication"], place.authserv_ids)
    way = direction(place, sender["address"], vouched=verdict)
    row = {
        "id": mail_message_id,
        "sha256": sha256,
        "size": size,
        "state": "quarantined" if error else "received",
        "mailbox_id": place.mailbox_id,
        "folder_id": place.folder_id,
        "direction": way,
        "nature": parsed["nature"],
        "sender_ambiguous": parsed["sender_ambiguous"] or _only_says_to_be_ours(place, way, parsed),
        "authentic": verdict,
        "message_id": parsed["message_id"][:998] or None,
        "subject": parsed["subject"][:998],
        "sender_name": sender["name"][:255],
        "sender_address": sender["address"][:320],
        "received_at": received_at,
        "attachment_count": len(parsed["attachments"]),
        "text": parsed["text"],
        "details": {name: parsed[name] for name in DETAILS},
    }
    return Filed(row, parsed, str(error)[:500] if error else None, attachment_rows(mail_message_id, parsed))


def _judged_by_folder(place: Place, parsed: dict[str, Any]) -> dict[str, Any]:
    """The findings, with the server's judgement of a mail that it put into its junk folder."""
    if place.role != "junk" or parsed["nature"] != "personal":
        return parsed
    return parsed | {"nature": "bulk", "nature_reason": "it lay in the folder for junk"}


def told_role(role: str) -> str:
    """The role of a folder as it is told outside, where a junk folder is one of the others."""
    return role if role in FOLDER_ROLES else "other"


def attachment_rows(mail_message_id: str, parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """One row for each attachment; a part comes once."""
    return [
        {
            "mail_message_id": mail_message_id,
            "part": found["part"][:100],
            "name": found["name"][:255],
            "content_type": found["content_type"][:255],
            "size": found["size"],
            "inline": found["inline"],
            "content_id": found["content_id"][:255] or None,
        }
        for found in parsed["attachments"]
    ]


def delivery_row(place: Place, head: Head, mail_message_id: str) -> dict[str, Any]:
    """That the mail lies in this folder."""
    return {
        "folder_id": place.folder_id,
        "uidvalidity": place.uidvalidity,
        "uid": head.uid,
        "mailbox_id": place.mailbox_id,
        "mail_message_id": mail_message_id,
        "received_at": head.received_at,
        "flags": " ".join(head.flags)[:1_000],
        "vanished_at": None,
    }


def direction(place: Place, sender: str, *, vouched: bool | None) -> str:
    """Outgoing is what lies in Sent, and what bears the mailbox's own address where our server vouches for it.

    Anybody can write our address into From, and history must not say that we wrote to somebody what we did not.
    """
    return "outgoing" if place.role == "sent" or (vouched and _is_ours(place, sender)) else "incoming"


def _is_ours(place: Place, address: str) -> bool:
    return address.casefold() == place.address.casefold()


def _only_says_to_be_ours(place: Place, way: str, parsed: dict[str, Any]) -> bool:
    """Whether the sender is in doubt: it is our address, and nothing but From says so.

    A web form of our own writes to us as ourselves, with its visitor in Reply-To: that visitor is the writer.
    """
    if way == "outgoing" or not any(_is_ours(place, sender["address"]) for sender in parsed["from_"][:1]):
        return False
    to_us = any(_is_ours(place, recipient["address"]) for recipient in (*parsed["to"], *parsed["cc"]))
    visitor = any(reply["address"] and not _is_ours(place, reply["address"]) for reply in parsed["reply_to"][:1])
    return not (to_us and visitor)


def authentic(authentication: list[dict[str, Any]], trusted: frozenset[str]) -> bool | None:
    """The word of our own server about the sender (RFC 8601), by DMARC (RFC 7489): true, false, or nothing was said."""
    said = next((entry for entry in authentication if _is_trusted(entry["authserv_id"], trusted)), None)
    verdict = next(
        (found["result"] for found in (said or {"results": []})["results"] if found["method"] == "dmarc"), ""
    )
    return {"pass": True, "fail": False}.get(verdict)


def _is_trusted(authserv_id: str, trusted: frozenset[str]) -> bool:
    """Whether it is one of the names, or ends with one that begins with a dot."""
    ends = tuple(name for name in trusted if name.startswith("."))
    return authserv_id in trusted or authserv_id.endswith(ends)


def received_data(place: Place, mail: Filed) -> dict[str, Any]:
    """The data of MailMessageReceived."""
    return {"mail": _facts(place, mail), "personal": _personal(mail.parsed)}


def quarantined_data(place: Place, mail: Filed) -> dict[str, Any]:
    """The data of MailMessageQuarantined."""
    return {
        "mail_message_id": mail.row["id"],
        "mailbox_id": place.mailbox_id,
        "reason": mail.quarantined,
        "size": mail.row["size"],
    }


def _facts(place: Place, mail: Filed) -> dict[str, Any]:
    row, parsed = mail.row, mail.parsed
    return {
        "mail_message_id": row["id"],
        "mailbox": mailbox_facts(place),
        "folder": {"name": place.folder[:1_000], "role": told_role(place.role)},
        "direction": row["direction"],
        "nature": row["nature"],
        "sender_ambiguous": row["sender_ambiguous"],
        "authentic": row["authentic"],
        "message_id": row["message_id"],
        "in_reply_to": parsed["in_reply_to"][:998] or None,
        "references": [reference[:998] for reference in parsed["references"][:MAX_ADDRESSES]],
        "received_at": wire(row["received_at"]),
        "size": row["size"],
        "attachment_count": row["attachment_count"],
    }


def mailbox_facts(place: Place) -> dict[str, Any]:
    """The block about the mailbox that the readers decide by."""
    return {"id": place.mailbox_id, "name": place.mailbox_name, "purpose": place.purpose, "policy": place.policy}


def _personal(parsed: dict[str, Any]) -> dict[str, Any]:
    return {
        "subject": parsed["subject"][:998],
        "excerpt": parsed["excerpt"][:2_000],
        "sender": _addresses(parsed["from_"]),
        "reply_to": _addresses(parsed["reply_to"]),
        "to": _addresses(parsed["to"]),
        "cc": _addresses(parsed["cc"]),
        "failed_recipients": [address[:320] for address in parsed["failed_recipients"][:MAX_ADDRESSES]],
    }


def _addresses(found: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        {"name": each["name"][:255], "address": each["address"][:320]}
        for each in found[:MAX_ADDRESSES]
        if each["address"]
    ]
