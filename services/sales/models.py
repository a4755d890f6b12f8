"""The tables of sales."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Date, Index, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis.columns import Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("sales")
# None is the database's NULL, not JSON's null.
NullableJson = JSON(none_as_null=True)


class Number(Base):
    """The last number given out per kind; its row is held by whoever says which contact a record is for."""

    __tablename__ = "numbers"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    last: Mapped[int]


class RecordColumns:
    """What the three kinds have in common. Amounts are in minor units of the currency.

    ``original_contact_id`` and ``original_organization_id``: who was chosen; ``contact_id`` and ``organization_id``:
    who stands for them now that they were merged, or not any more.
    """

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    version: Mapped[int]
    stage: Mapped[str] = mapped_column(String(40))
    contact_id: Mapped[str | None] = mapped_column(Id)
    original_contact_id: Mapped[str | None] = mapped_column(Id)
    organization_id: Mapped[str | None] = mapped_column(Id)
    original_organization_id: Mapped[str | None] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    owner_id: Mapped[str | None] = mapped_column(String(64))
    modified_by: Mapped[str | None] = mapped_column(String(64))
    search: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        originals = (Index(None, "original_contact_id"), Index(None, "original_organization_id"))
        listed = (Index(None, column, "id") for column in ("contact_id", "organization_id", "stage"))
        return (*listed, *originals)


class Opportunity(RecordColumns, Base):
    """A sale that may come about. ``lead_id``: the lead whose conversion opened it, each once."""

    __tablename__ = "opportunities"

    name: Mapped[str] = mapped_column(String(255))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    probability: Mapped[int] = mapped_column(SmallInteger)
    expected_close: Mapped[date | None] = mapped_column(Date)
    lead_source: Mapped[str] = mapped_column(String(50))
    next_step: Mapped[str] = mapped_column(String(1_000))
    closing_reason: Mapped[str] = mapped_column(String(1_000))
    closed_on: Mapped[date | None] = mapped_column(Date)
    description: Mapped[str] = mapped_column(Text)
    lead_id: Mapped[str | None] = mapped_column(Id, unique=True)


class DocumentColumns(RecordColumns):
    """What quotes and invoices have in common.

    ``lines`` are read and written as a whole, never one alone. ``rates``: ``{rate, net, tax}`` for each tax rate.
    ``issuer`` is null until the document is issued; from then on it and ``recipient`` stay as they were.
    """

    subject: Mapped[str] = mapped_column(String(255))
    issue_date: Mapped[date] = mapped_column(Date)
    opportunity_id: Mapped[str | None] = mapped_column(Id, index=True)
    tax_included: Mapped[bool]
    rounding: Mapped[str] = mapped_column(String(10))
    lines: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    notes: Mapped[str] = mapped_column(Text)
    rates: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    net: Mapped[int] = mapped_column(BigInteger)
    tax: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    recipient: Mapped[dict[str, Any]] = mapped_column(Json)
    issuer: Mapped[dict[str, Any] | None] = mapped_column(NullableJson)


class Quote(DocumentColumns, Base):
    """A quote (見積書)."""

    __tablename__ = "quotes"

    valid_until: Mapped[date | None] = mapped_column(Date)


_LIVE = text("quote_id IS NOT NULL AND deleted_at IS NULL AND stage <> 'Cancelled'")


class Invoice(DocumentColumns, Base):
    """An invoice (請求書). Of one quote there is one that was neither cancelled nor deleted."""

    __tablename__ = "invoices"

    due_date: Mapped[date | None] = mapped_column(Date)
    quote_id: Mapped[str | None] = mapped_column(Id)

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        of_quote = Index(
            "uq_invoices_live_quote_id", "quote_id", unique=True, postgresql_where=_LIVE, sqlite_where=_LIVE
        )
        return (*super().__table_args__, of_quote)


class Issuer(Base):
    """Who issues documents: one row. ``settings``: see ``issuer.Issuer``."""

    __tablename__ = "issuers"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int]
    settings: Mapped[dict[str, Any]] = mapped_column(Json)


class Union(Base):
    """A contact or organization that went up in another one; ``ended``: until the merge was undone."""

    __tablename__ = "unions"

    merge_id: Mapped[str] = mapped_column(Id, primary_key=True)
    old_id: Mapped[str] = mapped_column(Id, index=True)
    survivor_id: Mapped[str] = mapped_column(Id, index=True)
    ended: Mapped[bool]
