"""Contacts who decide in their organization."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Nobody was marked so far."""
    with op.batch_alter_table("contacts") as batch:
        batch.add_column(sa.Column("decision_maker", sa.Boolean, nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Forget who decides."""
    with op.batch_alter_table("contacts") as batch:
        batch.drop_column("decision_maker")
