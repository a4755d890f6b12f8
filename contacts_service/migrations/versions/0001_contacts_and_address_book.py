"""Organizations, contacts, the address book."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

Canonical = sa.String(320).with_variant(sa.String(320, collation="C"), "postgresql")


def upgrade() -> None:
    """Make everything, the counters at 0."""
    create_chassis_tables(op)
    counters = op.create_table(
        "counters",
        sa.Column("name", sa.String(20), nullable=False),
        sa.Column("value", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_counters"),
    )
    op.bulk_insert(counters, [{"name": "contact", "value": 0}, {"name": "organization", "value": 0}])
    op.create_table(
        "organizations",
        *_record_columns(),
        sa.Column("name", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_organizations"),
        sa.UniqueConstraint("number", name="uq_organizations_number"),
    )
    _create_contacts()
    _create_address_book()
    op.create_table(
        "lead_marks",
        sa.Column("lead_id", Id, nullable=False),
        sa.Column("as_of", sa.String(40), nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("lead_id", name="pk_lead_marks"),
    )


def _record_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", Id, nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("addresses", Json, nullable=False),
        sa.Column("phones", Json, nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("owner_id", sa.String(64), nullable=True),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("deleted_at", UtcDateTime, nullable=True),
    ]


def _create_contacts() -> None:
    names = ("last_name", "first_name", "last_name_kana", "first_name_kana", "title", "department")
    op.create_table(
        "contacts",
        *_record_columns(),
        *[sa.Column(name, sa.String(255), nullable=False) for name in names],
        sa.Column("organization_id", Id, nullable=True),
        sa.Column("merged_into", Id, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contacts"),
        sa.UniqueConstraint("number", name="uq_contacts_number"),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], name="fk_contacts_organization_id"),
    )
    _create_partial_index("contacts", "organization_id")


def _create_address_book() -> None:
    op.create_table(
        "addresses",
        sa.Column("canonical", Canonical, nullable=False),
        sa.Column("record_kind", sa.String(12), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("label", sa.String(520), nullable=False),
        sa.Column("organization_id", Id, nullable=True),
        sa.Column("weak_key", Canonical, nullable=True),
        sa.PrimaryKeyConstraint("canonical", "record_kind", "record_id", name="pk_addresses"),
    )
    op.create_index("ix_addresses_record_id", "addresses", ["record_id"])
    _create_partial_index("addresses", "weak_key")


def _create_partial_index(table: str, column: str) -> None:
    present = sa.text(f"{column} IS NOT NULL")
    name = f"ix_{table}_{column}"
    op.create_index(name, table, [column], postgresql_where=present, sqlite_where=present)


def downgrade() -> None:
    """Drop everything."""
    for table in ("lead_marks", "addresses", "contacts", "organizations", "counters"):
        op.drop_table(table)
    drop_chassis_tables(op)
