"""Indexes that the tables of records have in common."""

from typing import Any

from sqlalchemy import Index, text

PRESENT, DELETED = text("deleted_at IS NULL"), text("deleted_at IS NOT NULL")


def index_of_present(column: str) -> Index:
    """Most records have none, and nobody looks for those."""
    present = text(f"{column} IS NOT NULL")
    return Index(None, column, postgresql_where=present, sqlite_where=present)


def list_indexes(table: str, *narrowed: str) -> tuple[Index, ...]:
    """What keeps lists fast: words by trigram (on PostgreSQL), sort keys, frequent conditions, the recycle bin."""

    def index(name: str, *columns: str, where: Any = PRESENT, **more: Any) -> Index:
        return Index(f"ix_{table}_{name}", *columns, postgresql_where=where, sqlite_where=where, **more)

    spread = ("search", "places")
    # One for both: PostgreSQL does not combine two indexes that leave out the same rows.
    words = index(
        "words", *spread, postgresql_using="gin", postgresql_ops=dict.fromkeys(spread, "gin_trgm_ops")
    ).ddl_if("postgresql")
    ordered = [index(name, name, "id") for name in ("sort_name", "updated_at", *narrowed)]
    return (words, *ordered, index("bin", "id", where=DELETED))
