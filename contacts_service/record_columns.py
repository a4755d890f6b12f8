"""The columns that contacts and organizations have in common."""

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from chassis.columns import Id, Json, UtcDateTime

# As ``models.Canonical``: plain byte order.
SortName = String(520).with_variant(String(520, collation="C"), "postgresql")


class RecordColumns:
    """What contacts and organizations have in common. ``addresses`` and ``phones``: the primary one first.

    ``phones`` are ``{number, kind}``, the number in E.164 where it is one. ``source``: by what way the record came in.
    ``merged_into``: the survivor, where this one was merged away (then ``deleted_at`` is set too).
    ``opted_out_at``, ``_by``, ``_source``: when, by whom and by what way ``email_opt_out`` was set; None: not known.
    ``search``, ``places``, ``sort_name``: what quick search, filters and sorted lists look into (``looked_into``).
    """

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    version: Mapped[int] = mapped_column(Integer)
    addresses: Mapped[list[str]] = mapped_column(Json)
    phones: Mapped[list[str]] = mapped_column(Json)
    description: Mapped[str] = mapped_column(Text)
    owner_id: Mapped[str | None] = mapped_column(String(64))
    source: Mapped[str] = mapped_column(String(50))
    tags: Mapped[list[str]] = mapped_column(Json)
    email_opt_out: Mapped[bool]
    opted_out_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    opted_out_by: Mapped[str | None] = mapped_column(String(64))
    opted_out_source: Mapped[str | None] = mapped_column(String(20))
    notify_owner: Mapped[bool]
    modified_by: Mapped[str | None] = mapped_column(String(64))
    search: Mapped[str] = mapped_column(Text)
    places: Mapped[str] = mapped_column(Text)
    sort_name: Mapped[str] = mapped_column(SortName)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    merged_into: Mapped[str | None] = mapped_column(Id)
