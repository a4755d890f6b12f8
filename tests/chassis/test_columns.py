"""Columns mean the same on PostgreSQL and SQLite."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from chassis import DatabaseHandle, clock
from chassis.columns import storable
from chassis.ids import new_id

TOKYO = timezone(timedelta(hours=9))


def kept(db: DatabaseHandle, table: str, **values: Any) -> Any:
    """The row as it is read after it was written."""
    found = db.metadata.tables[table]
    with db.transaction() as tx:
        tx.session.execute(insert(found), [values])
    with db.session() as session:
        return session.execute(select(found)).one()


def test_a_moment_of_any_zone_comes_back_in_utc_with_its_microseconds(db: DatabaseHandle) -> None:
    moment = datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=TOKYO)
    row = kept(db, "inbox", event_id=new_id(), handled_at=moment)
    assert row.handled_at.isoformat() == "2026-11-22T01:00:00.123456+00:00"
    assert row.handled_at.tzinfo == UTC


def test_a_moment_without_zone_is_refused_before_it_is_written(db: DatabaseHandle) -> None:
    naive = datetime(2026, 11, 22, 10)  # noqa: DTZ001 - the very thing that is refused
    with pytest.raises(StatementError, match="time zone"):
        kept(db, "inbox", event_id=new_id(), handled_at=naive)


def test_an_id_is_read_as_the_text_that_was_written(db: DatabaseHandle) -> None:
    event_id = new_id()
    assert kept(db, "inbox", event_id=event_id, handled_at=datetime.now(UTC)).event_id == event_id


def test_json_and_null_come_back_as_they_were(db: DatabaseHandle) -> None:
    answer: dict[str, Any] = {"名": "結び", "null": None, "numbers": [1, 2.5, 2**53], "nested": {"": []}}
    row = kept(db, "answers", key="k", fingerprint="f", answer=answer, answered_at=datetime.now(UTC))
    assert row.answer == answer


def test_an_empty_moment_and_bytes_of_every_value_come_back(db: DatabaseHandle) -> None:
    body = bytes(range(256))
    letter = {"queue": "q", "body": body, "error": "e", "attempts": 1, "died_at": datetime.now(UTC)}
    row = kept(db, "dead_letters", id=new_id(), replayed_at=None, **letter)
    assert (row.replayed_at, bytes(row.body)) == (None, body)


@pytest.mark.parametrize(
    ("foreign", "stored"),
    [
        ("結び\0目", "結び目"),
        ("\ud800x", "?x"),
        ("結び" * 500, "結び" * 100),
        (b"\xff", r"b'\xff'"),
        (7, "7"),
        ("\0", ""),
    ],
    ids=["NUL", "lone surrogate", "too long", "bytes", "number", "nothing but NUL"],
)
def test_any_foreign_value_is_made_a_text_that_a_column_takes(db: DatabaseHandle, foreign: Any, stored: str) -> None:
    letter = {"queue": storable(foreign, length=200), "body": b"", "error": "", "attempts": 1, "died_at": clock.now()}
    assert kept(db, "dead_letters", id=new_id(), replayed_at=None, **letter).queue == stored
