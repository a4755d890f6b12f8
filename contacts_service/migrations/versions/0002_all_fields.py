"""Every field of contacts and organizations; phone numbers with their kind."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json
from contacts_service.checks import phones

revision = "0002"
down_revision = "0001"

PARTS = ("postal_code", "state", "city", "street", "po_box", "country")
TEXTS = {
    "contacts": [
        ("salutation", 20),
        ("lead_source", 50),
        ("assistant", 255),
        *[(f"{kind}_{part}", 255) for kind in ("mailing", "other") for part in PARTS],
    ],
    "organizations": [
        *[(name, 255) for name in ("website", "ticker_symbol", "ownership", "industry", "sic_code")],
        *[(name, 50) for name in ("type", "rating")],
        *[(f"{kind}_{part}", 255) for kind in ("billing", "shipping") for part in PARTS],
    ],
}
FLAGS = {
    "contacts": ["email_opt_out", "notify_owner", "do_not_call", "reference", "portal"],
    "organizations": ["email_opt_out", "notify_owner"],
}
DAYS = ("birthday", "last_action_on", "support_start", "support_end")
REFERENCES = (("contacts", "reports_to_id", "contacts"), ("organizations", "member_of_id", "organizations"))


def upgrade() -> None:
    """Add what was missing, empty; the phone numbers there are become work numbers."""
    for table in ("contacts", "organizations"):
        with op.batch_alter_table(table) as batch:
            for name, length in TEXTS[table]:
                batch.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
            for name in FLAGS[table]:
                batch.add_column(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
            batch.add_column(sa.Column("tags", Json, nullable=False, server_default="[]"))
            batch.add_column(sa.Column("modified_by", sa.String(64), nullable=True))
    with op.batch_alter_table("contacts") as batch:
        for name in DAYS:
            batch.add_column(sa.Column(name, sa.Date, nullable=True))
    with op.batch_alter_table("organizations") as batch:
        batch.add_column(sa.Column("employees", sa.BigInteger, nullable=True))
        batch.add_column(sa.Column("annual_revenue", sa.BigInteger, nullable=True))
    for table, column, other in REFERENCES:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column(column, Id, nullable=True))
            batch.create_foreign_key(f"fk_{table}_{column}", other, [column], ["id"])
        present = sa.text(f"{column} IS NOT NULL")
        op.create_index(f"ix_{table}_{column}", table, [column], postgresql_where=present, sqlite_where=present)
    _give_phones_a_kind()
    for table in ("contacts", "organizations"):
        _end_defaults(table)


def _end_defaults(table: str) -> None:
    with op.batch_alter_table(table) as batch:
        for name in ("tags", *FLAGS[table], *[name for name, _ in TEXTS[table]]):
            batch.alter_column(name, server_default=None)


def _give_phones_a_kind() -> None:
    connection = op.get_bind()
    for table in ("contacts", "organizations"):
        rows = sa.table(table, sa.column("id", Id), sa.column("phones", Json))
        for row in connection.execute(sa.select(rows)).all():
            if row.phones:
                connection.execute(sa.update(rows).where(rows.c.id == row.id).values(phones=phones(row.phones)))


def downgrade() -> None:
    """Drop them; phone numbers become plain again."""
    connection = op.get_bind()
    for table in ("contacts", "organizations"):
        rows = sa.table(table, sa.column("id", Id), sa.column("phones", Json))
        for row in connection.execute(sa.select(rows)).all():
            plain = [each["number"] for each in row.phones]
            connection.execute(sa.update(rows).where(rows.c.id == row.id).values(phones=plain))
    for table, column, _ in REFERENCES:
        op.drop_index(f"ix_{table}_{column}", table_name=table)
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_{column}", type_="foreignkey")
            batch.drop_column(column)
    more = {"contacts": DAYS, "organizations": ("employees", "annual_revenue")}
    for table in ("contacts", "organizations"):
        with op.batch_alter_table(table) as batch:
            for name in ("tags", "modified_by", *more[table], *FLAGS[table], *[name for name, _ in TEXTS[table]]):
                batch.drop_column(name)
