"""Who put a document into the recycle bin, and the bin in the order in which things came into it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the column; of what is there already nobody knows."""
    op.add_column("documents", sa.Column("deleted_by", sa.String(64)))
    op.create_index("ix_documents_deleted", "documents", ["deleted_at", "id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index("ix_documents_deleted", "documents")
    with op.batch_alter_table("documents") as batch:
        batch.drop_column("deleted_by")
