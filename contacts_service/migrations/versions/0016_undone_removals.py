"""The image that a record had before, and saved mappings that were deleted: for whoever wants them back."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Bytes, Id, UtcDateTime

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Make the table; images are compressed already."""
    op.create_table(
        "former_images",
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("content_type", sa.String(20), nullable=False),
        sa.Column("content", Bytes, nullable=False),
        sa.Column("put_at", UtcDateTime, nullable=False),
        sa.Column("gone_at", UtcDateTime, nullable=False),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE former_images ALTER COLUMN content SET STORAGE EXTERNAL")
    op.add_column("import_mappings", sa.Column("deleted_at", UtcDateTime))


def downgrade() -> None:
    """What was taken away is gone."""
    op.execute("DELETE FROM import_mappings WHERE deleted_at IS NOT NULL")
    op.drop_column("import_mappings", "deleted_at")
    op.drop_table("former_images")
