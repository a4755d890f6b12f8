"""The queries behind the lists and pages that people read: mails, folders, quarantine."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from chassis.bulk import among
from chassis.columns import Id, UtcDateTime
from contracts.errors import NotFound
from mail_ingest_service.models import Attachment, Delivery, Folder, Mailbox, MailMessage, Quarantine, RawChunk

Position = tuple[datetime, str]

SUMMARY = (
    MailMessage.id,
    MailMessage.subject,
    MailMessage.sender_name,
    MailMessage.sender_address,
    MailMessage.received_at,
    MailMessage.size,
    MailMessage.state,
    MailMessage.direction,
    MailMessage.nature,
    MailMessage.attachment_count,
    MailMessage.mailbox_id,
)


def messages(
    session: Session,
    *,
    mailbox_id: str | None,
    folder: str | None,
    query: str | None,
    after: Position | None,
    limit: int,
) -> Sequence[Any]:
    """``limit + 1`` mails, newest first, that lie in the mailbox and folder (now) and hold the words of ``query``."""
    statement: Any = select(*SUMMARY)
    if mailbox_id or folder:
        statement = statement.where(_lies_in(mailbox_id, folder))
    for word in (query or "").split()[:10]:
        statement = statement.where(_holds(word))
    if after:
        statement = statement.where(tuple_(MailMessage.received_at, MailMessage.id) < _bound(after))
    newest_first = (MailMessage.received_at.desc(), MailMessage.id.desc())
    return session.execute(statement.order_by(*newest_first).limit(limit + 1)).all()


def _bound(after: Position) -> Any:
    return tuple_(literal(after[0], UtcDateTime), literal(after[1], Id))


def _lies_in(mailbox_id: str | None, folder: str | None) -> ColumnElement[bool]:
    lies = select(Delivery.mail_message_id).where(
        Delivery.mail_message_id == MailMessage.id, Delivery.vanished_at.is_(None)
    )
    if mailbox_id:
        lies = lies.where(Delivery.mailbox_id == mailbox_id)
    if folder:
        lies = lies.join(Folder, Folder.id == Delivery.folder_id).where(Folder.name == folder)
    return exists(lies)


def _holds(word: str) -> ColumnElement[bool]:
    places = (MailMessage.subject, MailMessage.sender_name, MailMessage.sender_address, MailMessage.text)
    return or_(*(place.icontains(word[:100], autoescape=True) for place in places))


def message(session: Session, mail_message_id: str) -> MailMessage:
    """The mail. NotFound."""
    found = session.get(MailMessage, mail_message_id)
    if found is None:
        raise NotFound("There is no such mail.")
    return found


def attachments(session: Session, mail_message_id: str) -> Sequence[Attachment]:
    """The attachments of a mail in the order of its parts."""
    statement = select(Attachment).where(Attachment.mail_message_id == mail_message_id).order_by(Attachment.part)
    return session.scalars(statement).all()


def attachments_of(session: Session, mails: Collection[str]) -> Sequence[Attachment]:
    """The attachments of several mails, those of each in the order of its parts."""
    statement = select(Attachment).where(among(session, Attachment.mail_message_id, mails))
    return session.scalars(statement.order_by(Attachment.mail_message_id, Attachment.part)).all()


def deliveries(session: Session, mail_message_id: str) -> Sequence[Any]:
    """Where a mail lies or lay: mailbox, folder, UID, flags."""
    columns = (Mailbox.id, Mailbox.name, Folder.name, Folder.role, Delivery.uid, Delivery.flags, Delivery.vanished_at)
    statement = select(*columns).join_from(Delivery, Folder, Folder.id == Delivery.folder_id)
    statement = statement.join(Mailbox, Mailbox.id == Delivery.mailbox_id)
    return session.execute(statement.where(Delivery.mail_message_id == mail_message_id).order_by(Folder.name)).all()


def unread_counts(session: Session, mailbox_id: str) -> dict[str, tuple[int, int]]:
    """(mails, unread ones) that lie in each folder of a mailbox, by folder id."""
    unread = func.count().filter(~Delivery.flags.contains("\\Seen", autoescape=True))
    statement = select(Delivery.folder_id, func.count(), unread).where(
        Delivery.mailbox_id == mailbox_id, Delivery.vanished_at.is_(None)
    )
    return {each[0]: (each[1], each[2]) for each in session.execute(statement.group_by(Delivery.folder_id))}


def quarantined(session: Session, *, after: Position | None, limit: int) -> Sequence[Any]:
    """``limit + 1`` mails that wait in quarantine, the newest first."""
    columns = (Quarantine, MailMessage.subject, MailMessage.sender_address, MailMessage.size, MailMessage.received_at)
    statement: Any = select(*columns).join(MailMessage, MailMessage.id == Quarantine.mail_message_id)
    if after:
        statement = statement.where(tuple_(Quarantine.quarantined_at, Quarantine.mail_message_id) < _bound(after))
    newest_first = (Quarantine.quarantined_at.desc(), Quarantine.mail_message_id.desc())
    return session.execute(statement.order_by(*newest_first).limit(limit + 1)).all()


def in_quarantine(session: Session, mail_message_id: str) -> Quarantine:
    """The entry of a mail, locked. NotFound when it does not wait (any more)."""
    found = session.get(Quarantine, mail_message_id, with_for_update=True)
    if found is None:
        raise NotFound("This mail is not in quarantine (any more).")
    return found


def delivery_of(session: Session, mail_message_id: str) -> tuple[Mailbox, Folder]:
    """The mailbox and folder in which a mail was first seen."""
    mail = message(session, mail_message_id)
    mailbox, folder = session.get(Mailbox, mail.mailbox_id), session.get(Folder, mail.folder_id)
    if mailbox is None or folder is None:
        raise NotFound("The mailbox of this mail is gone.")
    return mailbox, folder


def raw_size(session: Session, mail_message_id: str) -> int:
    """The number of bytes of a mail as we keep it."""
    size = func.sum(func.length(RawChunk.content))
    return session.scalar(select(size).where(RawChunk.mail_message_id == mail_message_id)) or 0
