"""Rows -> the JSON that is answered. A secret is in none of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from chassis.clock import wire
from mail_ingest_service.filing import told_role
from mail_ingest_service.models import Attachment, Folder, Mailbox, MailMessage
from mail_ingest_service.providers import Server, warnings_about

SETTINGS = (
    "name",
    "purpose",
    "policy",
    "owner",
    "address",
    "provider",
    "host",
    "port",
    "security",
    "verify_certificate",
    "authentication",
    "user",
    "refresh",
    "first_sync_from",
    "size_limit",
)


def when(moment: datetime | None) -> str | None:
    """RFC 3339, or nothing."""
    return wire(moment) if moment else None


def settings_of(mailbox: Mailbox) -> dict[str, Any]:
    """The settings of a mailbox as the rules of domain.py take them, without the secret."""
    return {name: getattr(mailbox, name) for name in SETTINGS}


def mailbox_record(mailbox: Mailbox, folders: Sequence[Folder], authserv_ids: Collection[str]) -> dict[str, Any]:
    """A mailbox with its watched folders and its problem, if it has one. ``authserv_ids``: who vouches for senders."""
    first = mailbox.first_sync_from
    server = Server(mailbox.host, mailbox.port, mailbox.security, mailbox.verify_certificate)
    problem = {"code": mailbox.problem_code, "text": mailbox.problem} if mailbox.problem_code else None
    return settings_of(mailbox) | {
        "id": mailbox.id,
        "version": mailbox.version,
        "first_sync_from": first.isoformat() if isinstance(first, date) else None,
        "folders": [folder.name for folder in folders if folder.watched],
        "problem": problem,
        "warnings": warnings_about(server, authserv_ids),
        "synchronized_at": when(mailbox.synchronized_at),
        "created_at": when(mailbox.created_at),
        "updated_at": when(mailbox.updated_at),
    }


def folder_record(folder: Folder, counts: dict[str, tuple[int, int]]) -> dict[str, Any]:
    """A folder with the numbers of its mails and of those nobody opened."""
    total, unread = counts.get(folder.id, (0, 0))
    return {
        "id": folder.id,
        "name": folder.name,
        "role": told_role(folder.role),
        "watched": folder.watched,
        "message_count": total,
        "unread_count": unread,
    }


def message_summary(row: Any) -> dict[str, Any]:
    """One line of a list."""
    return dict(row._mapping) | {"received_at": when(row.received_at)}


def message_record(
    mail: MailMessage, attachments: Sequence[Attachment], deliveries: Sequence[Any], *, html: str
) -> dict[str, Any]:
    """A mail in full. ``html`` is as it came: hostile until somebody cleans it."""
    details = dict(mail.details)
    # The parser calls the field Sender (RFC 5322 §3.6.2) so; here "sender" is who wrote, the field From.
    details["submitted_by"] = details.pop("sender", [])
    return {
        "id": mail.id,
        "state": mail.state,
        "mailbox_id": mail.mailbox_id,
        "subject": mail.subject,
        "sender": details.pop("from_", []),
        "received_at": when(mail.received_at),
        "sent_at": details.pop("date", None),
        "size": mail.size,
        "direction": mail.direction,
        "nature": mail.nature,
        "sender_ambiguous": mail.sender_ambiguous,
        "authentic": mail.authentic,
        "message_id": mail.message_id,
        "text": mail.text,
        "html": html,
        "attachments": [attachment_record(attachment) for attachment in attachments],
        "deliveries": [delivery_record(delivery) for delivery in deliveries],
        **details,
    }


def attachment_record(attachment: Attachment) -> dict[str, Any]:
    """What is known of an attachment."""
    names = ("part", "name", "content_type", "size", "inline", "content_id")
    return {name: getattr(attachment, name) for name in names}


def delivery_record(row: Any) -> dict[str, Any]:
    """Where a mail lies or lay."""
    mailbox_id, mailbox, folder, role, uid, flags, vanished_at = row
    return {
        "mailbox_id": mailbox_id,
        "mailbox": mailbox,
        "folder": folder,
        "role": told_role(role),
        "uid": uid,
        "flags": flags.split(),
        "vanished_at": when(vanished_at),
    }


def quarantine_record(row: Any) -> dict[str, Any]:
    """A mail that waits, and why."""
    entry, subject, sender, size, received_at = row
    return {
        "id": entry.mail_message_id,
        "mailbox_id": entry.mailbox_id,
        "reason": entry.reason,
        "attempts": entry.attempts,
        "quarantined_at": when(entry.quarantined_at),
        "subject": subject,
        "sender_address": sender,
        "size": size,
        "received_at": when(received_at),
    }
