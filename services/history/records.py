"""What history answers with and tells of its rows: JSON values."""

from typing import Any

from chassis import clock
from services.history.domain import PERSON, TICKET, Home
from services.history.kinds import about_of
from services.history.models import Comment, Entry, Mail

Values = dict[str, Any]


def entry(row: Entry, mail: Mail | None, *, home: Home, comment: Comment | None = None) -> Values:
    """One entry of a record's timeline; a mail's title and summary are those of the mail.

    ``comment``: the one it is, whose author and version it tells.
    """
    shown = mail or row
    about = about_of(row.kind, about_id=row.about_id, mail_message_id=row.mail_message_id, summary=row.summary or {})
    return {
        "id": row.id,
        "record": home.to_wire(),
        "kind": row.kind,
        "about": {**about, "version": comment.version} if comment else about,
        "happened_at": clock.wire(row.happened_at),
        "mail_message_id": row.mail_message_id,
        "title": shown.title,
        "summary": shown.summary,
        "by_person": row.origin == PERSON,
        "staff_user_id": comment.staff_user_id if comment else None,
        "ticket_id": mail.ticket_id if mail and row.origin == TICKET else None,
    }


def comment(row: Comment, *, home: Home) -> Values:
    """One comment on a record."""
    return {
        "id": row.id,
        "record": home.to_wire(),
        "text": row.text,
        "mail_message_id": row.mail_message_id,
        "staff_user_id": row.staff_user_id,
        "author_name": row.author_name,
        "version": row.version,
        "created_at": clock.wire(row.created_at),
        "edited_at": clock.wire(row.edited_at) if row.edited_at else None,
    }


def added_facts(row: Values, *, home: Home) -> Values:
    """What ``history_entry.added`` tells of a row on a record's timeline."""
    mail = row["mail_message_id"] or row["summary"].get("mail_message_id")
    return {
        "history_entry_id": row["id"],
        "record": home.to_wire(),
        "kind": row["kind"],
        "happened_at": clock.wire(row["happened_at"]),
        "mail_message_id": mail,
    }
