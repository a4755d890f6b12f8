"""Images of contacts and organizations."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Bytes, Id, UtcDateTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the table; images are compressed already."""
    op.create_table(
        "images",
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("content_type", sa.String(20), nullable=False),
        sa.Column("content", Bytes, nullable=False),
        sa.Column("put_at", UtcDateTime, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE images ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Drop them."""
    op.drop_table("images")
