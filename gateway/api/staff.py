"""Sessions, staff users, API tokens."""

from typing import Any

from flask import Response, current_app, g, jsonify, request

from chassis import clock
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import staff as schemas
from gateway.api.schemas.common import PageQuery
from gateway.authentication import COOKIE, token_of
from gateway.calls import services

sessions = Resource("sessions", description="Logging in and out.")
staff_users = Resource("staff_users", description="The people who work here.")
staff_groups = Resource("staff_groups", description="Groups of them, and who can be in charge of a record.")
api_tokens = Resource("api_tokens", description="Tokens for programs, with scopes.")


@sessions.route("/sessions", methods=["POST"])
@sessions.arguments(schemas.LogInIn)
@sessions.response(201, schemas.Session)
def log_in(data: dict[str, Any]) -> Any:
    """Log in

    The token works as a bearer token; a browser gets it as a cookie too. After several failures the address has to wait
    before it tries that account again, after many before it tries any (429, Retry-After).
    """
    session = services().staff.log_in(**data, ip=request.remote_addr, agent=request.user_agent.string[:1000])
    response = jsonify(schemas.Session().dump(session))
    response.status_code = 201
    _set_cookie(response, session)
    return response


@sessions.route("/sessions/current", methods=["GET"])
@sessions.response(200, schemas.Principal)
def get_session() -> Any:
    """See who you are"""
    return g.principal


@sessions.route("/sessions/current", methods=["DELETE"])
@sessions.response(204)
def log_out() -> Any:
    """Log out"""
    token = token_of(request) or ""
    services().staff.log_out(token=token)
    current_app.extensions["musubi_authenticator"].forget(token)
    response = Response(status=204)
    response.delete_cookie(COOKIE, path="/", samesite="Strict", httponly=True)
    return response


@sessions.route("/sessions", methods=["GET"])
@sessions.arguments(PageQuery, location="query")
@sessions.page_of(schemas.OpenSessionPage)
def list_sessions(query: dict[str, Any]) -> Any:
    """List your sessions

    Those that go on, the latest first; API tokens are none.
    """
    return _sessions_of(g.principal["staff_user_id"], query)


@sessions.route("/sessions", methods=["DELETE"])
@sessions.once
@sessions.response(204)
def end_other_sessions(by: Any) -> None:
    """End all your sessions but the one that asks

    All of them, where an API token asks.
    """
    _end_sessions(g.principal["staff_user_id"], by, but=g.principal.get("session_id"))


@sessions.route("/sessions/<uuid:id>", methods=["DELETE"])
@sessions.once
@sessions.response(204)
def end_session(id: Any, by: Any) -> None:
    """End one of your sessions"""
    services().staff.end_session(id=str(id), **by)
    _forget(g.principal["staff_user_id"])


@sessions.route("/preferences", methods=["PATCH"])
@sessions.arguments(schemas.PreferencesChange)
@sessions.once
@sessions.response(200, schemas.Preferences)
def set_preferences(data: dict[str, Any], by: Any) -> Any:
    """Change what you prefer, wherever you log in

    `GET /sessions/current` tells it.
    """
    changed = services().staff.set_preferences(data=data, **by)
    _forget(g.principal["staff_user_id"])
    return changed


@sessions.route("/password", methods=["PUT"])
@sessions.arguments(schemas.PasswordIn)
@sessions.once
@sessions.response(204)
def change_password(data: dict[str, Any], by: Any) -> None:
    """Change your password

    Ends all of your sessions but the one that asks; API tokens stay.
    """
    services().staff.change_password(**data, session_id=g.principal.get("session_id"), **by)
    _forget(g.principal["staff_user_id"])


@staff_users.route("/staff-users", methods=["GET"])
@staff_users.arguments(PageQuery, location="query")
@staff_users.page_of(schemas.StaffUserPage)
def list_staff_users(query: dict[str, Any]) -> Any:
    """List staff users"""
    return services().staff.staff_users(**page_arguments(query))


@staff_users.route("/staff-users", methods=["POST"])
@staff_users.arguments(schemas.StaffUserIn)
@staff_users.once
@staff_users.versioned(201, schemas.StaffUser)
def create_staff_user(data: dict[str, Any], by: Any) -> Any:
    """Create a staff user"""
    return services().staff.create_staff_user(data=data, **by)


@staff_users.route("/staff-users/<uuid:id>", methods=["GET"])
@staff_users.versioned(200, schemas.StaffUser)
def get_staff_user(id: Any) -> Any:
    """Read a staff user"""
    return services().staff.staff_user(id=str(id))


