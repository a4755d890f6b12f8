"""Timeline entries, mails, comments, aliases."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    create_chassis_tables(op)
    gates = op.create_table("gates", sa.Column("name", sa.String(20), primary_key=True))
    op.bulk_insert(gates, [{"name": "homes"}])
    _create_mails()
    _create_entries()
    op.create_table(
        "ticket_homes",
        sa.Column("ticket_id", Id, primary_key=True),
        sa.Column("said_at", sa.String(32), nullable=False),
        sa.Column("customer_kind", sa.String(20)),
        sa.Column("customer_id", Id),
    )
    op.create_table(
        "record_aliases",
        sa.Column("old_id", Id, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", Id, nullable=False),
    )
    op.create_index("ix_record_aliases_id", "record_aliases", ["id"])
    _create_comments()


def _create_mails() -> None:
    op.create_table(
        "mails",
        sa.Column("mail_message_id", Id, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("said_at", sa.String(32), nullable=False),
        sa.Column("by_person", sa.Boolean, nullable=False),
        sa.Column("record_kind", sa.String(20)),
        sa.Column("record_id", Id),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("automatic", sa.Boolean, nullable=False),
        sa.Column("happened_at", UtcDateTime, nullable=False),
        sa.Column("title", sa.String(998), nullable=False),
        sa.Column("summary", Json, nullable=False),
    )


def _create_entries() -> None:
    op.create_table(
        "entries",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("happened_at", UtcDateTime, nullable=False),
        sa.Column("mail_message_id", Id),
        sa.Column("source_event_id", Id),
        sa.Column("about_id", Id),
        sa.Column("title", sa.String(998), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.UniqueConstraint("record_kind", "record_id", "mail_message_id", name="uq_entries_record_mail"),
        sa.UniqueConstraint("record_kind", "record_id", "source_event_id", name="uq_entries_record_event"),
    )
    op.create_index("ix_entries_timeline", "entries", ["record_kind", "record_id", "happened_at", "id"])
    op.create_index("ix_entries_mail_message_id", "entries", ["mail_message_id"])
    op.create_index("ix_entries_about_id", "entries", ["about_id"])


def _create_comments() -> None:
    op.create_table(
        "comments",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("mail_message_id", Id),
        sa.Column("staff_user_id", sa.String(64)),
        sa.Column("author_name", sa.String(255), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_comments_record", "comments", ["record_kind", "record_id", "id"])


def downgrade() -> None:
    """Drop the tables of history; the chassis' own stay."""
    for table in ("comments", "record_aliases", "ticket_homes", "entries", "mails", "gates"):
        op.drop_table(table)
