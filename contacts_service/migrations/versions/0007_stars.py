"""Records that staff users marked for themselves."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, UtcDateTime

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "stars",
        sa.Column("staff_user_id", sa.String(64), primary_key=True),
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("starred_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_stars_record_id", "stars", ["record_id"])


def downgrade() -> None:
    """Forget them."""
    op.drop_table("stars")
