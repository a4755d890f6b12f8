"""Every query of staff."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from chassis import paging
from chassis.bulk import among, insert_ignore, insert_many
from services.staff.models import AccessToken, LoginThrottle, Notice, StaffGroup, StaffGroupMember, StaffUser

Row = TypeVar("Row", StaffUser, StaffGroup)
Late = TypeVar("Late", AccessToken, Notice)


def user_by_id(session: Session, *, id: str, lock: bool = False) -> StaffUser | None:
    """A staff user, locked until the commit where ``lock`` says so."""
    query = select(StaffUser).where(StaffUser.id == id)
    return session.scalars(query.with_for_update() if lock else query).first()


def user_by_login(session: Session, *, login: str) -> StaffUser | None:
    """The staff user with this canonical log-in name."""
    return session.scalars(select(StaffUser).where(StaffUser.login == login)).first()


def users_page(session: Session, *, limit: int | None, cursor: str | None) -> tuple[list[StaffUser], str | None]:
    """One page of staff users, oldest first."""
    return _oldest_first(session, StaffUser, limit=limit, cursor=cursor)


def users_by_ids(session: Session, *, ids: Sequence[str]) -> list[StaffUser]:
    """The staff users that there are of these."""
    return list(session.scalars(select(StaffUser).where(among(session, StaffUser.id, ids))))


def active_users(session: Session, *, limit: int) -> list[StaffUser]:
    """Who is not closed, by name."""
    return list(session.scalars(select(StaffUser).where(StaffUser.active).order_by(StaffUser.name).limit(limit)))


def group_by_id(session: Session, *, id: str, lock: bool = False) -> StaffGroup | None:
    """A group, locked until the commit where ``lock`` says so."""
    query = select(StaffGroup).where(StaffGroup.id == id)
    return session.scalars(query.with_for_update() if lock else query).first()


def groups_page(session: Session, *, limit: int | None, cursor: str | None) -> tuple[list[StaffGroup], str | None]:
    """One page of groups, oldest first."""
    return _oldest_first(session, StaffGroup, limit=limit, cursor=cursor)


def _oldest_first(
    session: Session, model: type[Row], *, limit: int | None, cursor: str | None
) -> tuple[list[Row], str | None]:
    query = select(model).order_by(model.id)
    if cursor:
        query = query.where(model.id > paging.last_id(cursor))
    length = paging.bounded(limit)
    rows = list(session.scalars(query.limit(length + 1)))
    return paging.page(rows, length, key=lambda row: [row.id])


def active_groups(session: Session, *, limit: int) -> list[StaffGroup]:
    """The groups that are not closed, by name."""
    return list(session.scalars(select(StaffGroup).where(StaffGroup.active).order_by(StaffGroup.name).limit(limit)))


def active_among(session: Session, *, ids: Collection[str]) -> list[str]:
    """The staff users and groups of these that are not closed."""
    models: tuple[Any, ...] = (StaffUser, StaffGroup)
    return [
        id for row in models for id in session.scalars(select(row.id).where(among(session, row.id, ids), row.active))
    ]


def group_ids_of(session: Session, *, staff_user_id: str, limit: int) -> list[str]:
    """The groups that somebody belongs to, closed ones too: they may still be in charge of something."""
    theirs = select(StaffGroupMember.group_id).where(StaffGroupMember.staff_user_id == staff_user_id)
    return list(session.scalars(theirs.order_by(StaffGroupMember.group_id).limit(limit)))


def other_active_admins(session: Session, *, than: str) -> int:
    """How many active admins there are beside one; they are locked, so that two cannot go at the same time."""
    query = select(StaffUser.id).where(StaffUser.role == "admin", StaffUser.active, StaffUser.id != than)
    return len(session.scalars(query.with_for_update()).all())


def people_of(session: Session, *, ids: Sequence[str]) -> dict[str, set[str]]:
    """Of each staff user or group the staff users whom they stand for, without those whose account is closed."""
    users = select(StaffUser.id, StaffUser.id).where(among(session, StaffUser.id, ids), StaffUser.active)
    members = (
        select(StaffGroupMember.group_id, StaffGroupMember.staff_user_id)
        .join(StaffUser, StaffUser.id == StaffGroupMember.staff_user_id)
        .where(among(session, StaffGroupMember.group_id, ids), StaffUser.active)
    )
    found: dict[str, set[str]] = {id: set() for id in ids}
    for id, person in [*session.execute(users), *session.execute(members)]:
        found[id].add(person)
    return found


def names_of(session: Session, *, ids: Collection[str]) -> dict[str, str]:
    """What staff users are called, by id."""
    wanted = select(StaffUser.id, StaffUser.name).where(among(session, StaffUser.id, ids))
    return {row.id: row.name for row in session.execute(wanted)} if ids else {}


def add_notices(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Write down what people are to be told."""
    insert_many(session, Notice, rows)


