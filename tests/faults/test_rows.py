"""The checker reads the real tables: whatever is spoiled in one of them is told by its word."""

from functools import partial

import pytest

pytestmark = pytest.mark.timeout(300)

RESTORE = "DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept_of_test; DROP TABLE kept_of_test"
TWICE = (
    "INSERT INTO mail_messages SELECT (jsonb_populate_record(m, jsonb_build_object("
    "'id', gen_random_uuid(), 'sha256', '\\x00'))).* FROM mail_messages m LIMIT 1"
)
SPOILED = {
    "a changed byte": ("mail_ingest", "raw_chunks", "UPDATE raw_chunks SET content = content || 'x' WHERE number = 0"),
    "another sender": ("matcher", "decisions", "UPDATE decisions SET match_id = NULL, reason = 'unknown'"),
    "no decision": ("matcher", "decisions", "DELETE FROM decisions"),
    "not on its lead": ("leads", "lead_mails", "DELETE FROM lead_mails"),
    "not on its ticket": ("tickets", "ticket_mails", "DELETE FROM ticket_mails"),
    "not in the history": ("history", "entries", "DELETE FROM entries WHERE kind = 'mail'"),
    "a delivery too few": ("mail_ingest", "deliveries", "DELETE FROM deliveries"),
    "a mail twice": (
        "mail_ingest",
        "mail_messages",
        TWICE,
    ),
    "no mail": ("mail_ingest", "mail_messages", "DELETE FROM mail_messages"),
}
WORDS = {
    "a changed byte": "CHANGED_BYTES",
    "another sender": "WRONG_DECISION",
    "no decision": "MISSING_DECISION",
    "a mail twice": "DUPLICATED_MESSAGE",
    "no mail": "LOST",
}


@pytest.fixture
def spoil(site):
    """Changes rows by a statement, and puts the table back as it was at the end."""
    undo = []

    def change(service, table, statement):
        run = partial(site.postgres.execute, database=f"{site.rows.prefix}_{service}")
        run(f"CREATE TABLE kept_of_test AS SELECT * FROM {table}")
        undo.append((run, table))
        run(statement)

    yield change
    for run, table in undo:
        # Foreign keys look away while the rows come back.
        run("SET session_replication_role = replica; " + RESTORE.format(table=table))


@pytest.mark.parametrize("what", SPOILED)
def test_rows_that_are_spoiled_are_told_by_their_word(site, spoil, what):
    if not site.ledger.mails:
        site.append(site.ledger.more(14))
    site.check()
    spoil(*SPOILED[what])
    found = {word for word, _ in site.verdict().faults}
    assert WORDS.get(what, "MISSING_EFFECT") in found
