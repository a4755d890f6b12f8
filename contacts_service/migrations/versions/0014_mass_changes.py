"""Mass changes: the same done to many records, and what is needed to undo it."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime

revision = "0014"
down_revision = "0013"

COUNTED = ("done", "undone", "kept", "records", "changed", "unchanged", "refused")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mass_changes",
        sa.Column("id", Id, primary_key=True),
        *(sa.Column(name, sa.String(12), nullable=False) for name in ("record_kind", "state", "action")),
        sa.Column("data", Json, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTED),
        sa.Column("position", Id),
        sa.Column("undone_by", Json),
        sa.Column("problem", sa.Text),
        sa.Column("staff_user_id", sa.String(64)),
        sa.Column("staff_name", sa.String(255)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        *(sa.Column(name, UtcDateTime) for name in ("started_at", "finished_at", "undone_at", "leased_until")),
        sa.Column("worker", sa.String(64)),
    )
    op.create_index("ix_mass_changes_state", "mass_changes", ["state"])
    op.create_table(
        "mass_records",
        sa.Column("job_id", Id, primary_key=True),
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("outcome", sa.String(12)),
        sa.Column("before", Json),
        sa.Column("version", sa.Integer),
        sa.Column("problem", sa.Text),
    )


def downgrade() -> None:
    """What was changed stays; it can no longer be undone."""
    for name in ("mass_records", "mass_changes"):
        op.drop_table(name)
