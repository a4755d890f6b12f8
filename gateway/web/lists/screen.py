"""The list screen of a kind of record: what it asks the API, and what its template gets."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, make_response, redirect, request

from gateway.parallel import together
from gateway.web.api import ApiProblem, Values, api
from gateway.web.lists import drafts, fields, state
from gateway.web.lists.kinds import RecordKind
from gateway.web.lists.operators import PERIODS, SHORT_PERIODS
from gateway.web.lists.shown import Known, Screen, begins_with, zone
from gateway.web.pages import error, is_htmx, show
from gateway.web.tables import PAGE, Listing, listing, name_of, names

POINTERS = ("organization", "contact")
WHOLE = "filter"
CONDITION = re.compile(r"filter((?:\.conditions\.\d+)+)")


def known(kind: RecordKind) -> Known:
    """What there is to filter by, and the saved lists. ApiProblem."""
    client = api()
    found = together(
        fields=lambda: client.get(f"{kind.path}/fields"),
        views=lambda: client.get("/list-views", record_kind=kind.name),
    )
    return Known(kind, {each["name"]: each for each in found["fields"]["items"]}, found["views"]["items"])


def index(kind: RecordKind) -> Response:
    """The list as the address says; where that says nothing, the saved list that somebody begins with."""
    first = begins_with(kind)
    if first and not request.args and not is_htmx():
        return go(state.State(kind, view=first))
    there, asked = known(kind), state.from_request(kind)
    found = state.chosen(asked, there.views, there.fields)
    if found is None:
        return gone(kind)
    screen = Screen(there, found, found.filter, open=found.unread)
    fill(screen)
    screen.focus = next((f".{place}" for place in screen.errors if place != WHOLE), "")
    return answer(screen, "rows" if screen.listing and screen.listing.appends else "results")


def gone(kind: RecordKind) -> Response:
    """A saved list that is no longer there: the whole list where it was what somebody begins with."""
    if request.args.get("view") == begins_with(kind):
        api().patch("/preferences", {f"first_{kind.plural}": ""})
        return go(state.State(kind, view="all"))
    return error(404)


def go(wanted: state.State) -> Response:
    """To a list."""
    return make_response(redirect(wanted.url(), 303))


def answer(screen: Screen, part: str) -> Response:
    """The page or a part of it. Who opens the builder finds a condition begun."""
    if not screen.draft["conditions"]:
        screen.draft = {**screen.draft, "conditions": [drafts.blank()]}
        screen.focus = screen.focus or ".0"
    values: dict[str, Any] = {"screen": screen, "listing": screen.listing, "kind": screen.kind, "periods": PERIODS}
    return show("lists/list.html", part=part, choices=fields.CHOICES, short_periods=SHORT_PERIODS, **values)


def fill(screen: Screen, places: Mapping[str, str] | None = None) -> None:
    """Ask for the records, their number, and the names of what is shown. A filter that cannot be used is told.

    ``places``: where the conditions that are asked for stand in the draft, where that has others besides.
    """
    asked, sort = screen.chosen.asked(zone()), screen.chosen.sort
    refers = _refers(screen)
    try:
        found = together(
            page=lambda: listing(screen.kind.path, url=screen.state.url(), refers=refers, sort=sort, **asked),
            owners=lambda: owners() if _names_people(screen) else [],
        )
        screen.listing, screen.owners = found["page"], found["owners"]
    except ApiProblem as problem:
        if problem.status != 422:
            raise
        unread = screen.chosen.unread
        told = faults(problem).items()
        screen.errors = {WHOLE if unread else _place(path, places): sentence for path, sentence in told}
        screen.open = True
        screen.listing = Listing([], {}, PAGE, None, False, "")
        screen.owners = owners()
    screen.names |= {each["id"]: each["name"] for each in screen.owners}
    wanted = drafts.ids_in(screen.draft, screen.known.types, "reference")
    screen.names |= {id: name_of(each) for id, each in names(sorted(wanted)).items()}


def counted(screen: Screen) -> str:
    """How many records the list holds in words; nothing where that fails: the list is worth having without."""
    try:
        found = api().get(f"{screen.kind.path}/count", **screen.chosen.asked(zone()))
    except ApiProblem:
        return ""
    return screen.in_words(found["count"], exact=found["exact"])


def owners() -> list[Values]:
    """Who can be in charge of a record."""
    return list(api().get("/owners")["items"])


def faults(problem: ApiProblem) -> dict[str, str]:
    """The sentences of a refusal by the path of what they are about."""
    found: dict[str, str] = {}
    _flatten(problem.errors, "", found)
    return found or {WHOLE: problem.detail}


def _flatten(node: Any, path: str, found: dict[str, str]) -> None:
    if isinstance(node, Mapping):
        for name, below in node.items():
            _flatten(below, f"{path}.{name}".strip("."), found)
    elif isinstance(node, list) and node:
        found[path] = str(node[0])


def _place(path: str, places: Mapping[str, str] | None) -> str:
    """Where in the builder a refusal belongs: its condition, or the filter as a whole."""
    if places is not None:
        return next((place for start, place in places.items() if f"{path}.".startswith(f"{start}.")), WHOLE)
    found = CONDITION.match(path)
    return found[1].replace(".conditions.", ".").strip(".") if found else WHOLE


def _refers(screen: Screen) -> Iterable[str]:
    return [each.name for each in screen.columns if each.kind in POINTERS]


def _names_people(screen: Screen) -> bool:
    """Whether the page names somebody in charge, or may: the builder offers them."""
    in_columns = any(each.kind == "owner" for each in screen.chosen.columns)
    return in_columns or bool(drafts.ids_in(screen.draft, screen.known.types, "owner"))
