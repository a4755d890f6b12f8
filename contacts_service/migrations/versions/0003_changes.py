"""What was done to each record, by whom, and which fields changed from what to what."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table; of what was done before nobody knows."""
    op.create_table(
        "changes",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.Column("staff_user_id", sa.String(64), nullable=True),
        sa.Column("staff_name", sa.String(255), nullable=True),
        sa.Column("fields", Json, nullable=False),
        sa.Column("other_id", Id, nullable=True),
    )
    op.create_index("ix_changes_record_id_id", "changes", ["record_id", "id"])


def downgrade() -> None:
    """Forget it."""
    op.drop_table("changes")
