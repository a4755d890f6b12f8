"""The first form."""

import sqlalchemy as sa
from alembic import op

from chassis.migrations import create_chassis_tables, drop_chassis_tables
from chassis.tables import Serial

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    create_chassis_tables(op)
    op.create_table(
        "effects",
        sa.Column("id", Serial, primary_key=True, autoincrement=True),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("batch", sa.Integer, nullable=False),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("effects")
    drop_chassis_tables(op)
