"""The tables of mail_ingest.

The tables that every mail writes to carry no foreign keys: their ids are made and written by one place, in one
transaction, and a key check per row would cost more than the row.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Bytes, Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("mail_ingest")


class Mailbox(Base):
    """A mailbox and what became of it. ``secret`` is encrypted; ``problem_code`` is set while it cannot be read."""

    __tablename__ = "mailboxes"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(255))
    purpose: Mapped[str] = mapped_column(String(20))
    policy: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str | None] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(320))
    provider: Mapped[str] = mapped_column(String(20))
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int]
    security: Mapped[str] = mapped_column(String(10))
    verify_certificate: Mapped[bool]
    authentication: Mapped[str] = mapped_column(String(20))
    user: Mapped[str] = mapped_column("login", String(255))
    secret: Mapped[bytes] = mapped_column(Bytes)
    refresh: Mapped[str] = mapped_column(String(10))
    first_sync_from: Mapped[date | None] = mapped_column(Date)
    size_limit: Mapped[int]
    problem_code: Mapped[str | None] = mapped_column(String(50))
    problem: Mapped[str | None] = mapped_column(Text)
    wanted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    synchronized_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Folder(Base):
    """A folder of a mailbox and the cursor of its reading (see sync.py)."""

    __tablename__ = "folders"
    __table_args__ = (UniqueConstraint("mailbox_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    mailbox_id: Mapped[str] = mapped_column(Id, ForeignKey("mailboxes.id"))
    name: Mapped[str] = mapped_column(String(1_000))
    role: Mapped[str] = mapped_column(String(10))
    watched: Mapped[bool]
    uidvalidity: Mapped[int | None] = mapped_column(BigInteger)
    last_uid: Mapped[int] = mapped_column(BigInteger, default=0)
    modseq: Mapped[int | None] = mapped_column(BigInteger)
    resyncs: Mapped[int] = mapped_column(default=0)
    resynced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MailMessage(Base):
    """A mail, once however often it was delivered. ``details`` holds what the parser found beyond the columns.

    HTML and attachments are not here a second time: they are read from the raw bytes when somebody asks.
    """

    __tablename__ = "mail_messages"
    __table_args__ = (Index(None, "received_at", "id"), Index(None, "message_id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    sha256: Mapped[bytes] = mapped_column(Bytes(32), unique=True)
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(20))
    mailbox_id: Mapped[str] = mapped_column(Id)
    folder_id: Mapped[str] = mapped_column(Id)
    direction: Mapped[str] = mapped_column(String(10))
    nature: Mapped[str] = mapped_column(String(20))
    sender_ambiguous: Mapped[bool]
    authentic: Mapped[bool | None]
    message_id: Mapped[str | None] = mapped_column(String(998))
    subject: Mapped[str] = mapped_column(String(998))
    sender_name: Mapped[str] = mapped_column(String(255))
    sender_address: Mapped[str] = mapped_column(String(320))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attachment_count: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    details: Mapped[dict[str, Any]] = mapped_column(Json)


class RawChunk(Base):
    """The bytes of a mail as the server gave them, cut so that no row is above 1 MiB."""

    __tablename__ = "raw_chunks"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(Bytes)


class Delivery(Base):
    """A mail lies in a folder under this UID. ``vanished_at``: it did once."""

    __tablename__ = "deliveries"
    __table_args__ = (Index(None, "mail_message_id"), Index(None, "mailbox_id", "received_at", "mail_message_id"))

    folder_id: Mapped[str] = mapped_column(Id, primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    mailbox_id: Mapped[str] = mapped_column(Id)
    mail_message_id: Mapped[str] = mapped_column(Id)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    flags: Mapped[str] = mapped_column(String(1_000))
    vanished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Attachment(Base):
    """What is known of an attachment; its bytes are read from the raw mail when somebody asks."""

    __tablename__ = "attachments"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    part: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    inline: Mapped[bool]
    content_id: Mapped[str | None] = mapped_column(String(255))


class Quarantine(Base):
    """A mail that is kept raw only: too large, or no parser could read it."""

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "quarantined_at", "mail_message_id"),)

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    mailbox_id: Mapped[str] = mapped_column(Id)
    reason: Mapped[str] = mapped_column(String(500))
    attempts: Mapped[int] = mapped_column(default=1)
    quarantined_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Lease(Base):
    """Which process reads a mailbox, until when."""

    __tablename__ = "leases"

    mailbox_id: Mapped[str] = mapped_column(Id, primary_key=True)
    owner: Mapped[str] = mapped_column(String(64))
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
