"""Staff users and their API tokens."""

from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from chassis.ids import new_id
from contracts import StaffUserCreated
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed
from services.staff import domain, passwords, store
from services.staff.log_in import new_token, set_password, user_record
from services.staff.models import AccessToken, StaffUser

TAKEN = "There is a staff user with this log-in name. Choose another one."
NO_USER = "There is no such staff user."


def users(db: DatabaseHandle, *, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """A page of staff users."""
    with db.session() as session:
        rows, following = store.users_page(session, limit=limit, cursor=cursor)
        return {"items": [user_record(row) for row in rows], "next": following}


def user(db: DatabaseHandle, *, id: str) -> dict[str, Any]:
    """One staff user."""
    with db.session() as session:
        found = store.user_by_id(session, id=id)
        if found is None:
            raise NotFound(NO_USER)
        return user_record(found)


def create_user(db: DatabaseHandle, *, data: dict[str, Any], idempotency_key: str | None = None) -> dict[str, Any]:
    """Create a staff user and say so."""
    login = domain.check_login(data["login"])
    domain.check_password(data["password"], login=login)
    password_hash = passwords.hash_password(data["password"])
    try:
        with db.transaction(once=idempotency_key, request=_without_password(data)) as tx:
            if tx.answer is None:
                tx.answer = user_record(_add_user(tx, data, login=login, password_hash=password_hash))
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    return dict(tx.answer)


def update_user(
    db: DatabaseHandle, *, id: str, data: dict[str, Any], version: int, idempotency_key: str | None = None
) -> dict[str, Any]:
    """Change a staff user; one who is closed loses the sessions at once (a token asks for an active owner)."""
    password_hash = _checked_hash(db, id=id, password=data.get("password"))
    with db.transaction(once=idempotency_key, request=[id, version, _without_password(data)]) as tx:
        if tx.answer is None:
            found = _version_of(tx, id, version)
            _change(tx, found, data)
            if password_hash:
                set_password(tx, id=id, password_hash=password_hash)
            tx.answer = user_record(found)
    return dict(tx.answer)


def set_preferences(
    db: DatabaseHandle, *, id: str, data: dict[str, str], idempotency_key: str | None = None
) -> dict[str, Any]:
    """Change what a person prefers; what is left out stays."""
    with db.transaction(once=idempotency_key, request=[id, data]) as tx:
        if tx.answer is None:
            found = store.user_by_id(tx.session, id=id, lock=True)
            if found is None:
                raise NotFound(NO_USER)
            found.preferences = domain.preferences(found.preferences, data)
            tx.answer = found.preferences
    return dict(tx.answer)


def api_tokens(db: DatabaseHandle, *, staff_user_id: str, limit: int | None, cursor: str | None) -> dict[str, Any]:
    """A page of a person's API tokens."""
    with db.session() as session:
        rows, following = store.api_tokens_page(session, staff_user_id=staff_user_id, limit=limit, cursor=cursor)
        return {"items": [token_record(row) for row in rows], "next": following}


def create_api_token(
    db: DatabaseHandle, *, data: dict[str, Any], staff_user_id: str, idempotency_key: str | None = None
) -> dict[str, Any]:
    """Create a token. A repeated request gets the record without the token, which is kept nowhere."""
    if not data["scopes"]:
        raise Invalid("A token needs a scope.", fields={"scopes": [f"Name some of {', '.join(domain.SCOPES)}."]})
    token = None
    with db.transaction(once=idempotency_key, request=[staff_user_id, data]) as tx:
        if tx.answer is None:
            row, token = _add_token(tx, data, staff_user_id=staff_user_id)
            tx.answer = token_record(row)
    return {**tx.answer, "token": token}


def revoke_api_token(db: DatabaseHandle, *, id: str, staff_user_id: str, idempotency_key: str | None = None) -> None:
    """End a token of its owner."""
    with db.transaction(once=idempotency_key, request=id) as tx:
        if tx.answer is None:
            if not store.remove_api_token(tx.session, id=id, staff_user_id=staff_user_id):
                raise NotFound("There is no such API token.")
            tx.answer = {"id": id}


def token_record(row: AccessToken) -> dict[str, Any]:
    """An API token as JSON, without the token."""
    return {
        "id": row.id,
        "name": row.name,
        "scopes": row.scopes,
        "staff_user_id": row.staff_user_id,
        "created_at": clock.wire(row.created_at),
        "expires_at": clock.wire(row.expires_at),
    }


def _add_user(tx: Transaction, data: dict[str, Any], *, login: str, password_hash: str) -> StaffUser:
    now = clock.now()
    row = StaffUser(
        id=new_id(),
        login=login,
        name=data["name"],
        role=data["role"],
        password_hash=password_hash,
        active=True,
        version=1,
        created_at=now,
        updated_at=now,
    )
    tx.session.add(row)
    tx.session.flush()
    tx.publish(StaffUserCreated, subject=row.id, staff_user_id=row.id, role=row.role)
    return row


def _add_token(tx: Transaction, data: dict[str, Any], *, staff_user_id: str) -> tuple[AccessToken, str]:
    owner = store.user_by_id(tx.session, id=staff_user_id)
    if owner is None:
        raise NotFound(NO_USER)
    domain.check_grant(owner.role, data["scopes"])
    life = timedelta(days=data.get("days") or domain.TOKEN_DAYS)
    more = {"name": data["name"], "scopes": sorted(set(data["scopes"]))}
    row, token = new_token(tx, kind="api", user_id=owner.id, life=life, now=clock.now(), **more)
    return row, token


def _without_password(data: dict[str, Any]) -> dict[str, Any]:
    """What tells two requests apart: a password is not kept, not even as a part of that."""
    return {key: value for key, value in data.items() if key != "password"}


def _version_of(tx: Transaction, id: str, version: int) -> StaffUser:
    found = store.user_by_id(tx.session, id=id, lock=True)
    if found is None:
        raise NotFound(NO_USER)
    if found.version != version:
        raise PreconditionFailed("The staff user has changed since you read it. Read it again.")
    return found


def _checked_hash(db: DatabaseHandle, *, id: str, password: str | None) -> str | None:
    if password is None:
        return None
    domain.check_password(password, login=user(db, id=id)["login"])
    return passwords.hash_password(password)


def _change(tx: Transaction, found: StaffUser, data: dict[str, Any]) -> None:
    role, active = data.get("role", found.role), data.get("active", found.active)
    if found.role == "admin" and found.active:
        domain.check_keeps_an_admin(role, active, other_admins=store.other_active_admins(tx.session, than=found.id))
    found.name, found.role, found.active = data.get("name", found.name), role, active
    found.version += 1
    found.updated_at = clock.now()