def forget_notices(session: Session, *, staff_user_id: str, but: int) -> None:
    """Remove a person's notices beyond the latest ``but`` reminders and as many others.

    Apart, or an import by a colleague would push the reminders out.
    """
    for kind in (Notice.what == "reminded", Notice.what != "reminded"):
        mine = and_(Notice.staff_user_id == staff_user_id, kind)
        beyond = session.scalar(select(Notice.id).where(mine).order_by(Notice.id.desc()).offset(but).limit(1))
        if beyond:
            session.execute(delete(Notice).where(mine, Notice.id <= beyond))


def notices_page(
    session: Session, *, staff_user_id: str, unread: bool, limit: int | None, cursor: str | None
) -> tuple[list[Notice], str | None]:
    """One page of a person's notices, newest first."""
    mine = select(Notice).where(Notice.staff_user_id == staff_user_id)
    return _newest_first(session, Notice, mine.where(Notice.read_at.is_(None)) if unread else mine, limit, cursor)


def notice(session: Session, *, id: str, staff_user_id: str) -> Notice | None:
    """A notice of a person, locked until the commit."""
    mine = select(Notice).where(Notice.id == id, Notice.staff_user_id == staff_user_id)
    return session.scalars(mine.with_for_update()).first()


def unread_notices(session: Session, *, staff_user_id: str) -> int:
    """How many of a person's notices are unread."""
    mine = (Notice.staff_user_id == staff_user_id, Notice.read_at.is_(None))
    return session.scalar(select(func.count()).select_from(Notice).where(*mine)) or 0


def mark_read(session: Session, *, staff_user_id: str, up_to: str | None, now: datetime) -> None:
    """Mark a person's notices as read, up to one that they have seen."""
    mine = update(Notice).where(Notice.staff_user_id == staff_user_id, Notice.read_at.is_(None))
    session.execute((mine.where(Notice.id <= up_to) if up_to else mine).values(read_at=now))


def any_user(session: Session) -> bool:
    """Whether there is any staff user yet."""
    return bool(session.scalar(select(func.count()).select_from(StaffUser)))


def token_by_digest(
    session: Session, *, digest: str, now: datetime, kinds: Sequence[str] = ("session", "api")
) -> AccessToken | None:
    """The token with its owner, if it is of these kinds, has not expired and the owner is active."""
    query = (
        select(AccessToken)
        .join(AccessToken.staff_user)
        .options(joinedload(AccessToken.staff_user))
        .where(AccessToken.digest == digest, AccessToken.kind.in_(kinds))
        .where(AccessToken.expires_at > now, StaffUser.active)
    )
    return session.scalars(query).first()


def api_tokens_page(
    session: Session, *, staff_user_id: str, limit: int | None, cursor: str | None
) -> tuple[list[AccessToken], str | None]:
    """One page of a person's API tokens, newest first."""
    query = select(AccessToken).where(AccessToken.staff_user_id == staff_user_id, AccessToken.kind == "api")
    return _newest_first(session, AccessToken, query, limit, cursor)


