"""The open activities by time, whoever is in charge of them: among many that are done they are few."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_activities_state", "activities", ["state", "from_at", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_activities_state", "activities")
