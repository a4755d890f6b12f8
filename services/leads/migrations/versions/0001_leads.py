"""Leads, their mails, their numbers."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

_HOLDS_ADDRESS = sa.text("state = 'open' AND canonical <> ''")
_TEXTS = {
    "last_name": 255,
    "first_name": 255,
    "company": 255,
    "address": 320,
    "canonical": 320,
    "title": 998,
    "designation": 255,
    "phone": 64,
    "mobile": 64,
    "website": 255,
    "industry": 255,
    "rating": 50,
    "source": 50,
}


def upgrade() -> None:
    """Create the tables; numbers start at 1."""
    create_chassis_tables(op)
    numbers = op.create_table(
        "numbers",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.bulk_insert(numbers, [{"name": "leads", "last": 0}])
    _create_leads()
    op.create_table(
        "lead_mails",
        sa.Column("mail_message_id", Id, primary_key=True),
        sa.Column("lead_id", Id, sa.ForeignKey("leads.id", name="fk_lead_mails_lead_id"), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_lead_mails_lead_id", "lead_mails", ["lead_id"])
    op.create_table(
        "later_decisions",
        sa.Column("mail_message_id", Id, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("known", sa.Boolean, nullable=False),
    )


def _create_leads() -> None:
    op.create_table(
        "leads",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        *(sa.Column(name, sa.String(length), nullable=False) for name, length in _TEXTS.items()),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("owner_id", sa.String(64)),
        sa.Column("mailbox_id", Id),
        sa.Column("contact_id", Id),
        sa.Column("organization_id", Id),
        sa.Column("conversion", Json),
        sa.Column("converted_at", UtcDateTime),
        sa.Column("search_text", sa.Text, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("number", name="uq_leads_number"),
    )
    op.create_index(
        "uq_leads_open_canonical",
        "leads",
        ["canonical"],
        unique=True,
        postgresql_where=_HOLDS_ADDRESS,
        sqlite_where=_HOLDS_ADDRESS,
    )
    op.create_index("ix_leads_canonical", "leads", ["canonical"])
    op.create_index("ix_leads_status", "leads", ["status", "id"])


def downgrade() -> None:
    """Drop the tables of leads; the chassis' own stay."""
    for table in ("later_decisions", "lead_mails", "leads", "numbers"):
        op.drop_table(table)
