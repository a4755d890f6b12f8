"""The few tickets that a person has to look at are found without going through all."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """An index of those alone."""
    waiting = sa.text("needs_review")
    op.create_index("ix_tickets_needs_review", "tickets", ["id"], postgresql_where=waiting, sqlite_where=waiting)
