"""What history answers with and tells of its rows: JSON values."""

from typing import Any

from chassis import clock
from services.history.domain import PERSON
from services.history.models import Comment, Entry, Mail

Values = dict[str, Any]


def entry(row: Entry, mail: Mail | None) -> Values:
    """One entry; a mail's title and summary are those of the mail."""
    shown = mail or row
    return {
        "id": row.id,
        "record": {"kind": row.record_kind, "id": row.record_id},
        "kind": row.kind,
        "happened_at": clock.wire(row.happened_at),
        "mail_message_id": row.mail_message_id,
        "title": shown.title,
        "summary": shown.summary,
        "by_person": row.origin == PERSON,
    }


def comment(row: Comment) -> Values:
    """One comment."""
    return {
        "id": row.id,
        "record": {"kind": row.record_kind, "id": row.record_id},
        "text": row.text,
        "mail_message_id": row.mail_message_id,
        "staff_user_id": row.staff_user_id,
        "author_name": row.author_name,
        "created_at": clock.wire(row.created_at),
    }


def added_facts(row: Values) -> Values:
    """What ``history_entry.added`` tells of a row."""
    mail = row["mail_message_id"] or row["summary"].get("mail_message_id")
    return {
        "history_entry_id": row["id"],
        "record": {"kind": row["record_kind"], "id": row["record_id"]},
        "kind": row["kind"],
        "happened_at": clock.wire(row["happened_at"]),
        "mail_message_id": mail,
    }
