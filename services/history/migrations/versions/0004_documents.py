"""Documents and their bytes."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Bytes, Id, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "documents",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(20), nullable=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("content_type", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("whole", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("staff_user_id", sa.String(64)),
        sa.Column("author_name", sa.String(255), nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("deleted_at", UtcDateTime),
    )
    op.create_index("ix_documents_record", "documents", ["record_kind", "record_id", "id"])
    op.create_index("ix_documents_whole", "documents", ["whole", "created_at"])
    op.create_table(
        "document_pieces",
        sa.Column("document_id", Id, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", Bytes, nullable=False),
    )


def downgrade() -> None:
    """Remove them, and what timelines say of them."""
    op.drop_table("document_pieces")
    op.execute("DELETE FROM entries WHERE about_id IN (SELECT id FROM documents)")
    op.drop_table("documents")
