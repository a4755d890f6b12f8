"""Decisions, remembered choices, address changes."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, UtcDateTime
from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None

Canonical = sa.String(320).with_variant(sa.String(320, collation="C"), "postgresql")


def upgrade() -> None:
    """Make everything."""
    create_chassis_tables(op)
    _create_decisions()
    op.create_table(
        "remembered_choices",
        sa.Column("canonical", Canonical, nullable=False),
        sa.Column("record_kind", sa.String(12), nullable=True),
        sa.Column("record_id", Id, nullable=True),
        sa.Column("organization_id", Id, nullable=True),
        sa.Column("label", sa.String(255), nullable=True),
        sa.Column("chosen_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("canonical", name="pk_remembered_choices"),
    )
    op.create_index("ix_remembered_choices_record_id", "remembered_choices", ["record_id"])
    op.create_table(
        "address_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("canonical", Canonical, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_address_changes"),
        sqlite_autoincrement=True,
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", Id, nullable=False),
        sa.Column("mail_message_id", Id, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(30), nullable=True),
        sa.Column("rule", sa.String(100), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("canonical", Canonical, nullable=False),
        sa.Column("match_kind", sa.String(12), nullable=True),
        sa.Column("match_id", Id, nullable=True),
        sa.Column("organization_id", Id, nullable=True),
        sa.Column("label", sa.String(255), nullable=True),
        *[sa.Column(name, sa.JSON, nullable=False) for name in ("candidates", "tried", "mail", "party", "personal")],
        sa.Column("corrected", sa.Boolean, nullable=False),
        sa.Column("decided_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.UniqueConstraint("mail_message_id", name="uq_decisions_mail_message_id"),
    )
    op.create_index("ix_decisions_canonical_id", "decisions", ["canonical", "id"])
    corrected = sa.text("corrected")
    op.create_index(
        "ix_decisions_match_id", "decisions", ["match_id"], postgresql_where=corrected, sqlite_where=corrected
    )
    if op.get_bind().dialect.name == "postgresql":
        # pglz would cost most of the time of an insert (docs: performance).
        for column in ("candidates", "tried", "mail", "personal"):
            op.execute(f"ALTER TABLE decisions ALTER COLUMN {column} SET COMPRESSION lz4")


def downgrade() -> None:
    """Drop everything."""
    for table in ("address_changes", "remembered_choices", "decisions"):
        op.drop_table(table)
    drop_chassis_tables(op)
