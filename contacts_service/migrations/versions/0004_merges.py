"""The journal of merges; organizations can be merged too."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the journal; merges that were made before cannot be undone."""
    op.create_table(
        "merges",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("survivor_id", Id, nullable=False),
        sa.Column("other_id", Id, nullable=False),
        sa.Column("merged_at", UtcDateTime, nullable=False),
        sa.Column("staff_user_id", sa.String(64), nullable=True),
        sa.Column("staff_name", sa.String(255), nullable=True),
        *[sa.Column(name, Json, nullable=False) for name in ("before", "after", "other", "moved")],
        sa.Column("undone_at", UtcDateTime, nullable=True),
    )
    op.create_index("ix_merges_survivor_id_id", "merges", ["survivor_id", "id"])
    op.create_index("ix_merges_other_id_id", "merges", ["other_id", "id"])
    op.add_column("organizations", sa.Column("merged_into", Id, nullable=True))


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("organizations") as batch:
        batch.drop_column("merged_into")
    op.drop_table("merges")
