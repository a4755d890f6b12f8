"""Imports: files on their way in, what became of their rows, and what is needed to undo them; saved mappings."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Bytes, Id, Json, UtcDateTime

revision = "0011"
down_revision = "0010"

COUNTED = ("done", "created", "updated", "skipped", "refused", "organizations_created", "undone", "kept")


def upgrade() -> None:
    """Make the tables; what is compressed already is not compressed again."""
    _create_imports()
    for name in ("import_pieces", "import_batches"):
        op.create_table(
            name,
            sa.Column("import_id", Id, primary_key=True),
            sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
            sa.Column("content", Bytes, nullable=False),
        )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE import_batches ALTER COLUMN content SET STORAGE EXTERNAL")
    op.create_table(
        "import_faults",
        sa.Column("import_id", Id, primary_key=True),
        sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("problems", Json, nullable=False),
        sa.Column("cells", Json, nullable=False),
    )
    op.create_table(
        "import_marks",
        sa.Column("import_id", Id, primary_key=True),
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(12), nullable=False),
        sa.Column("before", Json),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("line", sa.Integer, nullable=False),
    )
    _create_mappings()


def _create_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(12), nullable=False),
        sa.Column("file_name", sa.String(255), nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        # Unquoted, PostgreSQL 17 takes a column `format JSON` for the beginning of SQL/JSON's FORMAT JSON.
        sa.Column(sa.quoted_name("format", quote=True), Json, nullable=False),
        *(sa.Column(name, Json, nullable=False) for name in ("columns", "mapping", "match_by")),
        sa.Column("on_match", sa.String(12), nullable=False),
        sa.Column("create_organizations", sa.Boolean, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("rows", sa.Integer),
        *(sa.Column(name, sa.Integer, nullable=False) for name in COUNTED),
        sa.Column("problem", sa.Text),
        sa.Column("staff_user_id", sa.String(64)),
        sa.Column("staff_name", sa.String(255)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        *(sa.Column(name, UtcDateTime) for name in ("started_at", "finished_at", "undone_at")),
        sa.Column("worker", sa.String(64)),
        sa.Column("leased_until", UtcDateTime),
    )
    op.create_index("ix_imports_state", "imports", ["state"])


def _create_mappings() -> None:
    op.create_table(
        "import_mappings",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("targets", Json, nullable=False),
        sa.Column("match_by", Json, nullable=False),
        sa.Column("on_match", sa.String(12), nullable=False),
        sa.Column("create_organizations", sa.Boolean, nullable=False),
        sa.Column("staff_user_id", sa.String(64)),
        sa.Column("created_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_import_mappings_record_kind_name", "import_mappings", ["record_kind", "name"], unique=True)


def downgrade() -> None:
    """What was imported stays; it can no longer be undone."""
    for name in ("import_mappings", "import_marks", "import_faults", "import_batches", "import_pieces", "imports"):
        op.drop_table(name)
