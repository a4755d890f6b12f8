"""Comments can be changed, deleted and restored."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the columns; what was written before is of version 1."""
    with op.batch_alter_table("comments") as batch:
        batch.add_column(sa.Column("version", sa.Integer, nullable=False, server_default="1"))
        batch.add_column(sa.Column("edited_at", UtcDateTime))
        batch.add_column(sa.Column("deleted_at", UtcDateTime))


def downgrade() -> None:
    """Remove them; what was deleted goes."""
    op.execute("DELETE FROM entries WHERE about_id IN (SELECT id FROM comments WHERE deleted_at IS NOT NULL)")
    op.execute("DELETE FROM comments WHERE deleted_at IS NOT NULL")
    with op.batch_alter_table("comments") as batch:
        for name in ("version", "edited_at", "deleted_at"):
            batch.drop_column(name)
