"""Mass changes: how far they are, what became of each, Stop and Undo."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from gateway.web.api import ApiProblem, Values, api, cursor_of
from gateway.web.language import gettext, msg
from gateway.web.lists import fields
from gateway.web.mass.outcomes import AT_WORK, Outcome, forget, kind_of, outcome, remember, title
from gateway.web.pages import back, go, is_htmx, show
from gateway.web.records.labels import owner
from gateway.web.tables import name_of, names

LATEST, AT_ONCE = 20, 200
STATES = {
    "changing": msg("Goes on"),
    "finished": msg("Done"),
    "stopped": msg("Stopped"),
    "undoing": msg("Is being undone"),
    "undone": msg("Undone"),
}
TAGS = {"add_tags": msg("Add these tags"), "remove_tags": msg("Take these tags away")}
YES, NO, EMPTY = msg("Yes"), msg("No"), msg("Empty")

mass = Blueprint("mass", __name__, url_prefix="/mass-changes")


@mass.get("")
def index() -> Response:
    """The latest ones, or those before."""
    found = api().get("/mass-changes", limit=LATEST, cursor=request.args.get("cursor"))
    return show("mass/index.html", latest=found["items"], next=cursor_of(found), title=title, states=STATES)


@mass.get("/<uuid:id>")
def page(id: Any) -> Response:
    """How far one is, and what became of the records."""
    job = api().get(f"/mass-changes/{id}")
    problems = _problems(job) if job["state"] not in AT_WORK else {"items": [], "next": None}
    shown: Values = {"title": title(job), "states": STATES, "at_work": job["state"] in AT_WORK, "data": _data(job)}
    called = names([each["id"] for each in problems["items"]])
    shown |= {"problems": problems, "called": called, "name_of": name_of, "next": cursor_of(problems)}
    return show("mass/page.html", part="progress", job=job, kind=kind_of(job), **shown)


@mass.get("/<uuid:id>/strip")
def strip(id: Any) -> Response:
    """How far one is, at the edge of whatever page is in the browser; at its end a word with Undo."""
    try:
        return _strip(api().get(f"/mass-changes/{id}"))
    except ApiProblem as problem:
        if problem.status != 404:
            raise
        forget()
        return show("mass/strip.html", part="strip", became=Outcome())


def _strip(job: Values) -> Response:
    became = outcome(job)
    response = show("mass/strip.html", part="strip", became=became)
    if not became.at_work:
        forget()
        response.headers["HX-Trigger-After-Settle"] = "mass-done"
    return response


@mass.post("/<uuid:id>/cancel")
def cancel(id: Any) -> Response:
    """Change no more records."""
    job = api().post(f"/mass-changes/{id}/cancel")
    return _strip(job) if is_htmx() else go("mass.page", id=id)


@mass.post("/<uuid:id>/undo")
def undo(id: Any) -> Any:
    """Take it back; who is on a list stays there."""
    # Once is enough by its state. Where undoing ended by our fault, a second click begins it again.
    job = api().post(f"/mass-changes/{id}/undo")
    if job["kept"]:
        return go("mass.page", id=id)
    if job["state"] in AT_WORK:
        remember(job["id"])
    return back(url_for("mass.page", id=id), toast=None if job["state"] in AT_WORK else "mass_undone")


def _problems(job: Values) -> Values:
    if not job["refused"] and not job["kept"]:
        return {"items": [], "next": None}
    found: Values = api().get(f"/mass-changes/{job['id']}/problems", limit=AT_ONCE, cursor=request.args.get("cursor"))
    return found


def _data(job: Values) -> list[tuple[str, str]]:
    """What each record was to get: the fields, and their values as people read them."""
    linked = [value for name, value in job["data"].items() if name.endswith("_id") and name != "owner_id" and value]
    called = {id: name_of(one) for id, one in names(linked).items()}
    return [
        (gettext(TAGS.get(name) or fields.label(name)), _value(name, value, called))
        for name, value in job["data"].items()
    ]


def _value(name: str, value: Any, called: Values) -> str:
    if value in ("", None, []):
        return gettext(EMPTY)
    if isinstance(value, bool):
        return gettext(YES if value else NO)
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return (
        owner(value) if name == "owner_id" else str(called.get(value) or gettext(fields.CHOICES.get(value, str(value))))
    )
