"""Log-in and what follows from it: sessions, who a token stands for, another password."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from chassis.ids import new_id
from chassis.networks import client_network
from contracts.errors import NotAuthenticated
from services.staff import domain, passwords, sessions, store, telling
from services.staff.models import AccessToken, LoginThrottle, StaffUser

WRONG = "The log-in name or the password is wrong. Check both."
NOT_THE_PRESENT_ONE = "The present password is wrong. Check it."
SESSION_ENDED = "The session or token is not valid (any more). Log in again or use another token."
# Prefixes let a secret scanner and a person tell what a leaked string is.
PREFIXES = {"session": "musubi_s_", "api": "musubi_t_", "calendar": "musubi_c_"}


def log_in(
    db: DatabaseHandle, *, login: str, password: str, ip: str | None, agent: str | None = None
) -> dict[str, Any]:
    """Open a session. The answer and its time are the same for a wrong password and a name that nobody has."""
    canonical = domain.canonical_login(login)
    buckets = _buckets(canonical, ip)
    with db.transaction() as tx:
        # Counted before the password is looked at, so that a hundred guesses at once cannot all slip through.
        count_try(tx, buckets, now=clock.now())
        user = store.user_by_login(tx.session, login=canonical)
    known = user if user and user.active else None
    if not passwords.verify_password(known.password_hash if known else None, password) or known is None:
        raise NotAuthenticated(WRONG)
    rehashed = passwords.hash_password(password) if passwords.is_outdated(known.password_hash) else None
    with db.transaction() as tx:
        forgive(tx, buckets)
        where = {"address": ip, "agent": domain.shown_agent(agent)}
        return _open_session(tx, user_id=known.id, rehashed=rehashed, now=clock.now(), where=where)


def log_out(db: DatabaseHandle, *, token: str) -> None:
    """End the session; an API token goes on."""
    with db.transaction() as tx:
        store.remove_session(tx.session, digest=domain.token_digest(token))


def principal(db: DatabaseHandle, *, token: str) -> dict[str, Any]:
    """Who the token stands for, with what its owner's role allows at this moment."""
    with db.session() as session:
        found = store.token_by_digest(session, digest=domain.token_digest(token), now=clock.now())
        if found is None:
            raise NotAuthenticated(SESSION_ENDED)
        session_id, last = found.id if found.kind == "session" else None, found.last_used_at
        told = {
            "staff_user_id": found.staff_user_id,
            "session_id": session_id,
            "preferences": domain.preferences(found.staff_user.preferences),
            "group_ids": store.group_ids_of(session, staff_user_id=found.staff_user_id, limit=domain.MAX_OWNERS),
            "name": found.staff_user.name,
            "role": found.staff_user.role,
            "scopes": domain.effective_scopes(found.staff_user.role, found.scopes),
            "kind": found.kind,
            "expires_at": clock.wire(found.expires_at),
        }
    if session_id:
        sessions.note_use(db, id=session_id, last=last)
    return told


def change_password(
    db: DatabaseHandle,
    *,
    id: str,
    password: str,
    new_password: str,
    session_id: str | None = None,
    idempotency_key: str | None = None,
) -> None:
    """Set another password; who knows the old one proves that it is the owner. The session that asks goes on."""
    with db.transaction() as tx:
        user = store.user_by_id(tx.session, id=id)
        count_try(tx, _buckets(user.login if user else id, None), now=clock.now())
    if user is None:
        raise NotAuthenticated(NOT_THE_PRESENT_ONE)
    with db.transaction(once=idempotency_key, request=id) as tx:
        if tx.answer is None:
            # Read in here: the first run of the same request may have changed it a moment ago.
            _check_owner(tx, user, password)
            domain.check_password(new_password, login=user.login)
            set_password(tx, id=id, password_hash=passwords.hash_password(new_password), but=session_id)
            tx.answer = {"id": id}
        forgive(tx, _buckets(user.login, None))


def _check_owner(tx: Transaction, user: StaffUser, password: str) -> None:
    present = store.user_by_id(tx.session, id=user.id)
    if present is None or not passwords.verify_password(present.password_hash, password):
        raise NotAuthenticated(NOT_THE_PRESENT_ONE)


def set_password(tx: Transaction, *, id: str, password_hash: str, but: str | None = None) -> None:
    """Store a password and end every session opened with the old one, but the one named."""
    user = store.user_by_id(tx.session, id=id, lock=True)
    if user:
        user.password_hash = password_hash
        store.remove_sessions(tx.session, staff_user_id=id, but=but)


def new_token(tx: Transaction, *, kind: str, user_id: str, life: timedelta, now: datetime, **more: Any) -> Any:
    """Store a token; the row and the token itself, which is known at this moment only."""
    token = PREFIXES[kind] + secrets.token_urlsafe(32)
    row = AccessToken(
        id=new_id(),
        kind=kind,
        name=more.get("name", ""),
        digest=domain.token_digest(token),
        staff_user_id=user_id,
        scopes=more.get("scopes"),
        created_at=now,
        expires_at=now + life,
        address=more.get("address"),
        agent=more.get("agent"),
        last_used_at=None,
    )
    tx.session.add(row)
    return row, token


def count_try(tx: Transaction, buckets: dict[str, str], *, now: datetime) -> None:
    """Refuse while a bucket has to wait; else count a failure, which success takes back. TooManyRequests."""
    rows = store.locked_throttles(tx.session, buckets=list(buckets))
    domain.check_not_throttled([_throttle(row) for row in rows], now=now)
    for row in rows:
        after = domain.after_failure(_throttle(row), buckets[row.bucket], now=now)
        row.failures, row.last_failed_at, row.blocked_until = after.failures, after.last_failed_at, after.blocked_until


def forgive(tx: Transaction, buckets: dict[str, str]) -> None:
    """After a right password: the account starts anew; the address, which others share, loses just this try."""
    for row in store.locked_throttles(tx.session, buckets=list(buckets)):
        row.failures = max(0, row.failures - 1) if buckets[row.bucket] == "ip" else 0
        row.blocked_until = None


def _open_session(
    tx: Transaction, *, user_id: str, rehashed: str | None, now: datetime, where: dict[str, str | None]
) -> dict[str, Any]:
    since = {"quiet_since": now - domain.FORGET_AFTER, "told_since": now - telling.KEPT_FOR}
    store.remove_expired(tx.session, now=now, **since)
    user = store.user_by_id(tx.session, id=user_id, lock=True)
    if user is None or not user.active:
        raise NotAuthenticated(WRONG)
    if rehashed:
        user.password_hash = rehashed
    row, token = new_token(tx, kind="session", user_id=user.id, life=domain.SESSION_LIFE, now=now, **where)
    return {"token": token, "expires_at": clock.wire(row.expires_at), "staff_user": user_record(user)}


def user_record(user: StaffUser) -> dict[str, Any]:
    """A staff user as JSON; never with the password hash."""
    return {
        "id": user.id,
        "login": user.login,
        "name": user.name,
        "role": user.role,
        "active": user.active,
        "version": user.version,
        "created_at": clock.wire(user.created_at),
        "updated_at": clock.wire(user.updated_at),
    }


def _buckets(account: str, ip: str | None) -> dict[str, str]:
    network = client_network(ip)
    named = {"account": account, "pair": f"{network} {account}"} | ({"ip": network} if network else {})
    return {domain.bucket(kind, value): kind for kind, value in named.items()}


def _throttle(row: LoginThrottle) -> domain.Throttle:
    return domain.Throttle(row.failures, row.last_failed_at, row.blocked_until)
