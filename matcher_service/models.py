"""The tables of the matcher."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Index, Integer, String, text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Id, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("matcher")

Canonical = String(320).with_variant(String(320, collation="C"), "postgresql")
# Kept as text, not JSONB: it is only handed on, never searched, and taking it apart is a third of an insert's cost.
Kept = JSON()


class Decision(Base):
    """Who is behind a mail. ``mail``, ``party`` and ``personal`` are kept to say it again when it is re-made.

    ``revision`` counts from 1. ``corrected``: a person chose it; a re-match leaves it alone.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index(None, "canonical", "id"),
        Index(None, "match_id", postgresql_where=text("corrected"), sqlite_where=text("corrected")),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    mail_message_id: Mapped[str] = mapped_column(Id, unique=True)
    revision: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str | None] = mapped_column(String(30))
    rule: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(10))
    canonical: Mapped[str] = mapped_column(Canonical)
    match_kind: Mapped[str | None] = mapped_column(String(12))
    match_id: Mapped[str | None] = mapped_column(Id)
    organization_id: Mapped[str | None] = mapped_column(Id)
    label: Mapped[str | None] = mapped_column(String(255))
    candidates: Mapped[list[dict[str, Any]]] = mapped_column(Kept)
    tried: Mapped[list[dict[str, Any]]] = mapped_column(Kept)
    corrected: Mapped[bool] = mapped_column(Boolean)
    decided_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mail: Mapped[dict[str, Any]] = mapped_column(Kept)
    party: Mapped[dict[str, Any]] = mapped_column(Kept)
    personal: Mapped[dict[str, Any]] = mapped_column(Kept)


class RememberedChoice(Base):
    """Whom a person chose for an address, as it was said; kind and id null: nobody we know.

    ``forgotten``: that record is gone. The row stays, so that whoever was decided by it is found.
    """

    __tablename__ = "remembered_choices"

    canonical: Mapped[str] = mapped_column(Canonical, primary_key=True)
    record_kind: Mapped[str | None] = mapped_column(String(12))
    record_id: Mapped[str | None] = mapped_column(Id, index=True)
    organization_id: Mapped[str | None] = mapped_column(Id)
    label: Mapped[str | None] = mapped_column(String(255))
    chosen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    forgotten: Mapped[bool] = mapped_column(Boolean)


class RecordUnion(Base):
    """That a record went up in another one (``kind``, ``id``); where it came back, what that told, and when.

    Their ``merge_id`` sorts unions by the time they were made.
    """

    __tablename__ = "record_unions"

    merge_id: Mapped[str] = mapped_column(Id, primary_key=True)
    old_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(12))
    id: Mapped[str] = mapped_column(Id, index=True)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    addresses: Mapped[list[str]] = mapped_column(JSON)


class AddressChange(Base):
    """That the address book changed for an address, in order of arrival.

    A decision whose look-up was asked before a change arrived, but which was committed after the change had been worked
    off, would stay wrong for ever: whoever decides looks here afterwards.
    """

    __tablename__ = "address_changes"
    # Numbers must never come again, not even after the table was emptied: they are compared with remembered ones.
    __table_args__ = {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer(), "sqlite"), primary_key=True)
    canonical: Mapped[str] = mapped_column(Canonical)
