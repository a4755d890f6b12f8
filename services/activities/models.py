"""The tables of activities."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.columns import Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("activities")

_TO_REMIND = text("remind_at IS NOT NULL")


class Activity(Base):
    """A to-do, call, meeting or visit; ``services/activities/forms.py`` says which kind has which fields.

    ``from_at`` and ``until_at``: when it is in a calendar, by which lists sort. ``remind_at``: when to remind, None
    once that was done (``reminded_for``). ``closed_at``: when it was done or called off. ``deleted_at``: it is in the
    recycle bin. ``mail_canonical``: the address of whoever wrote the mail it was made from, where that is known.
    """

    __tablename__ = "activities"
    __table_args__ = (
        Index("ix_activities_from_at", "from_at", "id"),
        Index("ix_activities_state", "state", "from_at", "id"),
        Index("ix_activities_owner", "owner_id", "state", "from_at", "id"),
        Index("ix_activities_remind_at", "remind_at", postgresql_where=_TO_REMIND, sqlite_where=_TO_REMIND),
        Index("ix_activities_mail_message_id", "mail_message_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(40))
    priority: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(255))
    description: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(String(64))
    time_zone: Mapped[str] = mapped_column(String(64))
    all_day: Mapped[bool]
    starts_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    due_on: Mapped[date | None]
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    place: Mapped[str] = mapped_column(String(255))
    direction: Mapped[str] = mapped_column(String(10))
    phone: Mapped[str] = mapped_column(String(64))
    result: Mapped[str] = mapped_column(Text)
    duration_seconds: Mapped[int | None]
    reminder_minutes: Mapped[int | None]
    remind_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminded_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until_at: Mapped[datetime] = mapped_column(UtcDateTime)
    mail_message_id: Mapped[str | None] = mapped_column(Id)
    mail_canonical: Mapped[str | None] = mapped_column(String(320))
    created_by: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    named: Mapped[list["NamedRecord"]] = relationship(
        lazy="selectin", order_by="NamedRecord.place", cascade="all, delete-orphan"
    )


class NamedRecord(Base):
    """A record that an activity is about, or that takes part in it, as it was named; never re-written by a merge."""

    __tablename__ = "named_records"
    __table_args__ = (Index("ix_named_records_record_id", "record_id"),)

    activity_id: Mapped[str] = mapped_column(Id, ForeignKey("activities.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)
    record_id: Mapped[str] = mapped_column(Id, primary_key=True)
    record_kind: Mapped[str] = mapped_column(String(20))
    place: Mapped[int]


class RecordUnion(Base):
    """That a record (``old``) went up in another one (merged, converted); ``ended_at``: when it came out again.

    ``since`` and ``addresses``: what that un-merge told. Their ``merge_id`` sorts unions by the time they were made.
    """

    __tablename__ = "record_unions"

    merge_id: Mapped[str] = mapped_column(Id, primary_key=True)
    old_kind: Mapped[str] = mapped_column(String(20))
    old_id: Mapped[str] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(String(20))
    id: Mapped[str] = mapped_column(Id, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    addresses: Mapped[list[str] | None] = mapped_column(Json)
