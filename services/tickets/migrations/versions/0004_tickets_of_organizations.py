"""The tickets of an organization's people are found without going through all."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """An index of them, newest last."""
    op.create_index("ix_tickets_organization", "tickets", ["organization_id", "id"])


def downgrade() -> None:
    """Go through all again."""
    op.drop_index("ix_tickets_organization", "tickets")
