"""The tables of contacts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Date, ForeignKey, Index, Integer, SmallInteger, String, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from chassis.columns import Id, Json, UtcDateTime
from contacts_service import image_models as _images  # noqa: F401 # its tables belong to the same database
from contacts_service.base import Base
from contacts_service.exchange import models as _exchange  # noqa: F401 # as those above
from contacts_service.indexes import index_of_present, list_indexes
from contacts_service.mass import models as _mass  # noqa: F401 # as those above
from contacts_service.record_columns import RecordColumns

# Plain byte order: comparing by a language's collation would cost most of an address look-up on PostgreSQL.
Canonical = String(320).with_variant(String(320, collation="C"), "postgresql")


class Counter(Base):
    """The last number given out per kind of record; one row each, locked while a number is taken."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int] = mapped_column(Integer)


class Organization(RecordColumns, Base):
    """A customer organization; ``addresses`` belong to nobody in particular (info@)."""

    __tablename__ = "organizations"

    name: Mapped[str] = mapped_column(String(255))
    website: Mapped[str] = mapped_column(String(255))
    ticker_symbol: Mapped[str] = mapped_column(String(255))
    ownership: Mapped[str] = mapped_column(String(255))
    employees: Mapped[int | None] = mapped_column(BigInteger)
    annual_revenue: Mapped[int | None] = mapped_column(BigInteger)
    industry: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(50))
    rating: Mapped[str] = mapped_column(String(50))
    sic_code: Mapped[str] = mapped_column(String(255))
    member_of_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organizations.id"))
    billing_postal_code: Mapped[str] = mapped_column(String(255))
    billing_state: Mapped[str] = mapped_column(String(255))
    billing_city: Mapped[str] = mapped_column(String(255))
    billing_street: Mapped[str] = mapped_column(String(255))
    billing_po_box: Mapped[str] = mapped_column(String(255))
    billing_country: Mapped[str] = mapped_column(String(255))
    shipping_postal_code: Mapped[str] = mapped_column(String(255))
    shipping_state: Mapped[str] = mapped_column(String(255))
    shipping_city: Mapped[str] = mapped_column(String(255))
    shipping_street: Mapped[str] = mapped_column(String(255))
    shipping_po_box: Mapped[str] = mapped_column(String(255))
    shipping_country: Mapped[str] = mapped_column(String(255))

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        return (index_of_present("member_of_id"), *list_indexes("organizations", "owner_id"))


class Contact(RecordColumns, Base):
    """A person. ``reports_to_id``: the boss.

    ``portal``: may log in, from ``support_start`` to ``support_end`` where they are set.
    """

    __tablename__ = "contacts"

    salutation: Mapped[str] = mapped_column(String(20))
    last_name: Mapped[str] = mapped_column(String(255))
    first_name: Mapped[str] = mapped_column(String(255))
    last_name_kana: Mapped[str] = mapped_column(String(255))
    first_name_kana: Mapped[str] = mapped_column(String(255))
    title: Mapped[str] = mapped_column(String(255))
    department: Mapped[str] = mapped_column(String(255))
    organization_id: Mapped[str | None] = mapped_column(Id, ForeignKey("organizations.id"))
    reports_to_id: Mapped[str | None] = mapped_column(Id, ForeignKey("contacts.id"))
    lead_source: Mapped[str] = mapped_column(String(50))
    birthday: Mapped[date | None] = mapped_column(Date)
    assistant: Mapped[str] = mapped_column(String(255))
    do_not_call: Mapped[bool]
    reference: Mapped[bool]
    decision_maker: Mapped[bool]
    last_action_on: Mapped[date | None] = mapped_column(Date)
    portal: Mapped[bool]
    support_start: Mapped[date | None] = mapped_column(Date)
    support_end: Mapped[date | None] = mapped_column(Date)
    mailing_postal_code: Mapped[str] = mapped_column(String(255))
    mailing_state: Mapped[str] = mapped_column(String(255))
    mailing_city: Mapped[str] = mapped_column(String(255))
    mailing_street: Mapped[str] = mapped_column(String(255))
    mailing_po_box: Mapped[str] = mapped_column(String(255))
    mailing_country: Mapped[str] = mapped_column(String(255))
    other_postal_code: Mapped[str] = mapped_column(String(255))
    other_state: Mapped[str] = mapped_column(String(255))
    other_city: Mapped[str] = mapped_column(String(255))
    other_street: Mapped[str] = mapped_column(String(255))
    other_po_box: Mapped[str] = mapped_column(String(255))
    other_country: Mapped[str] = mapped_column(String(255))

    @declared_attr.directive
    def __table_args__(cls) -> Any:
        narrowed = ("owner_id", "birthday", "last_action_on", "support_end")
        return (
            index_of_present("organization_id"),
            index_of_present("reports_to_id"),
            *list_indexes("contacts", *narrowed),
        )


