"""The tables of tickets."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("tickets")
_NEEDS_REVIEW = text("needs_review")


class Number(Base):
    """The last number given out; its row is locked by whoever files mails, so that a thread never gets two tickets."""

    __tablename__ = "numbers"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


class Ticket(Base):
    """Something a customer asks for. ``may_belong_to``: the ticket it names without proof; a person decides.

    ``customer_by_person``: a person chose the customer, so no re-match changes it. ``said_…``: as a person or the
    matcher said it; the customer and the organization beside it are what follows from that (customers.py).
    """

    __tablename__ = "tickets"
    __table_args__ = (
        Index("ix_tickets_status", "status", "id"),
        Index("ix_tickets_said_customer_id", "said_customer_id"),
        Index("ix_tickets_said_organization_id", "said_organization_id"),
        Index("ix_tickets_customer", "customer_kind", "customer_id", "id"),
        Index("ix_tickets_organization", "organization_id", "id"),
        Index("ix_tickets_needs_review", "id", postgresql_where=_NEEDS_REVIEW, sqlite_where=_NEEDS_REVIEW),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(String(998))
    description: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(String(30), default="Open")
    priority: Mapped[str] = mapped_column(String(10), default="Normal")
    severity: Mapped[str | None] = mapped_column(String(20))
    category: Mapped[str | None] = mapped_column(String(30))
    customer_kind: Mapped[str | None] = mapped_column(String(20))
    customer_id: Mapped[str | None] = mapped_column(Id)
    customer_by_person: Mapped[bool] = mapped_column(default=False)
    organization_id: Mapped[str | None] = mapped_column(Id)
    said_customer_kind: Mapped[str | None] = mapped_column(String(20))
    said_customer_id: Mapped[str | None] = mapped_column(Id)
    said_organization_id: Mapped[str | None] = mapped_column(Id)
    requester_name: Mapped[str] = mapped_column(String(255), default="")
    requester_address: Mapped[str] = mapped_column(String(320), default="")
    requester_canonical: Mapped[str] = mapped_column(String(320), default="")
    mailbox_id: Mapped[str | None] = mapped_column(Id)
    needs_review: Mapped[bool] = mapped_column(default=False)
    may_belong_to: Mapped[str | None] = mapped_column(Id)
    assigned_to: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(50), default="CRM")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketMail(Base):
    """A mail on a ticket; a mail is on one ticket at most. ``message_id_header``: its thread key, empty for none."""

    __tablename__ = "ticket_mails"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    ticket_id: Mapped[str] = mapped_column(Id, ForeignKey("tickets.id"), index=True)
    opens: Mapped[bool]
    message_id_header: Mapped[str] = mapped_column(String(200), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TicketReference(Base):
    """A mail that mails of a ticket refer to, by its thread key; it may arrive after them."""

    __tablename__ = "ticket_references"

    message_id_header: Mapped[str] = mapped_column(String(200), primary_key=True)
    ticket_id: Mapped[str] = mapped_column(Id, ForeignKey("tickets.id"), primary_key=True)


class Participant(Base):
    """An address that takes part in a ticket: its mails may be replies on it."""

    __tablename__ = "participants"

    ticket_id: Mapped[str] = mapped_column(Id, ForeignKey("tickets.id"), primary_key=True)
    canonical: Mapped[str] = mapped_column(String(320), primary_key=True)


class WaitingReply(Base):
    """A mail that opens no ticket, and one it refers to that no ticket has yet; kept some days, should it come."""

    __tablename__ = "waiting_replies"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    message_id_header: Mapped[str] = mapped_column(String(200), primary_key=True, index=True)
    event: Mapped[dict[str, Any]] = mapped_column(Json)
    waiting_since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class SaidOfMail(Base):
    """What was last said of a mail's sender after the first decision; see ``words.Word``."""

    __tablename__ = "said_of_mails"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    revision: Mapped[int]
    said_at: Mapped[str] = mapped_column(String(32))
    by_person: Mapped[bool]
    customer_kind: Mapped[str | None] = mapped_column(String(20))
    customer_id: Mapped[str | None] = mapped_column(Id)
    organization_id: Mapped[str | None] = mapped_column(Id)


class CustomerUnion(Base):
    """That a contact or organization went up in another one; where it came out again, what that told, and when.

    Their ``merge_id`` sorts unions by the time they were made.
    """

    __tablename__ = "customer_unions"

    merge_id: Mapped[str] = mapped_column(Id, primary_key=True)
    old_id: Mapped[str] = mapped_column(Id, index=True)
    survivor_id: Mapped[str] = mapped_column(Id, index=True)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    addresses: Mapped[list[str]] = mapped_column(Json)


class AbsentCustomer(Base):
    """Whether a contact is in the recycle bin (``gone``), and since which event that is known."""

    __tablename__ = "absent_customers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    gone: Mapped[bool]
    as_of: Mapped[str] = mapped_column(String(32))
