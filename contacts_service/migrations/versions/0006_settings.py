"""Settings that hold for everybody."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import UtcDateTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table; where it has no row, the defaults hold."""
    op.create_table(
        "contacts_settings",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("address_copy", sa.String(10), nullable=False),
        sa.Column("modified_by", sa.String(64), nullable=True),
        sa.Column("updated_at", UtcDateTime, nullable=True),
    )


def downgrade() -> None:
    """Forget them."""
    op.drop_table("contacts_settings")
