"""What is done to many records at once: change a field, hand over, tags, delete, restore; what was refused is told."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from gateway.web import formats
from gateway.web.api import Values, api
from gateway.web.language import gettext, msg
from gateway.web.lists import drafts, fields, screen, state
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.lists.shown import MOST_AT_ONCE, Outcome, Screen
from gateway.web.lists.views import KIND
from gateway.web.pages import go, is_htmx, show
from gateway.web.tables import names

CHANGED, DELETED = msg("Changed: %(what)s"), msg("In the recycle bin: %(what)s")
RESTORED = msg("Restored: %(what)s")
NOBODY = msg("Choose records first.")
TWO_OR_THREE = msg("Choose two or three records that are the same one.")
MOST_MERGED = 3
MISSING = msg("Choose what is to be changed, and how.")
DONE = {"delete": DELETED, "restore": RESTORED}

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
    """Do it, and show the list with what became of it."""
    kind = KINDS[plural]
    there, asked = screen.known(kind), state.from_values(kind, request.form)
    found = state.chosen(asked, there.views, there.fields)
    if found is None:
        return screen.gone(kind)
    shown = Screen(there, found, found.filter)
    do, ids = request.form.get("do", ""), _ids(kind, shown)
    action, data = _wanted(do, there.types)
    if do == "merge" and 2 <= len(ids) <= MOST_MERGED:
        return go("merging.choose", plural=plural, ids=ids)
    if do == "merge":
        shown.became = Outcome("", [], [("", TWO_OR_THREE)])
    elif not ids or (action == "update" and not data):
        shown.became = Outcome("", [], [("", NOBODY if not ids else MISSING)])
    else:
        results = api().post(f"{kind.path}/bulk", {"ids": ids, "action": action, "data": data})["results"]
        shown.became = outcome(kind, action, results)
        if action == "delete":
            shown.became = replace(shown.became, undo=_undo(shown))
    if not is_htmx():
        return go(f"{plural}.index", toast=f"{kind.plural}_restored" if action == "restore" else None, **asked.pairs())
    screen.fill(shown)
    return screen.answer(shown, "results")


def _ids(kind: RecordKind, shown: Screen) -> list[str]:
    if "everything" in request.form:
        asked, sort = shown.chosen.asked(screen.zone()), shown.chosen.sort
        items, _ = api().pages(kind.path, up_to=MOST_AT_ONCE, sort=sort, **asked)
        return [each["id"] for each in items]
    return chosen_ids(request.form)


def chosen_ids(form: MultiDict[str, str]) -> list[str]:
    """The records that are chosen in a form."""
    return list(dict.fromkeys(filter(_is_id, form.getlist("ids"))))[:MOST_AT_ONCE]


def _is_id(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


def _wanted(do: str, types: dict[str, str]) -> tuple[str, Values]:
    """The action, and the data that goes with it; none where something is missing."""
    if do in DONE:
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


def outcome(kind: RecordKind, action: str, results: list[Values]) -> Outcome:
    """What became of many records, in words."""
    done = [each["id"] for each in results if each["done"]]
    reasons = {each["id"]: each["problem"] for each in results if not each["done"]}
    called = names(sorted(reasons))
    refused = [(_called(called.get(id, {})), reason) for id, reason in reasons.items()]
    said = gettext(DONE.get(action, CHANGED), what=kind.counted(len(done))) if done else ""
    return Outcome(said, done, refused)


def _undo(shown: Screen) -> Values:
    """The form that restores what was just deleted; nothing where nothing was."""
    if not shown.became.done:
        return {}
    values = {name: [text] for name, text in shown.state.pairs().items()}
    return {"action": f"{shown.kind.path}/bulk", "values": {**values, "ids": shown.became.done, "do": ["restore"]}}


def _called(record: Values) -> str:
    return formats.person(record) if record.get("last_name") else str(record.get("label", ""))
