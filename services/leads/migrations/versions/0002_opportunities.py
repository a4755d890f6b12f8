"""The opportunity that a conversion opened."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the column."""
    op.add_column("leads", sa.Column("opportunity_id", Id))


def downgrade() -> None:
    """Remove it."""
    op.drop_column("leads", "opportunity_id")
