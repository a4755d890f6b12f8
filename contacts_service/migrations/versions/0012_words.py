"""One index for words and places together: PostgreSQL does not combine two that both leave out what is deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

TABLES = ("contacts", "organizations")
SPREAD = ("search", "places")
# Of how many texts PostgreSQL keeps a sample, to guess how many records hold a word: a name that one in fifty bears is
# seen or overlooked by chance among the usual hundred.
SAMPLE = 1_000


def upgrade() -> None:
    """Index both in one, and let the planner guess better."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        _create_index(f"ix_{table}_words", table, SPREAD)
        for column in SPREAD:
            op.drop_index(f"ix_{table}_{column}", table)
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS {SAMPLE}")
        op.execute(f"ANALYZE {table}")


def _create_index(name: str, table: str, columns: tuple[str, ...]) -> None:
    operators = dict.fromkeys(columns, "gin_trgm_ops")
    present = sa.text("deleted_at IS NULL")
    op.create_index(name, table, [*columns], postgresql_using="gin", postgresql_ops=operators, postgresql_where=present)


def downgrade() -> None:
    """An index each again."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.drop_index(f"ix_{table}_words", table)
        for column in SPREAD:
            _create_index(f"ix_{table}_{column}", table, (column,))
            op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET STATISTICS -1")
