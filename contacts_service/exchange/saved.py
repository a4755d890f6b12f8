"""Saved mappings: how files with such columns are imported, for everybody and the next time."""

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.database import Transaction
from chassis.ids import new_id
from contacts_service.checks import Fault, one_line
from contacts_service.exchange import store
from contacts_service.exchange.models import Import, SavedMapping
from contracts.errors import Conflict, Invalid, NotFound
from contracts.fields import identity_or_none

Values = dict[str, Any]

MOST = 200
_SETTINGS = ("match_by", "on_match", "create_organizations")


def page(session: Session, record_kind: str) -> Values:
    """Those of a kind of record, by name."""
    return {"items": [_record(row) for row in store.mappings(session, record_kind)], "next": None}


def existing(session: Session, mapping_id: Any, *, deleted: bool = False) -> SavedMapping:
    """A saved mapping; where ``deleted``, one that was deleted too. NotFound."""
    identity = identity_or_none(mapping_id)
    row = session.get(SavedMapping, identity) if identity else None
    if row is None or (row.deleted_at and not deleted):
        raise NotFound("There is no such saved mapping. It may have been deleted.")
    return row


def save(tx: Transaction, name: Any, row: Import, actor: Values | None) -> Values:
    """Keep what an import does with its columns under a name; one of this name is replaced. Invalid, Conflict."""
    called = _checked(name)
    settings = {setting: getattr(row, setting) for setting in _SETTINGS}
    values = {
        "targets": dict(zip(row.columns, row.mapping, strict=True)),
        **settings,
        "created_at": clock.now(),
        "deleted_at": None,
    }
    values["staff_user_id"] = (actor or {}).get("staff_user_id")
    found = store.mapping_called(tx.session, row.record_kind, called)
    is_new = found is None or found.deleted_at
    if is_new and len(store.mappings(tx.session, row.record_kind)) >= MOST:
        raise Conflict(f"There are {MOST} saved mappings: delete one that is no longer used.")
    if found is None:
        found = SavedMapping(id=new_id(), record_kind=row.record_kind, name=called)
        tx.session.add(found)
    for key, value in values.items():
        setattr(found, key, value)
    tx.session.flush()
    return _record(found)


def delete(tx: Transaction, mapping_id: str) -> Values:
    """Offer one no more; it can be had back for a while."""
    row = existing(tx.session, mapping_id)
    row.deleted_at = clock.now()
    return {"id": row.id, "deleted": True}


def restore(tx: Transaction, mapping_id: str) -> Values:
    """Offer one again. NotFound; one that is there stays as it is."""
    row = existing(tx.session, mapping_id, deleted=True)
    row.deleted_at = None
    return _record(row)


def apply(row: Import, found: SavedMapping) -> None:
    """Import as was saved; columns that it does not know are left out. Invalid if it is of another kind of record."""
    if found.record_kind != row.record_kind:
        raise Invalid("The mapping is of another kind of record.", fields={"saved_mapping_id": ["Choose another one."]})
    row.mapping = [found.targets.get(column) for column in row.columns]
    for setting in _SETTINGS:
        setattr(row, setting, getattr(found, setting))


def propose(session: Session, row: Import) -> None:
    """A file with just the columns of a saved mapping is probably to be imported like the one before."""
    for found in store.mappings(session, row.record_kind):
        if set(found.targets) == set(row.columns):
            apply(row, found)
            return


def _checked(name: Any) -> str:
    try:
        called = one_line(name, limit=100)
    except Fault as fault:
        raise Invalid("The mapping cannot be saved.", fields={"name": [str(fault)]}) from fault
    if not called:
        raise Invalid("The mapping cannot be saved.", fields={"name": ["Give it a name."]})
    return called


def _record(row: SavedMapping) -> Values:
    names = ("id", "record_kind", "name", "targets", *_SETTINGS, "staff_user_id")
    return {**{name: getattr(row, name) for name in names}, "created_at": clock.wire(row.created_at)}
