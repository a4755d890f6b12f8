"""Where a session began, and when it was last used."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the columns; of what began before nothing is known."""
    op.add_column("access_tokens", sa.Column("address", sa.String(45)))
    op.add_column("access_tokens", sa.Column("agent", sa.String(300)))
    op.add_column("access_tokens", sa.Column("last_used_at", UtcDateTime))


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("access_tokens") as batch:
        for name in ("address", "agent", "last_used_at"):
            batch.drop_column(name)
