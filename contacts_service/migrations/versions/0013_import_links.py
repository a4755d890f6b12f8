"""Whom rows of an import name above their records: set once all rows are in."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json

revision = "0013"
down_revision = "0012"

COUNTED = ("links", "links_done", "unlinked")


def upgrade() -> None:
    """Imports so far have set them row by row."""
    with op.batch_alter_table("imports") as batch:
        for name in COUNTED:
            batch.add_column(sa.Column(name, sa.Integer, nullable=False, server_default="0"))
    op.create_table(
        "import_links",
        sa.Column("import_id", Id, primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("record_id", Id, nullable=False),
        sa.Column("above", sa.Text, nullable=False),
        sa.Column("skipped", sa.Boolean, nullable=False),
        sa.Column("cells", Json, nullable=False),
    )


def downgrade() -> None:
    """What is not set yet stays unset."""
    op.drop_table("import_links")
    with op.batch_alter_table("imports") as batch:
        for name in COUNTED:
            batch.drop_column(name)
