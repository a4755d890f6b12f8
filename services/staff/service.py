"""The staff service: log-in, sessions, API tokens, staff users, notices to them."""

from typing import Any

from chassis import Database, on_event, rpc
from contracts import ActivityReminded, ContactCreated, ContactUpdated, OrganizationCreated, OrganizationUpdated
from contracts.base import Event
from services.staff import accounts, calendars, groups, log_in, notices, sessions
from services.staff.models import Base

Json = dict[str, Any]
# Of a group each member is told: a batch is as many rows as the group has members times this.
BATCH = 100


class StaffService:
    """Who works here and may do what."""

    name = "staff"
    db = Database(Base)

    @on_event(ActivityReminded, ContactCreated, ContactUpdated, OrganizationCreated, OrganizationUpdated, batch=BATCH)
    def on_concern(self, events: list[Event]) -> None:
        """Tell those whom it concerns."""
        notices.hear(self.db, events)

    @rpc
    def notices(
        self, *, staff_user_id: str, unread: bool = False, limit: int | None = None, cursor: str | None = None
    ) -> Json:
        """A page of a person's notices, the latest first; ``unread``: how many of all are."""
        return notices.page(self.db, staff_user_id=staff_user_id, unread=unread, limit=limit, cursor=cursor)

    @rpc
    def read_notice(self, *, id: str, actor: Json, idempotency_key: str | None = None) -> Json:
        """Mark a notice of one's own as read; the notice. NotFound."""
        mine = actor["staff_user_id"]
        return notices.read(self.db, id=id, staff_user_id=mine, idempotency_key=idempotency_key)

    @rpc
    def read_notices(self, *, actor: Json, up_to: str | None = None, idempotency_key: str | None = None) -> Json:
        """Mark one's notices as read, up to the latest that one has seen: ``{unread}``, how many still are."""
        mine = actor["staff_user_id"]
        return notices.read_all(self.db, staff_user_id=mine, up_to=up_to, idempotency_key=idempotency_key)

    @rpc
    def log_in(self, *, login: str, password: str, ip: str | None = None, agent: str | None = None) -> Json:
        """A new session: ``{token, expires_at, staff_user}``. NotAuthenticated; TooManyRequests after many failures."""
        return log_in.log_in(self.db, login=login, password=password, ip=ip, agent=agent)

    @rpc
    def log_out(self, *, token: str) -> None:
        """End the session of this token; nothing happens where there is none."""
        log_in.log_out(self.db, token=token)

    @rpc
    def authenticate(self, *, token: str) -> Json:
        """Who it stands for: ``{staff_user_id, session_id, group_ids, name, role, scopes, kind, expires_at}``.

        With ``preferences``.
        """
        return log_in.principal(self.db, token=token)

    @rpc
    def set_preferences(self, *, data: Json, actor: Json, idempotency_key: str | None = None) -> Json:
        """Change what one prefers, wherever one logs in; what is left out stays. Invalid."""
        id = actor["staff_user_id"]
        return accounts.set_preferences(self.db, id=id, data=data, idempotency_key=idempotency_key)

    @rpc
    def sessions(self, *, staff_user_id: str, limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of a person's open sessions, the latest first."""
        return sessions.page(self.db, staff_user_id=staff_user_id, limit=limit, cursor=cursor)

    @rpc
    def end_session(self, *, id: str, actor: Json, idempotency_key: str | None = None) -> None:
        """End a session of one's own. NotFound."""
        sessions.end(self.db, id=id, staff_user_id=actor["staff_user_id"], idempotency_key=idempotency_key)

    @rpc
    def end_sessions(
        self,
        *,
        staff_user_id: str,
        but: str | None = None,
        actor: Json | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """End all sessions of a person, but one where named. NotFound for a person that there is not."""
        sessions.end_all(self.db, staff_user_id=staff_user_id, but=but, idempotency_key=idempotency_key)

    @rpc
    def change_password(
        self,
        *,
        password: str,
        new_password: str,
        actor: Json,
        session_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        """Another password for oneself; all sessions end but ``session_id``. NotAuthenticated: the old one is wrong."""
        asked: Json = {"password": password, "new_password": new_password, "session_id": session_id}
        log_in.change_password(self.db, id=actor["staff_user_id"], **asked, idempotency_key=idempotency_key)

    @rpc
    def staff_users(self, *, limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of staff users, oldest first."""
        return accounts.users(self.db, limit=limit, cursor=cursor)

    @rpc
    def staff_user(self, *, id: str) -> Json:
        """One staff user. NotFound."""
        return accounts.user(self.db, id=id)

    @rpc
    def create_staff_user(self, *, data: Json, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """A new staff user from ``{login, name, role, password}``. Conflict when the log-in name is taken."""
        return accounts.create_user(self.db, data=data, idempotency_key=idempotency_key)

    @rpc
    def update_staff_user(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Change ``name``, ``role``, ``active`` or ``password``. PreconditionFailed; Conflict for the last admin."""
        return accounts.update_user(self.db, id=id, data=data, version=version, idempotency_key=idempotency_key)

    @rpc
    def staff_groups(self, *, limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of groups, oldest first."""
        return groups.page(self.db, limit=limit, cursor=cursor)

    @rpc
    def staff_group(self, *, id: str) -> Json:
        """One group with the ids of its members. NotFound."""
        return groups.one(self.db, id=id)

    @rpc
    def create_staff_group(self, *, data: Json, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """A new group from ``{name, description, member_ids}``. Conflict when the name is taken."""
        return groups.create(self.db, data=data, idempotency_key=idempotency_key)

    @rpc
    def update_staff_group(
        self, *, id: str, data: Json, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """Change ``name``, ``description``, ``member_ids`` or ``active``. PreconditionFailed; Conflict; NotFound."""
        return groups.update(self.db, id=id, data=data, version=version, idempotency_key=idempotency_key)

    @rpc
    def owners(self) -> Json:
        """Everybody who can be put in charge of a record: ``{id, kind, name}``, staff users and groups."""
        return groups.owners(self.db)

    @rpc
    def owners_among(self, *, ids: list[str]) -> list[str]:
        """Those of up to 1,000 ids that can be put in charge of a record: active staff users, active groups."""
        return groups.owners_among(self.db, ids=ids)

    @rpc
    def api_tokens(self, *, staff_user_id: str, limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of a person's API tokens, newest first, without the tokens themselves."""
        return accounts.api_tokens(self.db, staff_user_id=staff_user_id, limit=limit, cursor=cursor)

    @rpc
    def create_api_token(self, *, data: Json, actor: Json, idempotency_key: str | None = None) -> Json:
        """A token from ``{name, scopes, days}``; ``token`` is in this answer only. Forbidden beyond the own role."""
        return accounts.create_api_token(
            self.db, data=data, staff_user_id=actor["staff_user_id"], idempotency_key=idempotency_key
        )

    @rpc
    def revoke_api_token(self, *, id: str, actor: Json, idempotency_key: str | None = None) -> None:
        """End a token of one's own. NotFound."""
        owner = actor["staff_user_id"]
        accounts.revoke_api_token(self.db, id=id, staff_user_id=owner, idempotency_key=idempotency_key)

    @rpc
    def calendar_address(self, *, actor: Json) -> Json:
        """Whether one has a secret address for calendar programs: ``{active, created_at}``."""
        return calendars.address(self.db, staff_user_id=actor["staff_user_id"])

    @rpc
    def renew_calendar_address(self, *, actor: Json, idempotency_key: str | None = None) -> Json:
        """A new secret address, the one before ends; ``token`` is in this answer only."""
        return calendars.renew(self.db, staff_user_id=actor["staff_user_id"], idempotency_key=idempotency_key)

    @rpc
    def withdraw_calendar_address(self, *, actor: Json, idempotency_key: str | None = None) -> None:
        """End one's secret address."""
        calendars.withdraw(self.db, staff_user_id=actor["staff_user_id"], idempotency_key=idempotency_key)

    @rpc
    def calendar_owner(self, *, token: str) -> Json:
        """Whose calendar is at a secret address: ``{staff_user_id, group_ids, name}``. NotFound."""
        return calendars.owner(self.db, token=token)