@staff_users.route("/staff-users/<uuid:id>", methods=["PATCH"])
@staff_users.arguments(schemas.StaffUserChange)
@staff_users.needs_version
@staff_users.once
@staff_users.versioned(200, schemas.StaffUser)
def update_staff_user(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change or close a staff user

    Who is closed (`active` false) or gets another password has no session any more.
    """
    changed = services().staff.update_staff_user(id=str(id), data=data, version=version, **by)
    _forget(str(id))
    return changed


@staff_users.route("/staff-users/<uuid:id>/sessions", methods=["GET"])
@staff_users.arguments(PageQuery, location="query")
@staff_users.page_of(schemas.OpenSessionPage)
def list_sessions_of_staff_user(query: dict[str, Any], id: Any) -> Any:
    """List the sessions of a staff user"""
    return _sessions_of(str(id), query)


@staff_users.route("/staff-users/<uuid:id>/sessions", methods=["DELETE"])
@staff_users.once
@staff_users.response(204)
def end_sessions_of_staff_user(id: Any, by: Any) -> None:
    """End all sessions of a staff user

    Who may still log in can do so again: close the account or give it another password against that.
    """
    _end_sessions(str(id), by)


@staff_groups.route("/staff-groups", methods=["GET"])
@staff_groups.arguments(PageQuery, location="query")
@staff_groups.page_of(schemas.StaffGroupPage)
def list_staff_groups(query: dict[str, Any]) -> Any:
    """List groups"""
    return services().staff.staff_groups(**page_arguments(query))


@staff_groups.route("/staff-groups", methods=["POST"])
@staff_groups.arguments(schemas.StaffGroupIn)
@staff_groups.once
@staff_groups.versioned(201, schemas.StaffGroup)
def create_staff_group(data: dict[str, Any], by: Any) -> Any:
    """Create a group"""
    return services().staff.create_staff_group(data=data, **by)


@staff_groups.route("/staff-groups/<uuid:id>", methods=["GET"])
@staff_groups.versioned(200, schemas.StaffGroup)
def get_staff_group(id: Any) -> Any:
    """Read a group"""
    return services().staff.staff_group(id=str(id))


@staff_groups.route("/staff-groups/<uuid:id>", methods=["PATCH"])
@staff_groups.arguments(schemas.StaffGroupChange)
@staff_groups.needs_version
@staff_groups.once
@staff_groups.versioned(200, schemas.StaffGroup)
def update_staff_group(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change or close a group

    What is closed (`active` false) stays in charge of what it has, and is not offered any more.
    """
    return services().staff.update_staff_group(id=str(id), data=data, version=version, **by)


@staff_groups.route("/owners", methods=["GET"])
@staff_groups.response(200, schemas.OwnerPage)
def list_owners() -> Any:
    """List who can be put in charge of a record

    Staff users and groups that are not closed, by name.
    """
    return services().staff.owners()


@api_tokens.route("/api-tokens", methods=["GET"])
@api_tokens.arguments(PageQuery, location="query")
@api_tokens.page_of(schemas.ApiTokenPage)
def list_api_tokens(query: dict[str, Any]) -> Any:
    """List your API tokens"""
    return services().staff.api_tokens(staff_user_id=g.principal["staff_user_id"], **page_arguments(query))


@api_tokens.route("/api-tokens", methods=["POST"])
@api_tokens.arguments(schemas.ApiTokenIn)
@api_tokens.once
@api_tokens.response(201, schemas.NewApiToken)
def create_api_token(data: dict[str, Any], by: Any) -> Any:
    """Create an API token

    Its scopes cannot go beyond your own. The token is shown in this answer only. Needs a session: no token makes one.
    """
    return services().staff.create_api_token(data=data, **by)


@api_tokens.route("/api-tokens/<uuid:id>", methods=["DELETE"])
@api_tokens.once
@api_tokens.response(204)
def revoke_api_token(id: Any, by: Any) -> None:
    """Revoke one of your API tokens"""
    services().staff.revoke_api_token(id=str(id), **by)


def _sessions_of(staff_user_id: str, query: dict[str, Any]) -> Any:
    found = services().staff.sessions(staff_user_id=staff_user_id, **page_arguments(query))
    mine = g.principal.get("session_id")
    return {**found, "items": [{**one, "current": one["id"] == mine} for one in found["items"]]}


def _end_sessions(staff_user_id: str, by: Any, *, but: str | None = None) -> None:
    services().staff.end_sessions(staff_user_id=staff_user_id, but=but, **by)
    _forget(staff_user_id)


def _forget(staff_user_id: str) -> None:
    current_app.extensions["musubi_authenticator"].forget_person(staff_user_id)


def _set_cookie(response: Any, session: dict[str, Any]) -> None:
    response.set_cookie(
        COOKIE,
        session["token"],
        expires=clock.unwire(session["expires_at"]),
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )
