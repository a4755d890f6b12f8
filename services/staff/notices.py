"""Notices: what each staff user is told of the events that concern them, until they have read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from chassis.ids import new_id
from contracts.base import Event
from contracts.errors import NotFound
from services.staff import store
from services.staff.models import Notice
from services.staff.telling import KEPT, Telling, telling

Values = dict[str, Any]
NO_NOTICE = "There is no such notice (any more)."


def hear(db: DatabaseHandle, events: Sequence[Event]) -> None:
    """Tell everybody concerned, once per event. Most events concern nobody, and cost no transaction."""
    told = {event.id: said for event in events if (said := telling(event))}
    if not told:
        return
    with db.handling([event for event in events if event.id in told]) as tx:
        _tell(tx, [(event, told[event.id]) for event in tx.fresh])


def _tell(tx: Transaction, tellings: Sequence[tuple[Event, Telling]]) -> None:
    members = store.people_of(tx.session, ids=sorted({id for _, said in tellings for id in said.people}))
    now = clock.now()
    rows = dict[str, list[Values]]()
    for event, said in tellings:
        for person in {one for id in said.people for one in members[id]} - {said.actor_id}:
            when = {"happened_at": clock.unwire(event.time), "created_at": now, "read_at": None}
            rows.setdefault(person, []).append({"id": new_id(), "staff_user_id": person, **said.content, **when})
    store.add_notices(tx.session, [row for some in rows.values() for row in some])
    # In one order, so that two replicas do not wait for each other.
    for person in sorted(rows):
        store.forget_notices(tx.session, staff_user_id=person, but=KEPT)


def page(
    db: DatabaseHandle, *, staff_user_id: str, unread: bool = False, limit: int | None = None, cursor: str | None = None
) -> Values:
    """A page of somebody's notices, the latest first, and how many of all are unread."""
    with db.session() as session:
        mine: Values = {"staff_user_id": staff_user_id}
        rows, following = store.notices_page(session, **mine, unread=unread, limit=limit, cursor=cursor)
        names = store.names_of(session, ids={row.actor_id for row in rows if row.actor_id})
        items = [_record(row, names) for row in rows]
        return {"items": items, "next": following, "unread": store.unread_notices(session, **mine)}


def read(db: DatabaseHandle, *, id: str, staff_user_id: str, idempotency_key: str | None = None) -> Values:
    """Mark one as read. NotFound if it is nobody's or somebody else's."""
    with db.transaction(once=idempotency_key, request=id) as tx:
        if tx.answer is None:
            row = store.notice(tx.session, id=id, staff_user_id=staff_user_id)
            if row is None:
                raise NotFound(NO_NOTICE)
            row.read_at = row.read_at or clock.now()
            names = store.names_of(tx.session, ids={row.actor_id} if row.actor_id else set())
            tx.answer = _record(row, names)
    return dict(tx.answer)


def read_all(
    db: DatabaseHandle, *, staff_user_id: str, up_to: str | None = None, idempotency_key: str | None = None
) -> Values:
    """Mark all as read, up to the latest one that was seen where it is named; how many are unread still."""
    with db.transaction(once=idempotency_key, request=[staff_user_id, up_to]) as tx:
        if tx.answer is None:
            store.mark_read(tx.session, staff_user_id=staff_user_id, up_to=up_to, now=clock.now())
            tx.answer = {"unread": store.unread_notices(tx.session, staff_user_id=staff_user_id)}
    return dict(tx.answer)


def _record(row: Notice, names: Mapping[str, str]) -> Values:
    details = row.details
    actor = {"id": row.actor_id, "name": names.get(row.actor_id, "")} if row.actor_id else None
    return {
        "id": row.id,
        "what": row.what,
        "record": {"kind": row.record_kind, "id": row.record_id},
        "title": row.title,
        "actor": actor,
        "changed": details.get("changed", []),
        "activity": details if row.what == "reminded" else None,
        "happened_at": clock.wire(row.happened_at),
        "read": row.read_at is not None,
    }
