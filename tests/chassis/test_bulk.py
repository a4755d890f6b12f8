"""Rows that are written many at once read like rows written one by one, on both databases."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import DataError

from chassis import DatabaseHandle, clock
from chassis.bulk import insert_ignore, insert_many, update_many
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


def test_many_rows_are_all_written_in_order(db: DatabaseHandle) -> None:
    table = db.metadata.tables["inbox"]
    ids = [new_id() for _ in range(401)]
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


def test_updated_rows_read_as_they_would_if_inserted_so(db: DatabaseHandle) -> None:
    table = db.metadata.tables["dead_letters"]
    ids = sorted(new_id() for _ in range(402))
    told = letter(id=ids[0], event_id=None, replayed_at=MOMENT, body=b"", error="e" * 300, attempts=7)
    untold = letter(id=ids[1], event_id=new_id(), replayed_at=None, queue="別")
    rows = [told, untold, *(letter(id=id, attempts=number) for number, id in enumerate(ids[2:-1]))]
    last = letter(id=ids[-1])
    with db.transaction() as tx:
        insert_many(tx.session, table, [letter(id=id, event_id=new_id()) for id in ids[:-1]] + [last])
        update_many(tx.session, table, [*rows, letter(id=new_id())], key="id")
        update_many(tx.session, table, [], key="id")
    with db.session() as session:
        found = {row.id: dict(row._mapping) for row in session.execute(select(table))}
    assert found == {row["id"]: as_read(row) for row in [*rows, last]}


def as_read(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.astimezone(UTC) if isinstance(value, datetime) else value for name, value in row.items()}


@pytest.mark.parametrize("answer", [{"名": ["結び", None, 1.5]}, [], "text", {"%s": "%(x)s"}, None])
def test_only_the_columns_that_are_named_are_updated(db: DatabaseHandle, answer: Any) -> None:
    table = db.metadata.tables["answers"]
    rows = [{"key": key, "fingerprint": key, "answer": "before", "answered_at": MOMENT} for key in ("a", "b")]
    with db.transaction() as tx:
        insert_many(tx.session, table, rows)
        update_many(tx.session, table, [{"answer": answer, "key": "a"}], key="key")
    with db.session() as session:
        found = {row.key: (row.fingerprint, row.answer) for row in session.execute(select(table))}
    assert found == {"a": ("a", answer), "b": ("b", "before")}


def test_nulls_alone_are_written_into_every_kind_of_column(db: DatabaseHandle) -> None:
    table = db.metadata.tables["dead_letters"]
    row = letter(event_id=new_id(), replayed_at=MOMENT)
    with db.transaction() as tx:
        insert_many(tx.session, table, [row])
        update_many(tx.session, table, [{"id": row["id"], "event_id": None, "replayed_at": None}], key="id")
    with db.session() as session:
        found = session.execute(select(table)).one()
    assert (found.event_id, found.replayed_at, found.attempts) == (None, None, row["attempts"])


@pytest.mark.parametrize("service_url", ["postgresql"], indirect=True)
def test_a_text_that_is_too_long_is_refused_and_not_cut_or_shown(db: DatabaseHandle) -> None:
    table = db.metadata.tables["dead_letters"]

    def rename() -> None:
        with db.transaction() as tx:
            row = letter()
            insert_many(tx.session, table, [row])
            update_many(tx.session, table, [{"id": row["id"], "queue": "秘密" * 1000}], key="id")

    with pytest.raises(DataError, match="too long") as refused:
        rename()
    assert "秘密" not in str(refused.value)


@pytest.mark.parametrize("service_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("attempts", [2**31, -(2**31) - 1, 2**63])
def test_a_number_that_is_too_large_is_refused_and_not_cut(db: DatabaseHandle, attempts: int) -> None:
    def enter() -> None:
        with db.transaction() as tx:
            insert_many(tx.session, db.metadata.tables["dead_letters"], [letter(attempts=attempts)])

    with pytest.raises(ValueError, match="too large"):
        enter()


@pytest.mark.parametrize("returning", [False, True])
def test_of_many_rows_only_those_go_in_whose_key_is_not_there(db: DatabaseHandle, returning: bool) -> None:
    table = db.metadata.tables["dead_letters"]
    there, new = [letter(queue="before") for _ in range(5)], [letter(queue="after") for _ in range(5)]
    column = table.c.id if returning else None
    with db.transaction() as tx:
        assert insert_ignore(tx.session, table, there, returning=column) == (ids(there) if returning else [])
        mixed = [{**row, "queue": "after"} for row in there] + new
        assert sorted(insert_ignore(tx.session, table, mixed, returning=column)) == (ids(new) if returning else [])
    with db.session() as session:
        found = {row.id: row.queue for row in session.execute(select(table))}
    assert found == {row["id"]: row["queue"] for row in there + new}


@pytest.mark.parametrize("service_url", ["postgresql"], indirect=True)
def test_what_the_transaction_wrote_before_stays_when_a_key_was_there(db: DatabaseHandle) -> None:
    inbox, letters = db.metadata.tables["inbox"], db.metadata.tables["dead_letters"]
    row = letter()
    with db.transaction() as tx:
        insert_many(tx.session, inbox, [{"event_id": row["id"], "handled_at": MOMENT}])
        insert_ignore(tx.session, letters, [row])
        insert_ignore(tx.session, letters, [row, *(letter() for _ in range(4))])
    with db.session() as session:
        assert session.scalar(select(func.count()).select_from(letters)) == 5
        assert list(session.scalars(select(inbox.c.event_id))) == [row["id"]]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return sorted(row["id"] for row in rows)
