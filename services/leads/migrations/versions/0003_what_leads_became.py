"""Leads are found by what they became."""

from alembic import op

revision = "0003"
down_revision = "0002"
COLUMNS = ("contact_id", "organization_id")


def upgrade() -> None:
    """Make the indexes."""
    for column in COLUMNS:
        op.create_index(f"ix_leads_{column}", "leads", [column])


def downgrade() -> None:
    """Remove them."""
    for column in COLUMNS:
        op.drop_index(f"ix_leads_{column}", "leads")
