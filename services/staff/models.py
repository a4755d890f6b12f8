"""The tables of staff."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from chassis.columns import Id, Json, UtcDateTime
from chassis.tables import declarative_base_for

Base: Any = declarative_base_for("staff")


class StaffUser(Base):
    """Somebody who works here. ``login`` is canonical; ``password_hash`` an Argon2id string with its parameters."""

    __tablename__ = "staff_users"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(100), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(20))
    password_hash: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    preferences: Mapped[dict[str, Any] | None] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StaffGroup(Base):
    """Several who are in charge of records together. ``canonical_name``: width and case make no other group."""

    __tablename__ = "staff_groups"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    canonical_name: Mapped[str] = mapped_column(String(512), unique=True)
    description: Mapped[str] = mapped_column(String(2000))
    active: Mapped[bool]
    version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    members: Mapped[list[StaffUser]] = relationship(secondary="staff_group_members", lazy="selectin")


class StaffGroupMember(Base):
    """Who belongs to which group."""

    __tablename__ = "staff_group_members"

    group_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_groups.id", ondelete="CASCADE"), primary_key=True)
    staff_user_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_users.id", ondelete="CASCADE"), primary_key=True)


class AccessToken(Base):
    """A session of a browser (``kind`` session), a token of a program (``api``), a calendar's address (``calendar``).

    The token itself is not stored. ``address`` and ``agent`` (User-Agent): where a session began.
    """

    __tablename__ = "access_tokens"
    __table_args__ = (Index("ix_access_tokens_owner", "staff_user_id", "kind", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(255))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    staff_user_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_users.id", ondelete="CASCADE"))
    scopes: Mapped[list[str] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    address: Mapped[str | None] = mapped_column(String(45))
    agent: Mapped[str | None] = mapped_column(String(300))
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    staff_user: Mapped[StaffUser] = relationship()


class Notice(Base):
    """What one staff user is to be told. ``title``: what the record was called then; ``details``: what else is said.

    ``what``: reminded, created, updated; ``actor_id``: who did it.
    """

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_owner", "staff_user_id", "id"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    staff_user_id: Mapped[str] = mapped_column(Id, ForeignKey("staff_users.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(10))
    record_kind: Mapped[str] = mapped_column(String(20))
    record_id: Mapped[str] = mapped_column(Id)
    title: Mapped[str] = mapped_column(Text)
    actor_id: Mapped[str | None] = mapped_column(Id)
    details: Mapped[dict[str, Any]] = mapped_column(Json)
    happened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class LoginThrottle(Base):
    """Failed log-ins of one bucket (a hashed account name, address, or both together)."""

    __tablename__ = "login_throttles"

    bucket: Mapped[str] = mapped_column(String(50), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    last_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    blocked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
