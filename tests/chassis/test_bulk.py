"""Rows that are written many at once read like rows written one by one, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select

from chassis import DatabaseHandle, clock
from chassis.bulk import ROWS_A_STATEMENT, insert_many
from chassis.ids import new_id

MOMENT = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))


def letter(**values: Any) -> dict[str, Any]:
    kept = {"id": new_id(), "queue": "q", "event_id": None, "event_type": "結び", "body": bytes(range(256))}
    return kept | {"error": "100% '\"\\ %s", "attempts": 2**31 - 1, "died_at": MOMENT, "replayed_at": None} | values


def test_a_row_reads_the_same_whichever_way_it_was_written(db: DatabaseHandle) -> None:
    table = db.metadata.tables["dead_letters"]
    with db.transaction() as tx:
        tx.session.execute(insert(table), [letter(queue="one by one")])
        insert_many(tx.session, table, [letter(queue="many at once")])
    with db.session() as session:
        one, many = [tuple(row)[2:] for row in session.execute(select(table).order_by(table.c.id))]
    assert one == many


@pytest.mark.parametrize("answer", [{"名": ["結び", None, 1.5]}, [], "text", {"%s": "%(x)s"}, None])
def test_json_is_read_as_it_was_written(db: DatabaseHandle, answer: Any) -> None:
    table = db.metadata.tables["answers"]
    row = {"key": "k", "fingerprint": "f", "answer": answer, "answered_at": MOMENT}
    with db.transaction() as tx:
        insert_many(tx.session, table, [row])
    with db.session() as session:
        found = session.execute(select(table)).one()
    assert (found.answer, found.answered_at) == (answer, MOMENT.astimezone(UTC))


def test_more_rows_than_a_statement_holds_are_all_written_in_order(db: DatabaseHandle) -> None:
    table = db.metadata.tables["inbox"]
    ids = [new_id() for _ in range(2 * ROWS_A_STATEMENT + 1)]
    with db.transaction() as tx:
        insert_many(tx.session, table, [{"event_id": event_id, "handled_at": clock.now()} for event_id in ids])
        insert_many(tx.session, table, [])
    with db.session() as session:
        assert list(session.scalars(select(table.c.event_id).order_by(table.c.event_id))) == ids


def test_a_moment_without_zone_is_refused_here_too(db: DatabaseHandle) -> None:
    naive = MOMENT.replace(tzinfo=None)

    def enter() -> None:
        with db.transaction() as tx:
            insert_many(tx.session, db.metadata.tables["inbox"], [{"event_id": new_id(), "handled_at": naive}])

    with pytest.raises(Exception, match="without time zone"):
        enter()
