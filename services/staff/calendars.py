"""The secret address under which a calendar program reads a person's activities.

It is a token that can do nothing else: `authenticate` does not know it, and it ends when its owner is closed.
"""

from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle
from contracts.errors import NotFound
from services.staff import domain, store
from services.staff.log_in import new_token
from services.staff.models import AccessToken

Json = dict[str, Any]
NO_CALENDAR = "There is no calendar at this address (any more). Ask Musubi for a new one."


def address(db: DatabaseHandle, *, staff_user_id: str) -> Json:
    """Whether a person has such an address, and since when; never the address itself."""
    with db.session() as session:
        return _record(store.calendar_token(session, staff_user_id=staff_user_id))


def renew(db: DatabaseHandle, *, staff_user_id: str, idempotency_key: str | None = None) -> Json:
    """Give a person a new address; the one before ends. A repeated request gets no token, which is kept nowhere."""
    token = None
    with db.transaction(once=idempotency_key, request=staff_user_id) as tx:
        if tx.answer is None:
            if store.user_by_id(tx.session, id=staff_user_id, lock=True) is None:
                raise NotFound("There is no such staff user.")
            store.remove_calendar_tokens(tx.session, staff_user_id=staff_user_id)
            life = domain.CALENDAR_LIFE
            row, token = new_token(tx, kind="calendar", user_id=staff_user_id, life=life, now=clock.now(), scopes=[])
            tx.answer = _record(row)
    return {**tx.answer, "token": token}


def withdraw(db: DatabaseHandle, *, staff_user_id: str, idempotency_key: str | None = None) -> None:
    """End a person's address; nothing happens where there is none."""
    with db.transaction(once=idempotency_key, request=staff_user_id) as tx:
        if tx.answer is None:
            store.remove_calendar_tokens(tx.session, staff_user_id=staff_user_id)
            tx.answer = {}


def owner(db: DatabaseHandle, *, token: str) -> Json:
    """Whose calendar is at an address: ``{staff_user_id, group_ids, name}``. NotFound."""
    with db.session() as session:
        digest, now = domain.token_digest(token), clock.now()
        found = store.token_by_digest(session, digest=digest, now=now, kinds=("calendar",))
        if found is None:
            raise NotFound(NO_CALENDAR)
        group_ids = store.group_ids_of(session, staff_user_id=found.staff_user_id, limit=domain.MAX_OWNERS)
        return {"staff_user_id": found.staff_user_id, "group_ids": group_ids, "name": found.staff_user.name}


def _record(row: AccessToken | None) -> Json:
    return {"active": row is not None, "created_at": clock.wire(row.created_at) if row else None}
