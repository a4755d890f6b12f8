"""Reading kept mails again. Of one in quarantine: once it can be parsed, its event goes out as if it had just come."""

from typing import Any

from chassis import DatabaseHandle, Transaction
from mail_ingest_service import listings, store
from mail_ingest_service.attachments import kept_mail
from mail_ingest_service.connecting import Connector
from mail_ingest_service.domain import LARGEST_SIZE_LIMIT
from mail_ingest_service.filing import Filed, filed
from mail_ingest_service.ingest import Parser, publish, too_large
from mail_ingest_service.models import MailMessage
from mail_ingest_service.reader import place_of


def parsed_again(db: DatabaseHandle, parser: Parser, mail_message_id: str) -> dict[str, Any]:
    """What the parser finds this time in a mail of the quarantine. NotFound when the mail does not wait."""
    with db.session() as session:
        listings.in_quarantine(session, mail_message_id)
        size = listings.message(session, mail_message_id).size
    if size > LARGEST_SIZE_LIMIT:
        return {"error": too_large(size, LARGEST_SIZE_LIMIT)}
    return parsed_anew(db, parser, mail_message_id)


def parsed_anew(db: DatabaseHandle, parser: Parser, mail_message_id: str) -> dict[str, Any]:
    """Parse the kept bytes."""
    with kept_mail(db, mail_message_id) as path:
        [parsed] = parser.parse_many([(mail_message_id, path)])
    return parsed


def html_of(db: DatabaseHandle, parser: Parser, mail: MailMessage) -> str:
    """The HTML of a mail as it came, which is hostile; empty while the mail waits in quarantine."""
    return str(parsed_anew(db, parser, mail.id).get("html", "")) if mail.state == "received" else ""


def conclude(tx: Transaction, connector: Connector, mail_message_id: str, parsed: dict[str, Any]) -> dict[str, Any]:
    """Release the mail, or count the attempt and keep the new reason."""
    entry = listings.in_quarantine(tx.session, mail_message_id)
    error = parsed.get("error")
    if error:
        entry.attempts, entry.reason = entry.attempts + 1, str(error)[:500]
        return {"id": mail_message_id, "state": "quarantined", "reason": entry.reason}
    _release(tx, connector, mail_message_id, parsed)
    tx.session.delete(entry)
    return {"id": mail_message_id, "state": "received", "reason": None}


def _release(tx: Transaction, connector: Connector, mail_message_id: str, parsed: dict[str, Any]) -> None:
    mail = listings.message(tx.session, mail_message_id)
    mailbox, folder = listings.delivery_of(tx.session, mail_message_id)
    place = place_of(mailbox, folder, connector.authserv_ids(mailbox.provider))
    again: Filed = filed(
        place,
        mail_message_id=mail.id,
        sha256=mail.sha256,
        size=mail.size,
        received_at=mail.received_at,
        parsed=parsed,
    )
    for name, value in again.row.items():
        setattr(mail, name, value)
    store.add_attachments(tx.session, again.attachments)
    publish(tx, place, again)