class Change(Base):
    """What was done to a record, by whom, and which fields changed from what to what: ``{field, old, new}``.

    ``other_id``: the record that was merged into this one, or the one that this one was merged into.
    """

    __tablename__ = "changes"
    __table_args__ = (Index(None, "record_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_id: Mapped[str] = mapped_column(Id)
    what: Mapped[str] = mapped_column(String(20))
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    staff_name: Mapped[str | None] = mapped_column(String(255))
    fields: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    other_id: Mapped[str | None] = mapped_column(Id)


class Merge(Base):
    """One record that went into another one, with all that is needed to take it out again.

    ``before`` and ``after``: the survivor's values that changed by it, and its lists, as callers get them. ``other``:
    all values of the one that went. ``moved``: which records point at the survivor since, by the field they do it with.
    """

    __tablename__ = "merges"
    __table_args__ = (Index(None, "survivor_id", "id"), Index(None, "other_id", "id"))

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    survivor_id: Mapped[str] = mapped_column(Id)
    other_id: Mapped[str] = mapped_column(Id)
    merged_at: Mapped[datetime] = mapped_column(UtcDateTime)
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    staff_name: Mapped[str | None] = mapped_column(String(255))
    before: Mapped[dict[str, Any]] = mapped_column(Json)
    after: Mapped[dict[str, Any]] = mapped_column(Json)
    other: Mapped[dict[str, Any]] = mapped_column(Json)
    moved: Mapped[dict[str, list[str]]] = mapped_column(Json)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Star(Base):
    """A staff user marked a record for himself."""

    __tablename__ = "stars"
    __table_args__ = (Index(None, "record_id"),)

    staff_user_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    starred_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SharedSettings(Base):
    """One row: settings that hold for everybody. ``address_copy``: never, ask or always."""

    __tablename__ = "contacts_settings"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    version: Mapped[int]
    address_copy: Mapped[str] = mapped_column(String(10))
    modified_by: Mapped[str | None] = mapped_column(String(64))
    updated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class MatchKey(Base):
    """By what a present record is found as a likely duplicate (likeness.py). ``shared``: others have the key too."""

    __tablename__ = "match_keys"
    __table_args__ = (
        Index(None, "record_id"),
        Index("ix_match_keys_shared", "key", postgresql_where=text("shared"), sqlite_where=text("shared")),
    )

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    shared: Mapped[bool]


class SetApart(Base):
    """That two records are not the same, as a person said; the smaller id first."""

    __tablename__ = "set_apart"

    one_id: Mapped[str] = mapped_column(Id, primary_key=True)
    two_id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_user_id: Mapped[str | None] = mapped_column(String(64))
    said_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListView(Base):
    """A list that a staff user saved: which records, which columns, in which order. ``shared``: with everybody."""

    __tablename__ = "list_views"
    __table_args__ = (Index(None, "record_kind", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(String(100))
    shared: Mapped[bool]
    staff_user_id: Mapped[str] = mapped_column(String(64))
    filter: Mapped[dict[str, Any]] = mapped_column(Json)
    columns: Mapped[list[str]] = mapped_column(Json)
    sort: Mapped[str] = mapped_column(String(50))
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BookEntry(Base):
    """One address that stands for one record. ``address`` as typed, ``label`` and ``organization_id`` of the record.

    The key's first column is the look-up; everything an answer needs lies in the row, so no second table is read.
    ``weak_key`` is set only where a provider treats several spellings as one (Gmail's dots and plus).
    """

    __tablename__ = "addresses"
    __table_args__ = (
        Index(None, "record_id"),
        Index(
            None,
            "weak_key",
            postgresql_where=text("weak_key IS NOT NULL"),
            sqlite_where=text("weak_key IS NOT NULL"),
        ),
    )

    canonical: Mapped[str] = mapped_column(Canonical, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    address: Mapped[str] = mapped_column(String(320))
    label: Mapped[str] = mapped_column(String(520))
    organization_id: Mapped[str | None] = mapped_column(Id)
    weak_key: Mapped[str | None] = mapped_column(Canonical)


class LeadMark(Base):
    """How far a lead's events have come: they travel in queues of their own and may overtake one another."""

    __tablename__ = "lead_marks"

    lead_id: Mapped[str] = mapped_column(Id, primary_key=True)
    as_of: Mapped[str] = mapped_column(String(40))
    gone: Mapped[bool]
