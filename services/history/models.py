"""The tables of history."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Bytes, Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("history")


class Mail(Base):
    """A mail and what was last said of it (see ``domain.Word``). ``told``: false until its facts have arrived.

    ``automatic`` false: its mailbox only suggests, so no decision places it. ``doubtful``: it may be forged, or
    does not say clearly who wrote it. ``ticket_id``: the ticket that it is on.
    """

    __tablename__ = "mails"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    revision: Mapped[int]
    said_at: Mapped[str] = mapped_column(String(32))
    by_person: Mapped[bool]
    record_kind: Mapped[str | None] = mapped_column(String(20))
    record_id: Mapped[str | None] = mapped_column(Id)
    told: Mapped[bool]
    automatic: Mapped[bool]
    doubtful: Mapped[bool] = mapped_column(default=False)
    ticket_id: Mapped[str | None] = mapped_column(Id)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    title: Mapped[str] = mapped_column(String(998))
    summary: Mapped[dict[str, Any]] = mapped_column(Json)


class Entry(Base):
    """One thing on the timeline of one record. A mail's title and summary are in ``mails``.

    ``origin``: decision (of the matcher or an event), correction, ticket (a mail on one of its tickets, see
    ``ticket_mails``), person (linked by hand), unlinked (taken away by hand; the row stays, so that no re-match puts it
    back). ``about_id``: the ticket, lead or comment it tells of.
    """

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("record_kind", "record_id", "mail_message_id", name="uq_entries_record_mail"),
        UniqueConstraint("record_kind", "record_id", "source_event_id", name="uq_entries_record_event"),
        Index("ix_entries_timeline", "record_kind", "record_id", "happened_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(Id)
    kind: Mapped[str] = mapped_column(String(20))
    origin: Mapped[str] = mapped_column(String(20))
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mail_message_id: Mapped[str | None] = mapped_column(Id, index=True)
    source_event_id: Mapped[str | None] = mapped_column(Id)
    about_id: Mapped[str | None] = mapped_column(Id, index=True)
    title: Mapped[str] = mapped_column(String(998))
    summary: Mapped[dict[str, Any]] = mapped_column(Json)


class TicketHome(Base):
    """On whose timeline a ticket is shown, and since which event."""

    __tablename__ = "ticket_homes"

    ticket_id: Mapped[str] = mapped_column(Id, primary_key=True)
    said_at: Mapped[str] = mapped_column(String(32))
    customer_kind: Mapped[str | None] = mapped_column(String(20))
    customer_id: Mapped[str | None] = mapped_column(Id)


class RecordUnion(Base):
    """That a record (``old``) went up in another one (merged, converted); where it came out again, when.

    ``since`` and ``addresses``: what that un-merge told. Their ``merge_id`` sorts unions by the time they were made.
    """

    __tablename__ = "record_unions"

    merge_id: Mapped[str] = mapped_column(Id, primary_key=True)
    old_kind: Mapped[str] = mapped_column(String(20))
    old_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    id: Mapped[str] = mapped_column(Id, index=True)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    addresses: Mapped[list[str]] = mapped_column(Json)


class Comment(Base):
    """What a person wrote about a record; who wrote it may change, delete and restore it."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_record", "record_kind", "record_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(Id)
    text: Mapped[str] = mapped_column(Text)
    mail_message_id: Mapped[str | None] = mapped_column(Id)
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(255))
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Document(Base):
    """A file with a record. ``whole``: false while its bytes come in; ``content_type`` is told by them."""

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_record", "record_kind", "record_id", "id"),
        Index("ix_documents_whole", "whole", "created_at"),
        Index("ix_documents_deleted", "deleted_at", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(Id)
    name: Mapped[str] = mapped_column(String(255))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    whole: Mapped[bool]
    version: Mapped[int]
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    author_name: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_by: Mapped[str | None] = mapped_column(String(64))


class DocumentPiece(Base):
    """Some of the bytes of a document, counted from 0."""

    __tablename__ = "document_pieces"

    document_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(Bytes)
