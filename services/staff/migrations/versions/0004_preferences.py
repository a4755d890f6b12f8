"""What a person prefers, wherever they log in."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Json

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the column."""
    op.add_column("staff_users", sa.Column("preferences", Json))


def downgrade() -> None:
    """Remove it."""
    with op.batch_alter_table("staff_users") as batch:
        batch.drop_column("preferences")