def _newest_first(
    session: Session, model: type[Late], query: Any, limit: int | None, cursor: str | None
) -> tuple[list[Late], str | None]:
    if cursor:
        query = query.where(model.id < paging.last_id(cursor))
    length = paging.bounded(limit)
    rows = list(session.scalars(query.order_by(model.id.desc()).limit(length + 1)))
    return paging.page(rows, length, key=lambda row: [row.id])


def remove_api_token(session: Session, *, id: str, staff_user_id: str | None) -> bool:
    """Remove an API token, of one owner where named. False if there is none."""
    query = delete(AccessToken).where(AccessToken.id == id, AccessToken.kind == "api")
    if staff_user_id:
        query = query.where(AccessToken.staff_user_id == staff_user_id)
    return bool(session.execute(query).rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def calendar_token(session: Session, *, staff_user_id: str) -> AccessToken | None:
    """The token of a person's calendar."""
    mine = AccessToken.staff_user_id == staff_user_id
    return session.scalars(select(AccessToken).where(mine, AccessToken.kind == "calendar")).first()


def remove_calendar_tokens(session: Session, *, staff_user_id: str) -> None:
    """End the address of a person's calendar."""
    mine = AccessToken.staff_user_id == staff_user_id
    session.execute(delete(AccessToken).where(mine, AccessToken.kind == "calendar"))


def remove_session(session: Session, *, digest: str) -> None:
    """Remove the session with this digest, if it is one: an API token is revoked, not logged out."""
    session.execute(delete(AccessToken).where(AccessToken.digest == digest, AccessToken.kind == "session"))


def sessions_page(
    session: Session, *, staff_user_id: str, now: datetime, limit: int | None, cursor: str | None
) -> tuple[list[AccessToken], str | None]:
    """One page of a person's sessions that have not expired, newest first."""
    theirs = (AccessToken.staff_user_id == staff_user_id) & (AccessToken.kind == "session")
    open_ones = select(AccessToken).where(theirs, AccessToken.expires_at > now)
    return _newest_first(session, AccessToken, open_ones, limit, cursor)


def remove_one_session(session: Session, *, id: str, staff_user_id: str) -> bool:
    """End a session of a person. False if there is none."""
    query = delete(AccessToken).where(AccessToken.id == id, AccessToken.kind == "session")
    return bool(session.execute(query.where(AccessToken.staff_user_id == staff_user_id)).rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult


def remove_sessions(session: Session, *, staff_user_id: str, but: str | None = None) -> None:
    """End every session of a person, but one where named; API tokens stay."""
    theirs = delete(AccessToken).where(AccessToken.staff_user_id == staff_user_id, AccessToken.kind == "session")
    session.execute(theirs.where(AccessToken.id != but) if but else theirs)


def note_use(session: Session, *, id: str, now: datetime) -> None:
    """Write down that a token is used now."""
    session.execute(update(AccessToken).where(AccessToken.id == id).values(last_used_at=now))


def remove_expired(session: Session, *, now: datetime, quiet_since: datetime, told_since: datetime) -> None:
    """Sweep out tokens that have expired, throttles that have been quiet, notices from before ``told_since``."""
    session.execute(delete(Notice).where(Notice.created_at < told_since))
    session.execute(delete(AccessToken).where(AccessToken.expires_at <= now))
    session.execute(delete(LoginThrottle).where(LoginThrottle.last_failed_at < quiet_since))


def locked_throttles(session: Session, *, buckets: Sequence[str]) -> list[LoginThrottle]:
    """The throttles of these buckets, made where missing, locked in one order until the commit."""
    insert_ignore(session, LoginThrottle.__table__, [{"bucket": bucket, "failures": 0} for bucket in sorted(buckets)])
    query = select(LoginThrottle).where(LoginThrottle.bucket.in_(buckets)).order_by(LoginThrottle.bucket)
    return list(session.scalars(query.with_for_update()))
