"""Mass changes as people see them: begun, read, stopped, undone; what was refused, and why."""

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.database import Transaction
from chassis.ids import new_id
from contacts_service import domain, lists
from contacts_service import store as records
from contacts_service.kinds import KINDS
from contacts_service.mass import asking, changing, store
from contacts_service.mass.models import MassChange, MassRecord
from contracts.errors import Invalid, NotFound
from contracts.fields import identity_or_none

Values = dict[str, Any]

MOST = 100_000
# Few enough to be done at once, by the call that asks for it.
AT_ONCE = 200
TOO_MANY = f"More than {MOST:,} records match. Narrow the filter, and change one part after the other."
_SHOWN = (
    *("id", "record_kind", "action", "data", "state", "records", "done", "changed", "unchanged", "refused"),
    *("undone", "kept", "problem", "staff_user_id", "staff_name"),
)
_MOMENTS = ("created_at", "finished_at", "undone_at")


def begin(
    tx: Transaction, *, record_kind: Any, action: Any, data: Any, ids: Any, selection: Any, actor: Values | None
) -> Values:
    """Do the same to the records with these ``ids``, or to those that a list shows (``selection``, as for the list).

    Which ones they are is settled now. Invalid for what can be done to no record, and beyond MOST of them.
    """
    kind, who = asking.kind_called(record_kind), actor or {}
    if (ids is None) == (selection is None):
        raise Invalid(asking.REFUSED, fields={"ids": ["Name records by their ids, or a selection: one of both."]})
    asking.check(tx.session, kind, action, data)
    row = MassChange(
        id=new_id(),
        record_kind=kind.name,
        action=action,
        data=data,
        state=store.CHANGING,
        staff_user_id=who.get("staff_user_id"),
        staff_name=who.get("name"),
        version=1,
        created_at=(now := clock.now()),
        started_at=now,
        **dict.fromkeys(("records", "done", "changed", "unchanged", "refused", "undone", "kept"), 0),
    )
    if ids is None:
        row.records = store.add_selected(tx.session, row.id, lists.selection(kind, selection), limit=MOST + 1)
    else:
        row.records = store.add_chosen(tx.session, row.id, lists.chosen(ids))
    if row.records > MOST:
        raise Invalid(TOO_MANY, fields={"selection": [TOO_MANY]})
    tx.session.add(row)
    while row.state == store.CHANGING and row.records <= AT_ONCE:
        changing.change_next(tx, row)
    return shown(tx.session, row)


def existing(session: Session, job_id: Any, *, lock: bool = False) -> MassChange:
    """A mass change. NotFound."""
    identity = identity_or_none(job_id)
    row = store.change_by_id(session, identity, lock=lock) if identity else None
    if row is None:
        raise NotFound("There is no such mass change. It may be of long ago.")
    return row


def stop(tx: Transaction, job_id: str) -> Values:
    """Change no more records; those that were changed can be undone. One that has ended stays as it is."""
    row = existing(tx.session, job_id, lock=True)
    if row.state == store.CHANGING:
        changing.end(row, changing.STOPPED)
        row.version += 1
    return shown(tx.session, row)


def undo(tx: Transaction, job_id: str, actor: Values | None) -> Values:
    """Take back what was done; while it goes on, it ends here. Once is enough."""
    row = existing(tx.session, job_id, lock=True)
    if row.state not in (store.UNDOING, changing.TAKEN_BACK):
        row.finished_at = row.finished_at or clock.now()
        row.state, row.position, row.worker, row.undone_by = store.UNDOING, None, None, actor
        row.version += 1
        while row.state == store.UNDOING and row.records <= AT_ONCE:
            changing.undo_next(tx, row)
    return shown(tx.session, row)


def page(session: Session, limit: int | None, cursor: str | None) -> Values:
    """Mass changes, newest first."""
    wanted, after = paging.bounded(limit), cursor and paging.last_id(cursor)
    rows = store.changes(session, limit=wanted + 1, after=after)
    some, following = paging.page(rows, wanted, key=lambda row: [row.id])
    return {"items": [record(row) for row in some], "next": following}


def problems(session: Session, job_id: str, limit: int | None, cursor: str | None) -> Values:
    """The records to which nothing was done, or that were not undone: what they are called, and why."""
    row = existing(session, job_id)
    wanted, after = paging.bounded(limit), cursor and paging.last_id(cursor)
    found = store.problems(session, row.id, limit=wanted + 1, after=after)
    some, following = paging.page(found, wanted, key=lambda each: [each.record_id])
    theirs = records.records_by_id(session, KINDS[row.record_kind].model, [each.record_id for each in some])
    known = {each.id: records.values(each) for each in theirs}
    return {"items": [_problem(row, each, known.get(each.record_id)) for each in some], "next": following}


def _problem(row: MassChange, each: MassRecord, values: Values | None) -> Values:
    called = domain.label_of(row.record_kind, values) if values else ""
    named = {
        "kind": row.record_kind,
        "id": each.record_id,
        "number": values["number"] if values else "",
        "label": called,
    }
    return {**named, "problem": each.problem}


def shown(session: Session, row: MassChange) -> Values:
    """A mass change as callers get it, after what was done to it."""
    session.flush()
    return record(row)


def record(row: MassChange) -> Values:
    """A mass change as callers get it."""
    moments = {name: clock.wire(value) if (value := getattr(row, name)) else None for name in _MOMENTS}
    return {**{name: getattr(row, name) for name in _SHOWN}, **moments}
