"""Groups of staff users."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "staff_groups",
        sa.Column("id", Id, primary_key=True),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("canonical_name", sa.String(512), nullable=False),
        sa.Column("description", sa.String(2000), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("canonical_name", name="uq_staff_groups_canonical_name"),
    )
    op.create_table(
        "staff_group_members",
        sa.Column("group_id", Id, sa.ForeignKey("staff_groups.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("staff_user_id", Id, sa.ForeignKey("staff_users.id", ondelete="CASCADE"), primary_key=True),
    )


def downgrade() -> None:
    """Remove them."""
    op.drop_table("staff_group_members")
    op.drop_table("staff_groups")
