"""When a contact or an organization opted out of mailings, who said so, and by what way."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import UtcDateTime

revision = "0015"
down_revision = "0014"

TABLES = ("contacts", "organizations")


def upgrade() -> None:
    """Of those who opted out before nothing more is known."""
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("opted_out_at", UtcDateTime))
            batch.add_column(sa.Column("opted_out_by", sa.String(64)))
            batch.add_column(sa.Column("opted_out_source", sa.String(20)))


def downgrade() -> None:
    """Know again no more than that they opted out."""
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            for name in ("opted_out_source", "opted_out_by", "opted_out_at"):
                batch.drop_column(name)
