"""Lists that stay fast: what quick search and filters look into, indexed; the name to sort by; saved lists."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from contacts_service.domain import looked_into

revision = "0009"
down_revision = "0008"

TABLES = ("contacts", "organizations")
SPREAD = ("search", "places")
ROWS_AT_ONCE = 1_000
PRESENT, DELETED = sa.text("deleted_at IS NULL"), sa.text("deleted_at IS NOT NULL")
# Sort keys that lists are often asked for, and what they are often narrowed by.
SORTED = {"contacts": ("sort_name", "updated_at"), "organizations": ("sort_name", "updated_at")}
NARROWED = {"contacts": ("owner_id", "birthday", "last_action_on", "support_end"), "organizations": ("owner_id",)}


def upgrade() -> None:
    """Add the columns, fill them from what is there, then index them."""
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("places", sa.Text, nullable=False, server_default=""))
            batch.add_column(sa.Column("sort_name", _sorted_by_code(), nullable=False, server_default=""))
        _fill(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        for table in TABLES:
            for column in SPREAD:
                # Without a list of what came in last, which every search would have to read through first.
                op.create_index(
                    f"ix_{table}_{column}",
                    table,
                    [column],
                    postgresql_using="gin",
                    postgresql_ops={column: "gin_trgm_ops"},
                    postgresql_where=PRESENT,
                )
    for table in TABLES:
        for column in (*SORTED[table], *NARROWED[table]):
            _create_index(f"ix_{table}_{column}", table, [column, "id"], where=PRESENT)
        _create_index(f"ix_{table}_bin", table, ["id"], where=DELETED)
    _create_list_views()


def _sorted_by_code() -> Any:
    return sa.String(520).with_variant(sa.String(520, collation="C"), "postgresql")


def _create_index(name: str, table: str, columns: list[str], *, where: Any) -> None:
    op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)


def _fill(name: str) -> None:
    connection = op.get_bind()
    table = sa.Table(name, sa.MetaData(), autoload_with=connection)
    change = (
        sa.update(table)
        .where(table.c.id == sa.bindparam("of"))
        .values({column: sa.bindparam(f"new_{column}") for column in (*SPREAD, "sort_name")})
    )
    after: Any = None
    while rows := _rows(connection, table, after):
        connection.execute(
            change,
            [
                {"of": row["id"], **{f"new_{column}": value for column, value in looked_into(dict(row)).items()}}
                for row in rows
            ],
        )
        after = rows[-1]["id"]


def _rows(connection: Any, table: sa.Table, after: Any) -> Any:
    following = [table.c.id > after] if after is not None else []
    return (
        connection.execute(sa.select(table).where(*following).order_by(table.c.id).limit(ROWS_AT_ONCE)).mappings().all()
    )


def _create_list_views() -> None:
    op.create_table(
        "list_views",
        sa.Column("id", Id, primary_key=True),
        sa.Column("record_kind", sa.String(12), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("staff_user_id", sa.String(64), nullable=False),
        sa.Column("filter", Json, nullable=False),
        sa.Column("columns", Json, nullable=False),
        sa.Column("sort", sa.String(50), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
    )
    op.create_index("ix_list_views_record_kind_name", "list_views", ["record_kind", "name"])


def downgrade() -> None:
    """Lists are read row by row again. The extension stays: something else may use it by now."""
    op.drop_table("list_views")
    for table in TABLES:
        indexed = (*SORTED[table], *NARROWED[table], "bin")
        for column in (*SPREAD, *indexed) if op.get_bind().dialect.name == "postgresql" else indexed:
            op.drop_index(f"ix_{table}_{column}", table)
        with op.batch_alter_table(table) as batch:
            batch.drop_column("sort_name")
            batch.drop_column("places")
