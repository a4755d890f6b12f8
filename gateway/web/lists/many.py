"""What is done to many records at once: change a field, hand over, tags, delete; what was refused is told."""

from typing import Any

from flask import Blueprint, Response, redirect, request

from gateway.web.api import Values, api
from gateway.web.language import gettext, language, msg
from gateway.web.lists import drafts, fields, screen, state
from gateway.web.lists.kinds import KINDS
from gateway.web.lists.shown import Screen
from gateway.web.lists.views import KIND
from gateway.web.mass.outcomes import Outcome, begin, chosen_ids
from gateway.web.pages import go, is_htmx, show

NOBODY = msg("Choose records first.")
TWO_OR_THREE = msg("Choose two or three records that are the same one.")
MOST_MERGED = 3
MISSING = msg("Choose what is to be changed, and how.")

many = Blueprint("many", __name__)


@many.get(f"{KIND}/bulk/value")
def value(plural: str) -> Response:
    """The input for a field that is to be changed of many."""
    there = screen.known(KINDS[plural])
    name = request.args.get("field", "")
    found = state.chosen(state.State(there.kind), there.views, there.fields)
    shown = Screen(there, found, drafts.empty()) if found else None
    return show(
        "lists/value.html",
        part="value",
        screen=shown,
        name=name if name in there.fields else "",
        choices=fields.CHOICES,
    )


@many.post(f"{KIND}/bulk")
def change(plural: str) -> Any:
    """Do it, or begin to, and show the list with what became of it."""
    kind = KINDS[plural]
    there, asked = screen.known(kind), state.from_values(kind, request.form)
    found = state.chosen(asked, there.views, there.fields)
    if found is None:
        return screen.gone(kind)
    ids, everything = chosen_ids(request.form), "everything" in request.form
    if request.form.get("do") == "merge" and 2 <= len(ids) <= MOST_MERGED and not everything:
        return go("merging.choose", plural=plural, ids=ids)
    shown = Screen(there, found, found.filter)
    shown.became = _became(shown, ids, everything=everything)
    if not is_htmx():
        return go(f"{plural}.index", **asked.pairs())
    screen.fill(shown)
    return screen.answer(shown, "results")


@many.post(f"{KIND}/bulk/export")
def export(plural: str) -> Any:
    """The chosen as a file."""
    there = screen.known(KINDS[plural])
    found = state.chosen(state.from_values(there.kind, request.form), there.views, there.fields)
    if found is None:
        return screen.gone(there.kind)
    shown, format = Screen(there, found, found.filter), request.form.get("format", "csv")
    if "everything" in request.form:
        return redirect(shown.export_url(format), 303)
    asked = {"ids": chosen_ids(request.form), "sort": found.sort, "format": format, "language": language()}
    file = api().asked_file(f"{there.kind.path}/export", asked)
    headers = {name: file.headers[name] for name in ("Content-Type", "Content-Disposition")}
    return Response(file.content, headers=headers)


def _became(shown: Screen, ids: list[str], *, everything: bool) -> Outcome:
    do = request.form.get("do", "")
    action, data = _wanted(do, shown.known.types)
    if do == "merge":
        return _refused(TWO_OR_THREE)
    if not ids and not everything:
        return _refused(NOBODY)
    if action == "update" and not data:
        return _refused(MISSING)
    which: Values = {"selection": _selection(shown)} if everything else {"ids": ids}
    return begin(shown.kind, action, data, **which)


def _refused(sentence: str) -> Outcome:
    return Outcome(refused=[("", gettext(sentence))])


def _selection(shown: Screen) -> Values:
    """All that the list holds, as the API takes it."""
    chosen = shown.chosen
    asked = {
        "query": chosen.state.query,
        "filter": chosen.filter,
        "starred": chosen.starred,
        "time_zone": screen.zone(),
    }
    return {name: value for name, value in asked.items() if value not in (None, "")}


def _wanted(do: str, types: dict[str, str]) -> tuple[str, Values]:
    """The action, and the data that goes with it; none where something is missing."""
    if do == "delete":
        return do, {}
    if do == "owner":
        owner = request.form.get("owner", "")
        return "update", {"owner_id": owner} if owner else {}
    if do == "tags":
        typed = {name: drafts.value_of("words", [request.form.get(name, "")]) for name in ("add_tags", "remove_tags")}
        return "update", {name: words for name, words in typed.items() if words}
    name = request.form.get("field", "")
    return "update", {name: _value(types[name])} if name in types else {}


def _value(type_name: str) -> Any:
    text = request.form.get("value", "").strip()
    if type_name == "flag":
        return text == "yes"
    if type_name == "number":
        return drafts.value_of("number", [text])
    return text or None if type_name in ("date", "reference", "owner") else text
