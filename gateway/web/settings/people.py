"""For admins: staff users, groups with their members, and the settings of contacts."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, request

from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import msg
from gateway.web.lists.screen import faults
from gateway.web.pages import go, show
from gateway.web.settings import browsers
from gateway.web.settings.views import ROLES

MOST, MOST_SESSIONS = 1_000, 50
COPIES = {
    "never": msg("Never"),
    "ask": msg("Ask: the form offers it"),
    "always": msg("Always, where the contact has no address yet"),
}
FORM_STATUSES = (409, 412, 422)

people = Blueprint("people", __name__, url_prefix="/settings")


@people.get("/users")
def users() -> Response:
    """All staff users."""
    found, _ = api().pages("/staff-users", up_to=MOST)
    return show("settings/users.html", users=found, roles=ROLES)


@people.get("/users/new")
def new_user() -> Response:
    """The form of a new one."""
    return _user(None, {"login": "", "name": "", "role": "staff"})


@people.post("/users/new")
def create_user() -> Response:
    """A new one."""
    data = {name: request.form.get(name, "").strip() for name in ("login", "name", "role")}
    try:
        api().post("/staff-users", {**data, "password": request.form.get("password", "")}, once=_once())
    except ApiProblem as problem:
        return _user(None, data, problem)
    return go("people.users", toast="user_created")


@people.get("/users/<uuid:id>")
def user(id: UUID) -> Response:
    """The form of one."""
    found = api().get(f"/staff-users/{id}")
    return _user(found, found)


@people.post("/users/<uuid:id>")
def update_user(id: UUID) -> Response:
    """Another name or role, closed or open, another password."""
    data: Values = {name: request.form.get(name, "").strip() for name in ("name", "role")}
    data["active"] = "active" in request.form
    password = {"password": request.form["password"]} if request.form.get("password") else {}
    try:
        api().patch(f"/staff-users/{id}", {**data, **password}, version=request.form.get("version", "0"), once=_once())
    except ApiProblem as problem:
        return _user(api().get(f"/staff-users/{id}"), data, problem)
    return go("people.users", toast="settings_saved")


@people.post("/users/<uuid:id>/sessions/end")
def end_sessions(id: UUID) -> Response:
    """Log somebody out everywhere."""
    api().delete(f"/staff-users/{id}/sessions")
    return go("people.user", toast="user_logged_out", id=id)


@people.get("/groups")
def groups() -> Response:
    """All groups."""
    found, _ = api().pages("/staff-groups", up_to=MOST)
    return show("settings/groups.html", groups=found)


@people.get("/groups/new")
def new_group() -> Response:
    """The form of a new one."""
    return _group(None, {"name": "", "description": "", "member_ids": []})


@people.post("/groups/new")
def create_group() -> Response:
    """A new one."""
    data = _group_data()
    try:
        api().post("/staff-groups", data, once=_once())
    except ApiProblem as problem:
        return _group(None, data, problem)
    return go("people.groups", toast="group_created")


@people.get("/groups/<uuid:id>")
def group(id: UUID) -> Response:
    """The form of one."""
    found = api().get(f"/staff-groups/{id}")
    return _group(found, found)


@people.post("/groups/<uuid:id>")
def update_group(id: UUID) -> Response:
    """Another name, other members, closed or open."""
    data = {**_group_data(), "active": "active" in request.form}
    try:
        api().patch(f"/staff-groups/{id}", data, version=request.form.get("version", "0"), once=_once())
    except ApiProblem as problem:
        return _group(api().get(f"/staff-groups/{id}"), data, problem)
    return go("people.groups", toast="settings_saved")


@people.get("/contacts")
def contacts() -> Response:
    """How contacts work."""
    return show("settings/contacts.html", found=api().get("/settings/contacts"), copies=COPIES)


@people.post("/contacts")
def update_contacts() -> Response:
    """Work otherwise."""
    data = {"address_copy": request.form.get("address_copy", "")}
    api().patch("/settings/contacts", data, version=request.form.get("version", "0"))
    return go("people.contacts", toast="settings_saved")


def _once() -> str:
    return request.form.get("once", "")[:100]


def _group_data() -> Values:
    texts = {name: request.form.get(name, "").strip() for name in ("name", "description")}
    return {**texts, "member_ids": request.form.getlist("member_ids")}


def _told(problem: ApiProblem | None) -> dict[str, Any]:
    """What a refusal adds to a form; one that no form can mend is raised again."""
    if problem is None:
        return {"errors": {}, "trouble": "", "status": 200}
    if problem.status not in FORM_STATUSES:
        raise problem
    errors = {name.partition(".")[0]: text for name, text in faults(problem).items() if name != "filter"}
    return {"errors": errors, "trouble": "" if errors else problem.detail, "status": problem.status}


def _user(found: Values | None, typed: Values, problem: ApiProblem | None = None) -> Response:
    told: Values = {**_told(problem), "sessions": None, "told_agent": browsers.told}
    if found:
        told["sessions"], _ = api().pages(f"/staff-users/{found['id']}/sessions", up_to=MOST_SESSIONS)
    return show("settings/user.html", user=found, typed=typed, roles=ROLES, once=uuid4().hex, **told)


def _group(found: Values | None, typed: Values, problem: ApiProblem | None = None) -> Response:
    told, (people, _) = _told(problem), api().pages("/staff-users", up_to=MOST)
    offered = [each for each in people if each["active"] or each["id"] in typed["member_ids"]]
    return show("settings/group.html", group=found, typed=typed, people=offered, once=uuid4().hex, **told)
