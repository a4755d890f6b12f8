"""The chassis' own tables, the same in every service's database.

``outbox``: what is to be published, one row a transaction. ``inbox``: events whose effects are in this database.
``answers``: idempotency keys and what was answered. ``dead_letters``: events that no try could handle.
"""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.orm import DeclarativeBase, registry

from chassis.columns import Bytes, Id, Json, UtcDateTime

Serial = BigInteger().with_variant(Integer(), "sqlite")


def chassis_tables(metadata: MetaData) -> list[Table]:
    """Add the four tables to ``metadata``."""
    return [
        Table(
            "outbox",
            metadata,
            Column("id", Serial, primary_key=True, autoincrement=True),
            Column("events", Bytes, nullable=False),
            Column("event_count", Integer, nullable=False),
            Column("created_at", UtcDateTime, nullable=False),
        ),
        Table(
            "inbox",
            metadata,
            Column("event_id", Id, primary_key=True),
            Column("handled_at", UtcDateTime, nullable=False),
            Index("ix_inbox_handled_at", "handled_at"),
        ),
        Table(
            "answers",
            metadata,
            Column("key", String(255), primary_key=True),
            Column("fingerprint", String(64), nullable=False),
            Column("answer", Json, nullable=False),
            Column("answered_at", UtcDateTime, nullable=False),
        ),
        Table(
            "dead_letters",
            metadata,
            Column("id", Id, primary_key=True),
            Column("queue", String(255), nullable=False),
            Column("event_id", String(64), nullable=True),
            Column("event_type", String(255), nullable=True),
            Column("body", Bytes, nullable=False),
            Column("error", Text, nullable=False),
            Column("attempts", Integer, nullable=False),
            Column("died_at", UtcDateTime, nullable=False),
            Column("replayed_at", UtcDateTime, nullable=True),
        ),
    ]


def declarative_base_for(service: str) -> Any:
    """A declarative base with metadata of its own that holds the chassis' tables already."""
    metadata = MetaData(naming_convention=NAMES, info={"service": service})
    chassis_tables(metadata)
    return type("Base", (DeclarativeBase,), {"registry": registry(metadata=metadata), "__module__": __name__})


NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
