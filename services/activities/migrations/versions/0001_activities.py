"""Activities, the records they name, which of these went up in which."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, UtcDateTime
from chassis.migrations import create_chassis_tables

revision = "0001"
down_revision = None

_TO_REMIND = sa.text("remind_at IS NOT NULL")


def upgrade() -> None:
    """Create the tables."""
    create_chassis_tables(op)
    _create_activities()
    op.create_table(
        "named_records",
        sa.Column(
            "activity_id", Id, sa.ForeignKey("activities.id", name="fk_named_records_activity_id"), primary_key=True
        ),
        sa.Column("role", sa.String(20), primary_key=True),
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(20), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
    )
    op.create_index("ix_named_records_record_id", "named_records", ["record_id"])
    op.create_table(
        "record_unions",
        sa.Column("merge_id", Id, primary_key=True),
        sa.Column("old_kind", sa.String(20), nullable=False),
        sa.Column("old_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("ended_at", UtcDateTime),
    )
    op.create_index("ix_record_unions_old_id", "record_unions", ["old_id"])
    op.create_index("ix_record_unions_id", "record_unions", ["id"])


def _create_activities() -> None:
    op.create_table(
        "activities",
        sa.Column("id", Id, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("priority", sa.String(20), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("description", sa.Text, nullable=False),
        sa.Column("owner_id", sa.String(64)),
        sa.Column("time_zone", sa.String(64), nullable=False),
        sa.Column("all_day", sa.Boolean, nullable=False),
        sa.Column("starts_at", UtcDateTime),
        sa.Column("ends_at", UtcDateTime),
        sa.Column("starts_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("due_at", UtcDateTime),
        sa.Column("place", sa.String(255), nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("phone", sa.String(64), nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.Column("duration_seconds", sa.Integer),
        sa.Column("reminder_minutes", sa.Integer),
        sa.Column("remind_at", UtcDateTime),
        sa.Column("reminded_for", UtcDateTime),
        sa.Column("from_at", UtcDateTime, nullable=False),
        sa.Column("until_at", UtcDateTime, nullable=False),
        sa.Column("mail_message_id", Id),
        sa.Column("created_by", sa.String(64)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("closed_at", UtcDateTime),
        sa.Column("deleted_at", UtcDateTime),
    )
    op.create_index("ix_activities_from_at", "activities", ["from_at", "id"])
    op.create_index("ix_activities_owner", "activities", ["owner_id", "state", "from_at", "id"])
    op.create_index(
        "ix_activities_remind_at",
        "activities",
        ["remind_at"],
        postgresql_where=_TO_REMIND,
        sqlite_where=_TO_REMIND,
    )
    op.create_index("ix_activities_mail_message_id", "activities", ["mail_message_id"])


def downgrade() -> None:
    """Drop the tables of activities; the chassis' own stay."""
    for table in ("record_unions", "named_records", "activities"):
        op.drop_table(table)
