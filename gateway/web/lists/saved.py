"""Saved lists: keep the present one, rename, share, delete with Undo, begin with it."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg
from gateway.web.lists import drafts, screen, state
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.lists.shown import Known, Naming, Screen, begins_with
from gateway.web.lists.views import KIND
from gateway.web.mass.outcomes import Outcome
from gateway.web.pages import go

# As which refusals another name, or the same once more, may be taken.
NAMED_OTHERWISE = (409, 412, 422)
DELETED = msg("The list “%(name)s” is deleted.")

saved = Blueprint("saved_lists", __name__)


@saved.post(f"{KIND}/lists")
def save(plural: str) -> Response:
    """Keep the present filter, order and columns under a name."""
    kind = KINDS[plural]
    there = screen.known(kind)
    try:
        made = api().post("/list-views", {"record_kind": kind.name, **_named(), **_arranged(there)})
    except ApiProblem as problem:
        return _named_again(there, "save", problem)
    return go(f"{plural}.index", toast="list_saved", view=made["id"])


@saved.post(f"{KIND}/lists/<uuid:id>")
def change(plural: str, id: UUID) -> Response:
    """Another name, or shared or not; or the present filter, order and columns instead of those it had."""
    renames = request.form.get("do") == "rename"
    there = screen.known(KINDS[plural])
    data = _named() if renames else _arranged(there)
    try:
        api().patch(f"/list-views/{id}", data, version=request.form.get("version", "0"))
    except ApiProblem as problem:
        if not renames:
            raise
        return _named_again(there, "rename", problem)
    rest = state.from_values(KINDS[plural], request.form).pairs() if renames else {}
    return go(f"{plural}.index", toast="list_saved", **{**rest, "view": str(id)})


@saved.post(f"{KIND}/lists/<uuid:id>/delete")
def delete(plural: str, id: UUID) -> Any:
    """Forget it; the page that follows holds what Undo needs to save it again."""
    kind = KINDS[plural]
    gone = api().get(f"/list-views/{id}")
    api().delete(f"/list-views/{id}")
    there = screen.known(kind)
    everything = state.State(kind, view="all")
    found = state.chosen(everything, there.views, there.fields)
    assert found is not None  # noqa: S101 - what everybody has is always there
    became = Outcome(gettext(DELETED, name=gone["name"]), undo=_undo(kind, gone))
    shown = Screen(there, found, found.filter, became=became)
    screen.fill(shown)
    response = screen.answer(shown, "main")
    response.headers["HX-Push-Url"] = everything.url()
    if begins_with(kind) == str(id):
        api().patch("/preferences", {f"first_{kind.plural}": ""})
    return response


@saved.post(f"{KIND}/lists/first")
def begin_with(plural: str) -> Response:
    """The list that somebody sees first from now on, wherever they log in."""
    view = request.form.get("view", "")[:50]
    api().patch("/preferences", {f"first_{plural}": view})
    return go(f"{plural}.index", toast="list_first", view=view)


def _named() -> Values:
    return {"name": request.form.get("name", "").strip(), "shared": "shared" in request.form}


def _named_again(there: Known, dialog: str, problem: ApiProblem) -> Response:
    """The list with the dialog open that its name was typed into, and why it was refused beside it."""
    found = state.chosen(state.from_values(there.kind, request.form), there.views, there.fields)
    if found is None or problem.status not in NAMED_OTHERWISE:
        raise problem
    shown = Screen(there, found, found.filter, naming=Naming(dialog, **_named(), wrong=_wrong(problem)))
    screen.fill(shown)
    response = screen.answer(shown, "main")
    response.status_code = problem.status
    return response


def _wrong(problem: ApiProblem) -> str:
    return screen.faults(problem).get("name") or problem.detail


def _arranged(there: Known) -> Values:
    """The filter, order and columns of the present list."""
    found = state.chosen(state.from_values(there.kind, request.form), there.views, there.fields)
    if found is None:
        return {}
    return {"filter": found.filter, "sort": found.sort, "columns": [each.name for each in found.columns]}


def _undo(kind: RecordKind, gone: Values) -> Values:
    texts = {name: [str(gone[name])] for name in ("name", "sort")}
    shared = {"shared": ["1"]} if gone["shared"] else {}
    arranged = {"filter": [drafts.text_of(gone["filter"])], "columns": [",".join(gone["columns"])]}
    return {"action": f"{kind.path}/lists", "values": {**texts, **shared, **arranged, "view": ["all"]}}
