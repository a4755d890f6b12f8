"""What each staff user is to be told."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notices",
        sa.Column("id", Id, primary_key=True),
        sa.Column("staff_user_id", Id, sa.ForeignKey("staff_users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("what", sa.String(10), nullable=False),
        sa.Column("record_kind", sa.String(20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("actor_id", Id),
        sa.Column("details", Json, nullable=False),
        sa.Column("happened_at", UtcDateTime, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("read_at", UtcDateTime),
    )
    op.create_index("ix_notices_owner", "notices", ["staff_user_id", "id"])
    op.create_index("ix_notices_created_at", "notices", ["created_at"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("notices")
