"""Tickets, their mails, threads, participants and numbers."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables; numbers start at 1."""
    create_chassis_tables(op)
    numbers = op.create_table(
        "numbers",
        sa.Column("name", sa.String(20), primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    op.bulk_insert(numbers, [{"name": "tickets", "last": 0}])
    _create_tickets()
    _create_threads()
    op.create_table(
        "said_of_mails",
        sa.Column("mail_message_id", Id, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("said_at", sa.String(32), nullable=False),
        sa.Column("by_person", sa.Boolean, nullable=False),
        sa.Column("customer_kind", sa.String(20)),
        sa.Column("customer_id", Id),
        sa.Column("organization_id", Id),
    )
    op.create_table(
        "customer_aliases",
        sa.Column("old_id", Id, primary_key=True),
        sa.Column("survivor_id", Id, nullable=False),
    )


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", Id, primary_key=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("title", sa.String(998), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("priority", sa.String(10), nullable=False),
        sa.Column("severity", sa.String(20)),
        sa.Column("category", sa.String(30)),
        sa.Column("customer_kind", sa.String(20)),
        sa.Column("customer_id", Id),
        sa.Column("customer_by_person", sa.Boolean, nullable=False),
        sa.Column("organization_id", Id),
        sa.Column("requester_name", sa.String(255), nullable=False),
        sa.Column("requester_address", sa.String(320), nullable=False),
        sa.Column("requester_canonical", sa.String(320), nullable=False),
        sa.Column("mailbox_id", Id),
        sa.Column("needs_review", sa.Boolean, nullable=False),
        sa.Column("may_belong_to", Id),
        sa.Column("assigned_to", sa.String(64)),
        sa.Column("source", sa.String(50), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("number", name="uq_tickets_number"),
    )
    op.create_index("ix_tickets_status", "tickets", ["status", "id"])
    op.create_index("ix_tickets_customer", "tickets", ["customer_kind", "customer_id", "id"])


def _create_threads() -> None:
    op.create_table(
        "ticket_mails",
        sa.Column("mail_message_id", Id, primary_key=True),
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id", name="fk_ticket_mails_ticket_id"), nullable=False),
        sa.Column("opens", sa.Boolean, nullable=False),
        sa.Column("message_id_header", sa.String(200), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_ticket_mails_ticket_id", "ticket_mails", ["ticket_id"])
    op.create_index("ix_ticket_mails_message_id_header", "ticket_mails", ["message_id_header"])
    op.create_table(
        "ticket_references",
        sa.Column("message_id_header", sa.String(200), primary_key=True),
        sa.Column(
            "ticket_id", Id, sa.ForeignKey("tickets.id", name="fk_ticket_references_ticket_id"), primary_key=True
        ),
    )
    op.create_table(
        "participants",
        sa.Column("ticket_id", Id, sa.ForeignKey("tickets.id", name="fk_participants_ticket_id"), primary_key=True),
        sa.Column("canonical", sa.String(320), primary_key=True),
    )
    op.create_table(
        "waiting_replies",
        sa.Column("mail_message_id", Id, primary_key=True),
        sa.Column("message_id_header", sa.String(200), primary_key=True),
        sa.Column("event", Json, nullable=False),
        sa.Column("waiting_since", UtcDateTime, nullable=False),
    )
    op.create_index("ix_waiting_replies_message_id_header", "waiting_replies", ["message_id_header"])
    op.create_index("ix_waiting_replies_waiting_since", "waiting_replies", ["waiting_since"])


def downgrade() -> None:
    """Drop the tables of tickets; the chassis' own stay."""
    for table in (
        "customer_aliases",
        "said_of_mails",
        "waiting_replies",
        "participants",
        "ticket_references",
        "ticket_mails",
        "tickets",
        "numbers",
    ):
        op.drop_table(table)
