"""Saved lists (views): which records, which columns, in which order; one's own, and those that others share."""

from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from chassis.ids import new_id
from contacts_service import filters, lists, store
from contacts_service.checks import Fault, one_line
from contacts_service.kinds import KINDS, Kind
from contacts_service.models import ListView
from contracts.errors import Conflict, Forbidden, Invalid, NotFound, PreconditionFailed
from contracts.fields import identity_or_none

Values = dict[str, Any]

MOST_COLUMNS = 30
MOST_VIEWS = 200


def page(db: DatabaseHandle, *, record_kind: str, actor: Values) -> Values:
    """All that somebody may use, by name: one's own and the shared ones."""
    with db.session() as session:
        rows = store.list_views(session, record_kind=_kind(record_kind).name, staff_user_id=actor["staff_user_id"])
        return {"items": [_record(row) for row in rows], "next": None}


def one(db: DatabaseHandle, *, id: str, actor: Values) -> Values:
    """One that somebody may use. NotFound."""
    with db.session() as session:
        return _record(_usable(session, id, actor))


def create(tx: Transaction, *, data: Values, actor: Values) -> Values:
    """A new one. Conflict beyond MOST_VIEWS of one's own."""
    kind = _kind(data.get("record_kind"))
    if store.count_list_views(tx.session, staff_user_id=actor["staff_user_id"]) >= MOST_VIEWS:
        raise Conflict(f"You have {MOST_VIEWS} saved lists: delete one that you no longer use.")
    now = clock.now()
    row = ListView(
        id=new_id(),
        record_kind=kind.name,
        staff_user_id=actor["staff_user_id"],
        version=1,
        created_at=now,
        updated_at=now,
        shared=False,
        filter={"match": "all", "conditions": []},
        columns=[],
        sort=lists.NEWEST_FIRST,
    )
    _fill(row, kind, {"name": "", **data})
    tx.session.add(row)
    tx.session.flush()
    return _record(row)


def update(tx: Transaction, *, id: str, data: Values, version: int, actor: Values, may_manage: bool) -> Values:
    """Change one's own; with ``may_manage`` a shared one of somebody else. Forbidden, PreconditionFailed."""
    row = _own(tx, id, actor, may_manage)
    if row.version != version:
        raise PreconditionFailed("The list has changed since you read it. Read it again.")
    _fill(row, _kind(row.record_kind), data)
    row.version, row.updated_at = row.version + 1, clock.now()
    tx.session.flush()
    return _record(row)


def delete(tx: Transaction, *, id: str, actor: Values, may_manage: bool) -> Values:
    """Forget one's own; with ``may_manage`` a shared one of somebody else. Forbidden."""
    row = _own(tx, id, actor, may_manage)
    tx.session.delete(row)
    return {"id": row.id, "deleted": True}


def _usable(session: Any, id: str, actor: Values) -> Any:
    identity = identity_or_none(id)
    row = session.get(ListView, identity) if identity else None
    if row is None or not (row.shared or row.staff_user_id == actor["staff_user_id"]):
        raise NotFound("There is no such saved list. It may have been deleted, or is no longer shared.")
    return row


def _own(tx: Transaction, id: str, actor: Values, may_manage: bool) -> Any:
    row = _usable(tx.session, id, actor)
    if row.staff_user_id != actor["staff_user_id"] and not may_manage:
        raise Forbidden("This list is somebody else's: save it under a name of your own, or ask an admin.")
    return row


def _kind(name: Any) -> Kind:
    if name not in KINDS:
        fault = f"Must be one of: {', '.join(KINDS)}."
        raise Invalid("The list is of no known kind of record.", fields={"record_kind": [fault]})
    return KINDS[name]


def _fill(row: Any, kind: Kind, data: Values) -> None:
    faults: dict[str, list[str]] = {}
    if "name" in data:
        row.name = _checked(faults, "name", lambda: _name(data["name"]))
    if "columns" in data:
        row.columns = _checked(faults, "columns", lambda: _columns(kind, data["columns"]))
    if faults:
        raise Invalid("The list cannot be saved: correct the fields that are named.", fields=faults)
    if "filter" in data:
        filters.parsed(data["filter"], filters.types_of(kind.fields))
        row.filter = data["filter"]
    if "sort" in data:
        lists.order(kind, data["sort"])
        row.sort = data["sort"]
    row.shared = bool(data.get("shared", row.shared))


def _checked(faults: dict[str, list[str]], field: str, check: Any) -> Any:
    try:
        return check()
    except Fault as fault:
        faults[field] = [str(fault)]
        return None


def _name(value: Any) -> str:
    if not (name := one_line(value, limit=100)):
        raise Fault("Give the list a name.")
    return name


def _columns(kind: Kind, value: Any) -> list[str]:
    known = {"label", *filters.types_of(kind.fields)}
    if not isinstance(value, list) or len(value) > MOST_COLUMNS or set(value) - known or len(set(value)) < len(value):
        raise Fault(f"Must be at most {MOST_COLUMNS} of the fields, each once.")
    return list(value)


def _record(row: Any) -> Values:
    names = ("id", "record_kind", "name", "shared", "staff_user_id", "filter", "columns", "sort", "version")
    moments = {"created_at": clock.wire(row.created_at), "updated_at": clock.wire(row.updated_at)}
    return {**{name: getattr(row, name) for name in names}, **moments}
