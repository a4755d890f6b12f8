"""What was said of a ticket's customer beside what follows from it, so that merged records can be taken apart again."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What stands there now counts as said; merges that were made before cannot be undone."""
    op.add_column("tickets", sa.Column("said_customer_kind", sa.String(20)))
    for name in ("said_customer_id", "said_organization_id"):
        op.add_column("tickets", sa.Column(name, Id))
        op.create_index(f"ix_tickets_{name}", "tickets", [name])
    op.execute(
        "UPDATE tickets SET said_customer_kind = customer_kind, said_customer_id = customer_id,"
        " said_organization_id = organization_id"
    )
    unions = op.create_table(
        "customer_unions",
        sa.Column("merge_id", Id, primary_key=True),
        sa.Column("old_id", Id, nullable=False),
        sa.Column("survivor_id", Id, nullable=False),
        sa.Column("since", UtcDateTime),
        sa.Column("ended_at", UtcDateTime),
        sa.Column("addresses", Json, nullable=False),
    )
    op.create_index("ix_customer_unions_old_id", "customer_unions", ["old_id"])
    op.create_index("ix_customer_unions_survivor_id", "customer_unions", ["survivor_id"])
    aliases = sa.table("customer_aliases", sa.column("old_id", Id), sa.column("survivor_id", Id)).c
    before = sa.select(aliases.old_id, aliases.old_id, aliases.survivor_id, sa.literal([], Json))
    op.execute(sa.insert(unions).from_select(["merge_id", "old_id", "survivor_id", "addresses"], before))
    op.drop_table("customer_aliases")
    op.create_table(
        "absent_customers",
        sa.Column("id", Id, primary_key=True),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("as_of", sa.String(32), nullable=False),
    )


def downgrade() -> None:
    """Back to aliases, as far as unions last."""
    op.drop_table("absent_customers")
    op.create_table(
        "customer_aliases",
        sa.Column("old_id", Id, primary_key=True),
        sa.Column("survivor_id", Id, nullable=False),
    )
    lasting = "SELECT old_id, survivor_id FROM customer_unions WHERE ended_at IS NULL"
    op.execute(f"INSERT INTO customer_aliases (old_id, survivor_id) {lasting}")
    op.drop_table("customer_unions")
    for name in ("said_customer_id", "said_organization_id"):
        op.drop_index(f"ix_tickets_{name}", table_name="tickets")
    with op.batch_alter_table("tickets") as batch:
        for name in ("said_customer_kind", "said_customer_id", "said_organization_id"):
            batch.drop_column(name)
