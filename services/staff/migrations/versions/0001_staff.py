"""Staff users, access tokens, log-in throttles, and the chassis' own tables."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    create_chassis_tables(op)
    op.create_table(
        "staff_users",
        sa.Column("id", Id, primary_key=True),
        sa.Column("login", sa.String(100), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("login", name="uq_staff_users_login"),
    )
    op.create_table(
        "access_tokens",
        sa.Column("id", Id, primary_key=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("staff_user_id", Id, sa.ForeignKey("staff_users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("scopes", Json, nullable=True),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("digest", name="uq_access_tokens_digest"),
    )
    op.create_index("ix_access_tokens_owner", "access_tokens", ["staff_user_id", "kind", "id"])
    op.create_index("ix_access_tokens_expires_at", "access_tokens", ["expires_at"])
    op.create_table(
        "login_throttles",
        sa.Column("bucket", sa.String(50), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_failed_at", UtcDateTime, nullable=True),
        sa.Column("blocked_until", UtcDateTime, nullable=True),
    )
    op.create_index("ix_login_throttles_last_failed_at", "login_throttles", ["last_failed_at"])


def downgrade() -> None:
    """Drop the tables with all they hold."""
    for table in ("login_throttles", "access_tokens", "staff_users"):
        op.drop_table(table)
    drop_chassis_tables(op)
