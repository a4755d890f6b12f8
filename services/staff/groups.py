"""Groups of staff users, and everybody who can be in charge of a record: staff users and groups."""

from typing import Any

from sqlalchemy.exc import IntegrityError

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from chassis.ids import new_id
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from contracts.fields import identity_or_none
from services.staff import domain, store
from services.staff.models import StaffGroup

TAKEN = "There is a group with this name. Choose another one."
NO_GROUP = "There is no such group."


def page(db: DatabaseHandle, *, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """A page of groups."""
    with db.session() as session:
        rows, following = store.groups_page(session, limit=limit, cursor=cursor)
        return {"items": [_record(row) for row in rows], "next": following}


def one(db: DatabaseHandle, *, id: str) -> dict[str, Any]:
    """One group."""
    with db.session() as session:
        found = store.group_by_id(session, id=id)
        if found is None:
            raise NotFound(NO_GROUP)
        return _record(found)


def create(db: DatabaseHandle, *, data: dict[str, Any], idempotency_key: str | None = None) -> dict[str, Any]:
    """Make a group."""
    try:
        with db.transaction(once=idempotency_key, request=data) as tx:
            if tx.answer is None:
                now = clock.now()
                row = StaffGroup(id=new_id(), active=True, version=1, created_at=now, updated_at=now, members=[])
                _fill(tx, row, {"description": "", "member_ids": [], **data})
                tx.session.add(row)
                tx.session.flush()
                tx.answer = _record(row)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    return dict(tx.answer)


def update(
    db: DatabaseHandle, *, id: str, data: dict[str, Any], version: int, idempotency_key: str | None = None
) -> dict[str, Any]:
    """Change a group; ``member_ids`` are all of them."""
    try:
        with db.transaction(once=idempotency_key, request=[id, version, data]) as tx:
            if tx.answer is None:
                row = store.group_by_id(tx.session, id=id, lock=True)
                if row is None:
                    raise NotFound(NO_GROUP)
                if row.version != version:
                    raise PreconditionFailed("The group has changed since you read it. Read it again.")
                _fill(tx, row, data)
                row.version, row.updated_at = row.version + 1, clock.now()
                tx.session.flush()
                tx.answer = _record(row)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    return dict(tx.answer)


def owners(db: DatabaseHandle) -> dict[str, Any]:
    """Everybody who can be put in charge of a record, by name: active staff users, then active groups."""
    with db.session() as session:
        people = [("staff_user", row) for row in store.active_users(session, limit=domain.MAX_OWNERS)]
        groups = [("staff_group", row) for row in store.active_groups(session, limit=domain.MAX_OWNERS)]
        items = [{"id": row.id, "kind": kind, "name": row.name} for kind, row in people + groups]
        return {"items": items, "next": None}


def owners_among(db: DatabaseHandle, *, ids: list[str]) -> list[str]:
    """Those who can be put in charge. Invalid for more than MAX_OWNERS at once."""
    if len(ids) > domain.MAX_OWNERS:
        raise Invalid(f"At most {domain.MAX_OWNERS:,} at once: ask in several calls.")
    wanted = {identity for id in ids if (identity := identity_or_none(id))}
    with db.session() as session:
        return store.active_among(session, ids=wanted) if wanted else []


def _fill(tx: Transaction, row: StaffGroup, data: dict[str, Any]) -> None:
    if "name" in data:
        row.name, row.canonical_name = data["name"], domain.canonical_login(data["name"])
    if "member_ids" in data:
        row.members = _members(tx, data["member_ids"])
    row.description, row.active = data.get("description", row.description), data.get("active", row.active)


def _members(tx: Transaction, ids: list[str]) -> list[Any]:
    wanted = {identity_or_none(id) for id in ids}
    found = store.users_by_ids(tx.session, ids=[id for id in wanted if id])
    if len(found) < len(wanted):
        raise Invalid("A member is unknown.", fields={"member_ids": ["Name staff users by their ids."]})
    return found


def _record(row: StaffGroup) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.name,
        "description": row.description,
        "member_ids": sorted(member.id for member in row.members),
        "active": row.active,
        "version": row.version,
        "created_at": clock.wire(row.created_at),
        "updated_at": clock.wire(row.updated_at),
    }
