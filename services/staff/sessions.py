"""The sessions of a person: where they began and when they were last used; ending one, or all others."""

from datetime import datetime
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle
from contracts.errors import NotFound
from services.staff import domain, store
from services.staff.models import AccessToken

Json = dict[str, Any]
NO_SESSION = "There is no such session (any more)."


def page(db: DatabaseHandle, *, staff_user_id: str, limit: int | None, cursor: str | None) -> Json:
    """A page of a person's open sessions, the latest first."""
    with db.session() as session:
        asked: Json = {"staff_user_id": staff_user_id, "now": clock.now()}
        rows, following = store.sessions_page(session, **asked, limit=limit, cursor=cursor)
        return {"items": [_record(row) for row in rows], "next": following}


def end(db: DatabaseHandle, *, id: str, staff_user_id: str, idempotency_key: str | None = None) -> None:
    """End one. NotFound if it is nobody's or somebody else's."""
    with db.transaction(once=idempotency_key, request=id) as tx:
        if tx.answer is None:
            if not store.remove_one_session(tx.session, id=id, staff_user_id=staff_user_id):
                raise NotFound(NO_SESSION)
            tx.answer = {"id": id}


def end_all(
    db: DatabaseHandle, *, staff_user_id: str, but: str | None = None, idempotency_key: str | None = None
) -> None:
    """End all of a person but one, the one that asks."""
    with db.transaction(once=idempotency_key, request=[staff_user_id, but]) as tx:
        if tx.answer is None:
            if store.user_by_id(tx.session, id=staff_user_id) is None:
                raise NotFound("There is no such staff user.")
            store.remove_sessions(tx.session, staff_user_id=staff_user_id, but=but)
            tx.answer = {}


def note_use(db: DatabaseHandle, *, id: str, last: datetime | None) -> None:
    """Remember that a session is used, to the minute: most requests write nothing."""
    now = clock.now()
    if last is None or now - last >= domain.USE_NOTED_EVERY:
        with db.transaction() as tx:
            store.note_use(tx.session, id=id, now=now)


def _record(row: AccessToken) -> Json:
    return {
        "id": row.id,
        "address": row.address,
        "agent": row.agent,
        "created_at": clock.wire(row.created_at),
        "last_used_at": clock.wire(row.last_used_at or row.created_at),
        "expires_at": clock.wire(row.expires_at),
    }
