"""Opportunities, quotes, invoices, their numbers, and who issues them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

_LIVE = sa.text("quote_id IS NOT NULL AND deleted_at IS NULL AND stage <> 'Cancelled'")


def upgrade() -> None:
    """Create the tables; numbers start at 1, and nobody issues documents yet."""
    create_chassis_tables(op)
    numbers = op.create_table(
        "numbers",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.bulk_insert(numbers, [{"name": name, "last": 0} for name in ("opportunity", "quote", "invoice")])
    _create_records(
        "opportunities",
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("amount", sa.BigInteger),
        sa.Column("probability", sa.SmallInteger, nullable=False),
        sa.Column("expected_close", sa.Date),
        sa.Column("lead_source", sa.String(50), nullable=False),
        sa.Column("next_step", sa.String(1_000), nullable=False),
        sa.Column("closing_reason", sa.String(1_000), nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("lead_id", Id),
        sa.UniqueConstraint("lead_id", name="uq_opportunities_lead_id"),
    )
    _create_documents("quotes", sa.Column("valid_until", sa.Date))
    _create_documents("invoices", sa.Column("due_date", sa.Date), sa.Column("quote_id", Id))
    op.create_index(
        "uq_invoices_live_quote_id",
        "invoices",
        ["quote_id"],
        unique=True,
        postgresql_where=_LIVE,
        sqlite_where=_LIVE,
    )
    op.create_table(
        "issuers",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("settings", Json, nullable=False),
    )
    op.create_table(
        "unions",
        sa.Column("merge_id", Id, primary_key=True),
        sa.Column("old_id", Id, nullable=False),
        sa.Column("survivor_id", Id, nullable=False),
        sa.Column("ended", sa.Boolean, nullable=False),
    )
    for column in ("old_id", "survivor_id"):
        op.create_index(f"ix_unions_{column}", "unions", [column])


def _create_documents(name: str, *own: Any) -> None:
    _create_records(
        name,
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("issue_date", sa.Date, nullable=False),
        sa.Column("opportunity_id", Id),
        sa.Column("tax_included", sa.Boolean, nullable=False),
        sa.Column("rounding", sa.String(10), nullable=False),
        sa.Column("lines", Json, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("rates", Json, nullable=False),
        sa.Column("net", sa.BigInteger, nullable=False),
        sa.Column("tax", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("recipient", Json, nullable=False),
        sa.Column("issuer", Json),
        *own,
    )
    op.create_index(f"ix_{name}_opportunity_id", name, ["opportunity_id"])


def _create_records(name: str, *own: Any) -> None:
    op.create_table(
        name,
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("contact_id", Id),
        sa.Column("original_contact_id", Id),
        sa.Column("organization_id", Id),
        sa.Column("original_organization_id", Id),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("owner_id", sa.String(64)),
        sa.Column("modified_by", sa.String(64)),
        sa.Column("search", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("deleted_at", UtcDateTime),
        *own,
        sa.UniqueConstraint("number", name=f"uq_{name}_number"),
    )
    for column in ("original_contact_id", "original_organization_id"):
        op.create_index(f"ix_{name}_{column}", name, [column])
    for column in ("contact_id", "organization_id", "stage"):
        op.create_index(f"ix_{name}_{column}_id", name, [column, "id"])


def downgrade() -> None:
    """Drop the tables of sales; the chassis' own stay."""
    for table in ("unions", "issuers", "invoices", "quotes", "opportunities", "numbers"):
        op.drop_table(table)
