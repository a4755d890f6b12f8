"""Which records stand in the place of others, so that merged ones can be taken apart again; forgotten choices."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table; what was chosen for records that were merged before has gone over to their survivors."""
    op.create_table(
        "record_unions",
        sa.Column("merge_id", Id, primary_key=True),
        sa.Column("old_id", Id, nullable=False),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("addresses", sa.JSON, nullable=False),
    )
    op.create_index("ix_record_unions_old_id", "record_unions", ["old_id"])
    op.create_index("ix_record_unions_id", "record_unions", ["id"])
    column = sa.Column("forgotten", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("remembered_choices", column)
    with op.batch_alter_table("remembered_choices") as batch:
        batch.alter_column("forgotten", server_default=None)


def downgrade() -> None:
    """Forget it."""
    with op.batch_alter_table("remembered_choices") as batch:
        batch.drop_column("forgotten")
    op.drop_table("record_unions")
