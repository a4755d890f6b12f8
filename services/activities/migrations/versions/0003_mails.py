"""Whose mail an activity was made from, and what of it goes back when records are taken apart again."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Json, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the columns; of what is there already nobody knows the address."""
    op.add_column("activities", sa.Column("mail_canonical", sa.String(320)))
    op.add_column("record_unions", sa.Column("since", UtcDateTime))
    op.add_column("record_unions", sa.Column("addresses", Json))


def downgrade() -> None:
    """Remove them."""
    with op.batch_alter_table("record_unions") as batch:
        batch.drop_column("since")
        batch.drop_column("addresses")
    with op.batch_alter_table("activities") as batch:
        batch.drop_column("mail_canonical")
