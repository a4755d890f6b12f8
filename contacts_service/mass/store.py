"""The queries of mass changes. Functions take the session first."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, literal, select
from sqlalchemy.orm import Session

from chassis.bulk import insert_many
from contacts_service import listing
from contacts_service.mass.models import MassChange, MassRecord

CHANGING, UNDOING = WORKED_ON = ("changing", "undoing")


def change_by_id(session: Session, job_id: str, *, lock: bool = False) -> MassChange | None:
    """A mass change; with ``lock`` nobody else changes it before the transaction ends."""
    return session.get(MassChange, job_id, with_for_update=True if lock else None)


def changes(session: Session, *, limit: int, after: str | None) -> list[MassChange]:
    """Up to ``limit`` mass changes, newest first; ``after`` is the last id seen."""
    found = select(MassChange).where(*([MassChange.id < after] if after else []))
    return list(session.scalars(found.order_by(MassChange.id.desc()).limit(limit)))


def add_chosen(session: Session, job_id: str, record_ids: Collection[str]) -> int:
    """The set is these records; their number."""
    rows = [{"job_id": job_id, "record_id": record_id} for record_id in sorted(record_ids)]
    insert_many(session, MassRecord, rows)
    return len(rows)


def add_selected(session: Session, job_id: str, selection: listing.Selection, *, limit: int) -> int:
    """The set is what a list shows now, up to ``limit`` of it; their number."""
    table: Any = MassRecord.__table__
    found = listing.query_of_ids(session, selection, limit=limit).subquery()
    theirs = select(literal(job_id, table.c.job_id.type), found.c.record_id)
    entered = insert(table).from_select(["job_id", "record_id"], theirs)
    added: Any = session.execute(entered, execution_options={"preserve_rowcount": True})
    return int(added.rowcount)


def next_records(session: Session, row: MassChange, *, limit: int) -> list[MassRecord]:
    """What is to be dealt with next."""
    theirs = select(MassRecord).where(MassRecord.job_id == row.id)
    following = theirs.where(MassRecord.record_id > row.position) if row.position else theirs
    return list(session.scalars(following.order_by(MassRecord.record_id).limit(limit)))


def problems(session: Session, job_id: str, *, limit: int, after: str | None) -> list[MassRecord]:
    """Up to ``limit`` records to which nothing was done, or that were not undone, in the order they came in."""
    theirs = select(MassRecord).where(MassRecord.job_id == job_id, MassRecord.problem.is_not(None))
    following = theirs.where(MassRecord.record_id > after) if after else theirs
    return list(session.scalars(following.order_by(MassRecord.record_id).limit(limit)))


def forget_old(session: Session, before: datetime) -> None:
    """All that is kept of mass changes from before a moment."""
    old = select(MassChange.id).where(MassChange.created_at < before, MassChange.state.not_in(WORKED_ON))
    for job_id in session.scalars(old).all():
        session.execute(delete(MassRecord).where(MassRecord.job_id == job_id))
        session.execute(delete(MassChange).where(MassChange.id == job_id))
