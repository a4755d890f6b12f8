"""One's own profile: password, sessions and API tokens. Language and appearance are the shell's."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, g, make_response, request

from gateway.parallel import together
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg
from gateway.web.lists.screen import faults
from gateway.web.pages import go, show
from gateway.web.settings import browsers

SCOPES = {
    "read": msg("Read: see records and mails"),
    "write": msg("Write: change records, act on mails"),
    "admin": msg("Admin: staff users, mailboxes, settings"),
}
ROLES = {"admin": msg("Administrator"), "staff": msg("Staff"), "read_only": msg("May only read")}
MOST_TOKENS = MOST_SESSIONS = 200
WRONG = msg("This is not your present password.")
DIFFERENT = msg("Both must be the same.")

settings = Blueprint("settings", __name__, url_prefix="/settings")


@settings.get("")
def profile() -> Response:
    """Who one is, password, tokens."""
    return _profile()


@settings.post("/password")
def change_password() -> Response:
    """Another password; every session ends but this one."""
    typed = {name: request.form.get(name, "") for name in ("password", "new_password", "again")}
    if typed["new_password"] != typed["again"]:
        return _profile(errors={"again": gettext(DIFFERENT)}, status=422)
    try:
        api().put("/password", {name: typed[name] for name in ("password", "new_password")})
    except ApiProblem as problem:
        return _profile(errors=password_faults(problem), status=422)
    return go("settings.profile", toast="password_changed")


@settings.post("/sessions/<uuid:id>/end")
def end_session(id: UUID) -> Response:
    """Log out elsewhere."""
    try:
        api().delete(f"/sessions/{id}")
    except ApiProblem as problem:
        # It ended by itself meanwhile: that is what was wanted.
        if problem.status != 404:
            raise
    return go("settings.profile", toast="session_ended")


@settings.post("/sessions/end")
def end_sessions() -> Response:
    """Log out everywhere else."""
    api().delete("/sessions")
    return go("settings.profile", toast="sessions_ended")


@settings.post("/tokens")
def create_token() -> Response:
    """A token for a program, shown this once."""
    days = request.form.get("days", "")
    data: Values = {"name": request.form.get("name", "").strip(), "scopes": request.form.getlist("scopes")}
    data["days"] = int(days) if days.isdecimal() and len(days) < 6 else 0
    try:
        made = api().post("/api-tokens", data, once=request.form.get("once", "")[:100])
    except ApiProblem as problem:
        if problem.status not in (403, 422):
            raise
        return _profile(errors=_named("token_", faults(problem)), typed=data, status=422)
    return _profile(made=made)


@settings.post("/tokens/<uuid:id>/revoke")
def revoke_token(id: UUID) -> Response:
    """End a token; whoever uses it is refused at once."""
    api().delete(f"/api-tokens/{id}")
    return go("settings.profile", toast="token_revoked")


def password_faults(problem: ApiProblem) -> dict[str, str]:
    """The sentences of a refused password by field. ApiProblem for what no field is to blame for."""
    if problem.status == 401:
        return {"password": gettext(WRONG)}
    if problem.status not in (409, 422):
        raise problem
    return faults(problem)


def _named(prefix: str, told: dict[str, str]) -> dict[str, str]:
    return {prefix + name.partition(".")[0]: sentence for name, sentence in told.items()}


def _profile(
    *, errors: dict[str, str] | None = None, typed: Values | None = None, made: Values | None = None, status: int = 200
) -> Response:
    asked = together(
        tokens=lambda: api().pages("/api-tokens", up_to=MOST_TOKENS)[0],
        sessions=lambda: api().pages("/sessions", up_to=MOST_SESSIONS)[0],
    )
    # The one here first.
    sessions = sorted(asked["sessions"], key=lambda one: not one["current"])
    scopes = {name: text for name, text in SCOPES.items() if name in g.principal["scopes"]}
    values: dict[str, Any] = {"tokens": asked["tokens"], "sessions": sessions, "told_agent": browsers.told}
    values |= {"scopes": scopes, "roles": ROLES, "made": made, "once": uuid4().hex}
    values |= {"errors": errors or {}, "typed": typed or {"name": "", "scopes": ["read"], "days": 365}}
    return make_response(show("settings/profile.html", status=status, **values))
