"""The tables of leads."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("leads")

_HOLDS_ADDRESS = text("state = 'open' AND canonical <> ''")


class Number(Base):
    """The last number given out; its row is locked by whoever may open a lead, so that no address gets two."""

    __tablename__ = "numbers"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


class Lead(Base):
    """Somebody not known yet. ``state``: open, converted or deleted; ``status`` is what sales people say of it.

    ``conversion`` is what a conversion was begun with, so that one that was cut off is finished with the same values.
    """

    __tablename__ = "leads"
    __table_args__ = (
        Index(
            "uq_leads_open_canonical",
            "canonical",
            unique=True,
            postgresql_where=_HOLDS_ADDRESS,
            sqlite_where=_HOLDS_ADDRESS,
        ),
        Index("ix_leads_canonical", "canonical"),
        Index("ix_leads_status", "status", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[str] = mapped_column(String(20), default="open")
    status: Mapped[str] = mapped_column(String(40), default="Not Contacted")
    last_name: Mapped[str] = mapped_column(String(255))
    first_name: Mapped[str] = mapped_column(String(255), default="")
    company: Mapped[str] = mapped_column(String(255), default="")
    address: Mapped[str] = mapped_column(String(320), default="")
    canonical: Mapped[str] = mapped_column(String(320), default="")
    title: Mapped[str] = mapped_column(String(998), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    designation: Mapped[str] = mapped_column(String(255), default="")
    phone: Mapped[str] = mapped_column(String(64), default="")
    mobile: Mapped[str] = mapped_column(String(64), default="")
    website: Mapped[str] = mapped_column(String(255), default="")
    industry: Mapped[str] = mapped_column(String(255), default="")
    rating: Mapped[str] = mapped_column(String(50), default="")
    source: Mapped[str] = mapped_column(String(50), default="CRM")
    owner_id: Mapped[str | None] = mapped_column(String(64))
    mailbox_id: Mapped[str | None] = mapped_column(Id)
    contact_id: Mapped[str | None] = mapped_column(Id, index=True)
    organization_id: Mapped[str | None] = mapped_column(Id, index=True)
    opportunity_id: Mapped[str | None] = mapped_column(Id)
    conversion: Mapped[dict[str, Any] | None] = mapped_column(Json)
    converted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    search_text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LeadMail(Base):
    """A mail of a lead; a mail belongs to one lead at most."""

    __tablename__ = "lead_mails"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    lead_id: Mapped[str] = mapped_column(Id, ForeignKey("leads.id"), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LaterDecision(Base):
    """What a re-match said of a mail, kept because the first decision may arrive after it."""

    __tablename__ = "later_decisions"

    mail_message_id: Mapped[str] = mapped_column(Id, primary_key=True)
    revision: Mapped[int]
    known: Mapped[bool]
