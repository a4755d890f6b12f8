"""On which ticket each mail is, and the mails of tickets on the timelines of their customers."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

from chassis.columns import Id, Json, UtcDateTime
from chassis.ids import new_id

revision = "0006"
down_revision = "0005"
AT_ONCE = 500

MAILS = sa.table(
    "mails",
    *(sa.column(name, Id) for name in ("mail_message_id", "ticket_id", "record_id")),
    *(sa.column("told", sa.Boolean), sa.column("happened_at", UtcDateTime)),
)
HOMES = sa.table(
    "ticket_homes", *(sa.column(name, Id) for name in ("ticket_id", "customer_id")), sa.column("customer_kind")
)
ENTRIES = sa.table(
    "entries",
    *(sa.column(name, Id) for name in ("id", "record_id", "mail_message_id", "about_id")),
    *(sa.column(name, sa.String) for name in ("record_kind", "kind", "origin", "title")),
    *(sa.column("happened_at", UtcDateTime), sa.column("summary", Json)),
)


def upgrade() -> None:
    """Make the columns; what was heard of tickets before counts too."""
    with op.batch_alter_table("mails") as batch:
        batch.add_column(sa.Column("doubtful", sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("ticket_id", Id))
    connection, entry = op.get_bind(), ENTRIES.c
    own = sa.select(entry.id, entry.about_id, entry.summary).where(
        entry.kind == "ticket", entry.record_kind == "ticket"
    )
    after: list[Any] = []
    while True:
        rows = connection.execute(own.where(*after).order_by(entry.id).limit(AT_ONCE)).all()
        if not rows:
            return
        _place(connection, {mail: row for row in rows if (mail := row.summary.get("mail_message_id"))})
        after = [entry.id > rows[-1].id]


def _place(connection: sa.Connection, told: dict[str, Any]) -> None:
    mails = {
        row.mail_message_id: row
        for row in connection.execute(sa.select(MAILS).where(_in(MAILS, "mail_message_id", told)))
    }
    tickets = {row.about_id for row in told.values()}
    homes = {row.ticket_id: row for row in connection.execute(sa.select(HOMES).where(_in(HOMES, "ticket_id", tickets)))}
    there = sa.select(ENTRIES.c.mail_message_id, ENTRIES.c.record_id).where(_in(ENTRIES, "mail_message_id", told))
    standing = {tuple(row) for row in connection.execute(there)}
    for mail, row in told.items():
        if mail not in mails:
            continue
        here = MAILS.c.mail_message_id == mail
        connection.execute(sa.update(MAILS).where(here).values(ticket_id=row.about_id))
        home = homes.get(row.about_id)
        # Only a mail that opened a ticket can be forged, and of that nobody known is the sender.
        proven = mails[mail].record_id or row.summary["event"] == "ticket.reply_received.v1"
        if home and home.customer_id and mails[mail].told and proven and (mail, home.customer_id) not in standing:
            entry = {"record_kind": home.customer_kind, "record_id": home.customer_id, "mail_message_id": mail}
            words = {"kind": "mail", "origin": "ticket", "title": "", "summary": {}}
            moment = {"id": new_id(), "happened_at": mails[mail].happened_at}
            connection.execute(sa.insert(ENTRIES).values(**entry, **words, **moment))


def _in(table: sa.TableClause, name: str, values: Iterable[str]) -> sa.ColumnElement[bool]:
    return table.c[name].in_(list(values))


def downgrade() -> None:
    """Remove them."""
    op.execute("DELETE FROM entries WHERE origin = 'ticket'")
    with op.batch_alter_table("mails") as batch:
        batch.drop_column("doubtful")
        batch.drop_column("ticket_id")
