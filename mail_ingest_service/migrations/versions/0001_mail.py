"""Mailboxes, folders, mails, deliveries, attachments, quarantine, leases."""

import sqlalchemy as sa
from alembic import op

from chassis.columns import Bytes, Id, Json, UtcDateTime
from chassis.migrations import create_chassis_tables, drop_chassis_tables

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Raw mail and text compressed by pglz, PostgreSQL's default, are most of the cost of a mail; lz4 takes a tenth of it.
LZ4 = {"raw_chunks": ["content"], "mail_messages": ["text", "details"]}


def upgrade() -> None:
    """Create all tables."""
    create_chassis_tables(op)
    _create_mailboxes()
    _create_mails()
    _create_deliveries()
    _create_quarantine_and_leases()
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in LZ4.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET COMPRESSION lz4")


def downgrade() -> None:
    """Drop all tables."""
    for table in (
        "leases",
        "quarantine",
        "attachments",
        "deliveries",
        "raw_chunks",
        "mail_messages",
        "folders",
        "mailboxes",
    ):
        op.drop_table(table)
    drop_chassis_tables(op)


def _create_mailboxes() -> None:
    op.create_table(
        "mailboxes",
        sa.Column("id", Id, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("policy", sa.String(20), nullable=False),
        sa.Column("owner", sa.String(64)),
        sa.Column("address", sa.String(320), nullable=False),
        sa.Column("provider", sa.String(20), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("port", sa.Integer, nullable=False),
        sa.Column("security", sa.String(10), nullable=False),
        sa.Column("verify_certificate", sa.Boolean, nullable=False),
        sa.Column("authentication", sa.String(20), nullable=False),
        sa.Column("login", sa.String(255), nullable=False),
        sa.Column("secret", Bytes, nullable=False),
        sa.Column("refresh", sa.String(10), nullable=False),
        sa.Column("first_sync_from", sa.Date),
        sa.Column("size_limit", sa.Integer, nullable=False),
        sa.Column("problem_code", sa.String(50)),
        sa.Column("problem", sa.Text),
        sa.Column("wanted_at", UtcDateTime),
        sa.Column("synchronized_at", UtcDateTime),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("removed_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_mailboxes"),
    )
    op.create_table(
        "folders",
        sa.Column("id", Id, nullable=False),
        sa.Column("mailbox_id", Id, nullable=False),
        sa.Column("name", sa.String(1_000), nullable=False),
        sa.Column("role", sa.String(10), nullable=False),
        sa.Column("watched", sa.Boolean, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger),
        sa.Column("last_uid", sa.BigInteger, nullable=False),
        sa.Column("modseq", sa.BigInteger),
        sa.Column("resyncs", sa.Integer, nullable=False),
        sa.Column("resynced_at", UtcDateTime),
        sa.PrimaryKeyConstraint("id", name="pk_folders"),
        sa.ForeignKeyConstraint(["mailbox_id"], ["mailboxes.id"], name="fk_folders_mailbox_id"),
        sa.UniqueConstraint("mailbox_id", "name", name="uq_folders_mailbox_id_name"),
    )


def _create_mails() -> None:
    op.create_table(
        "mail_messages",
        sa.Column("id", Id, nullable=False),
        sa.Column("sha256", Bytes(32), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("mailbox_id", Id, nullable=False),
        sa.Column("folder_id", Id, nullable=False),
        sa.Column("direction", sa.String(10), nullable=False),
        sa.Column("nature", sa.String(20), nullable=False),
        sa.Column("sender_ambiguous", sa.Boolean, nullable=False),
        sa.Column("authentic", sa.Boolean),
        sa.Column("message_id", sa.String(998)),
        sa.Column("subject", sa.String(998), nullable=False),
        sa.Column("sender_name", sa.String(255), nullable=False),
        sa.Column("sender_address", sa.String(320), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("attachment_count", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_mail_messages"),
        sa.UniqueConstraint("sha256", name="uq_mail_messages_sha256"),
    )
    op.create_index("ix_mail_messages_received_at_id", "mail_messages", ["received_at", "id"])
    op.create_index("ix_mail_messages_message_id", "mail_messages", ["message_id"])
    op.create_table(
        "raw_chunks",
        sa.Column("mail_message_id", Id, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("content", Bytes, nullable=False),
        sa.PrimaryKeyConstraint("mail_message_id", "number", name="pk_raw_chunks"),
    )
    op.create_table(
        "attachments",
        sa.Column("mail_message_id", Id, nullable=False),
        sa.Column("part", sa.String(100), nullable=False),
        sa.Column("name", sa.String(255), nullable=False),
        sa.Column("content_type", sa.String(255), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("inline", sa.Boolean, nullable=False),
        sa.Column("content_id", sa.String(255)),
        sa.PrimaryKeyConstraint("mail_message_id", "part", name="pk_attachments"),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("folder_id", Id, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("mailbox_id", Id, nullable=False),
        sa.Column("mail_message_id", Id, nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.Column("flags", sa.String(1_000), nullable=False),
        sa.Column("vanished_at", UtcDateTime),
        sa.PrimaryKeyConstraint("folder_id", "uidvalidity", "uid", name="pk_deliveries"),
    )
    op.create_index("ix_deliveries_mail_message_id", "deliveries", ["mail_message_id"])
    listing = ["mailbox_id", "received_at", "mail_message_id"]
    op.create_index("ix_deliveries_mailbox_id_received_at_mail_message_id", "deliveries", listing)


def _create_quarantine_and_leases() -> None:
    op.create_table(
        "quarantine",
        sa.Column("mail_message_id", Id, nullable=False),
        sa.Column("mailbox_id", Id, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("quarantined_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("mail_message_id", name="pk_quarantine"),
    )
    op.create_index("ix_quarantine_quarantined_at_mail_message_id", "quarantine", ["quarantined_at", "mail_message_id"])
    op.create_table(
        "leases",
        sa.Column("mailbox_id", Id, nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("expires_at", UtcDateTime, nullable=False),
        sa.PrimaryKeyConstraint("mailbox_id", name="pk_leases"),
    )
