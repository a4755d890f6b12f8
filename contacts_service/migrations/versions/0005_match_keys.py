"""By what likely duplicates are found, and which pairs people said are none."""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from chassis.bulk import insert_many
from chassis.columns import Id, Json, UtcDateTime
from contacts_service import likeness

revision = "0005"
down_revision = "0004"

BATCH = 5_000
TEXTS = {
    "contact": ("last_name", "first_name", "last_name_kana", "first_name_kana"),
    "organization": ("name", "website"),
}


def upgrade() -> None:
    """Make the tables, and the keys of all records there are, in batches."""
    keys = op.create_table(
        "match_keys",
        sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("record_id", Id, primary_key=True),
        sa.Column("shared", sa.Boolean, nullable=False),
    )
    session = Session(bind=op.get_bind())
    for kind in TEXTS:
        for rows in _batches(session, kind):
            made = [
                {"record_id": row["id"], "shared": False, "key": key}
                for row in rows
                for key in likeness.keys(kind, row)
            ]
            insert_many(session, keys, made)
    # Whatever was entered before there were indexes.
    op.create_index("ix_match_keys_record_id", "match_keys", ["record_id"])
    several = sa.select(keys.c.key).group_by(keys.c.key).having(sa.func.count() > 1)
    session.execute(sa.update(keys).where(keys.c.key.in_(several)).values(shared=True))
    shared = sa.text("shared")
    op.create_index("ix_match_keys_shared", "match_keys", ["key"], postgresql_where=shared, sqlite_where=shared)
    op.create_table(
        "set_apart",
        sa.Column("one_id", Id, primary_key=True),
        sa.Column("two_id", Id, primary_key=True),
        sa.Column("staff_user_id", sa.String(64), nullable=True),
        sa.Column("said_at", UtcDateTime, nullable=False),
    )


def _batches(session: Session, kind: str) -> Iterator[list[dict[str, object]]]:
    links = [sa.column("organization_id", Id)] if kind == "contact" else []
    lists = [sa.column(name, Json) for name in ("addresses", "phones")]
    texts: list[sa.ColumnClause[str]] = [sa.column(name) for name in TEXTS[kind]]
    gone = sa.column("deleted_at", UtcDateTime)
    table = sa.table(f"{kind}s", sa.column("id", Id), gone, *links, *lists, *texts)
    after = None
    while True:
        present = sa.select(table).where(table.c.deleted_at.is_(None)).order_by(table.c.id).limit(BATCH)
        rows = session.execute(present.where(table.c.id > after) if after else present).mappings().all()
        if not rows:
            return
        yield [dict(row) for row in rows]
        after = rows[-1]["id"]


def downgrade() -> None:
    """Forget them."""
    op.drop_table("set_apart")
    op.drop_table("match_keys")
