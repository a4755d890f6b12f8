"""Records that are one can be taken apart again: unions with their beginning and end, entries where they were said."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Of a union that was made before, all entries lie with the survivor: it can be read, but not be undone."""
    unions = op.create_table(
        "record_unions",
        sa.Column("merge_id", Id, primary_key=True),
        sa.Column("old_kind", sa.String(20), nullable=False),
        sa.Column("old_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", Id, nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("addresses", Json, nullable=False),
    )
    op.create_index("ix_record_unions_old_id", "record_unions", ["old_id"])
    op.create_index("ix_record_unions_id", "record_unions", ["id"])
    aliases = sa.table("record_aliases", *(sa.column(name, Id) for name in ("old_id", "id")), sa.column("kind"))
    entries = sa.table("entries", sa.column("about_id", Id), sa.column("kind"))
    # Only leads went up in something of another kind, and each left an entry of its conversion.
    conversion = sa.exists().where(entries.c.about_id == aliases.c.old_id, entries.c.kind == "lead")
    old_kind = sa.case((conversion, "lead"), else_="contact")
    old = aliases.c
    before = sa.select(old.old_id, old_kind, old.old_id, old.kind, old.id, sa.literal([], Json))
    names = ["merge_id", "old_kind", "old_id", "kind", "id", "addresses"]
    op.execute(sa.insert(unions).from_select(names, before))
    op.drop_table("record_aliases")
    op.drop_table("gates")


def downgrade() -> None:
    """Back to aliases, as far as unions last."""
    op.create_table(
        "record_aliases",
        sa.Column("old_id", Id, primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("id", Id, nullable=False),
    )
    op.create_index("ix_record_aliases_id", "record_aliases", ["id"])
    lasting = "SELECT old_id, kind, id FROM record_unions WHERE ended_at IS NULL"
    op.execute(f"INSERT INTO record_aliases (old_id, kind, id) {lasting}")
    gates = op.create_table("gates", sa.Column("name", sa.String(20), primary_key=True))
    op.bulk_insert(gates, [{"name": "homes"}])
    op.drop_table("record_unions")
