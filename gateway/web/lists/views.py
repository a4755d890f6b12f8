"""Narrowing a list: its filter as it is built, and the records to choose from."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, redirect, request

from gateway.parallel import together
from gateway.web.api import api
from gateway.web.language import gettext, msg
from gateway.web.lists import drafts, screen, state
from gateway.web.lists.kinds import KINDS
from gateway.web.lists.screen import Screen
from gateway.web.pages import is_htmx, show
from gateway.web.tables import name_of, names_in

LONGEST_URL = 7_500
TOO_LONG = msg("The filter is too long for an address: take a condition away.")
OFFERED = 8
# Where two kinds are offered.
OFFERED_OF_EACH = 5
KIND = "/<any(contacts,organizations):plural>"

lists = Blueprint("lists", __name__)


@lists.post(f"{KIND}/narrow")
def narrow(plural: str) -> Any:
    """The list by the filter in the form; with ``do`` the form itself changes."""
    there = screen.known(KINDS[plural])
    asked = state.from_values(there.kind, request.form)
    draft = drafts.from_form(request.form.to_dict(flat=False), there.types)
    focus = drafts.change(draft, request.form["do"]) if request.form.get("do") else ""
    filter, places = drafts.complete(draft, there.types)
    saved = state.chosen(asked, there.views, there.fields)
    if saved is None:
        return screen.gone(there.kind)
    found = saved if filter == saved.filter else _with(saved, filter)
    if not is_htmx():
        return redirect(found.state.url(), 303)
    return _narrowed(Screen(there, found, draft, open="open" in request.form, focus=focus), places)


@lists.get(f"{KIND}/counted")
def counted(plural: str) -> Any:
    """How many records a list holds."""
    there = screen.known(KINDS[plural])
    found = state.chosen(state.from_request(there.kind), there.views, there.fields)
    return make_response(screen.counted(Screen(there, found, found.filter)) if found else "")


def _with(saved: state.Chosen, filter: drafts.Draft) -> state.Chosen:
    return replace(saved, state=replace(saved.state, filter=filter), filter=filter)


def _narrowed(shown: Screen, places: dict[str, str]) -> Response:
    """What changes of the page: the records alone, where the form stays as it is, not to disturb who types."""
    screen.fill(shown, places)
    if len(shown.state.url()) > LONGEST_URL:
        shown.errors[screen.WHOLE] = gettext(TOO_LONG)
    whole = bool(shown.errors) or "faulty" in request.form or request.headers.get("HX-Target") == "list"
    response = screen.answer(shown, "list" if whole else "results")
    if screen.WHOLE not in shown.errors:
        response.headers["HX-Replace-Url"] = shown.state.url()
    if whole:
        response.headers["HX-Retarget"] = "#list"
    return response


@lists.get("/<any(contacts,organizations,owners):what>/pick")
def pick(what: str) -> Response:
    """Records or people to choose from, as one types."""
    text = request.args.get("q", "").strip()[:200]
    found = _owners(text) if what == "owners" else _records(what, text)
    return show("lists/pick.html", part="found", found=found, what=what)


def _owners(text: str) -> list[dict[str, str]]:
    people = [{"id": each["id"], "label": each["name"], "kind": each["kind"]} for each in screen.owners()]
    wanted = text.casefold()
    return [each for each in people if wanted in each["label"].casefold()][: OFFERED * 3]


def _records(what: str, text: str) -> list[dict[str, str]]:
    items = api().get(f"/{what}", query=text, limit=OFFERED)["items"]
    firms = names_in(items, ("organization_id",))
    return [{"id": each["id"], "label": name_of(each), "further": _further(each, firms)} for each in items]


def _further(record: dict[str, Any], firms: dict[str, Any]) -> str:
    firm = firms.get(record.get("organization_id") or "", {}).get("label")
    return " · ".join(filter(None, (firm, record.get("title")))) or str(record["number"])


@lists.get("/<any(about,attendees,customer):what>/pick")
def pick_party(what: str) -> Response:
    """Whom an activity or a ticket may name, as one types: customers; of who takes part, colleagues first."""
    text = request.args.get("q", "").strip()[:200]
    people = what == "attendees"
    second = (lambda: _colleagues(text)) if people else (lambda: _organizations(text))
    asked = together(first=lambda: _customers(text), second=second)
    found = asked["second"] + asked["first"] if people else asked["first"] + asked["second"]
    return show("lists/pick.html", part="found", found=found, what=what)


def _customers(text: str) -> list[dict[str, str]]:
    items = api().get("/contacts", query=text, limit=OFFERED_OF_EACH)["items"]
    return [_option("contact", one["id"], name_of(one), one["title"] or one["number"]) for one in items]


def _organizations(text: str) -> list[dict[str, str]]:
    items = api().get("/organizations", query=text, limit=OFFERED_OF_EACH)["items"]
    return [_option("organization", one["id"], one["name"], one["number"]) for one in items]


def _colleagues(text: str) -> list[dict[str, str]]:
    wanted = text.casefold()
    found = [one for one in screen.owners() if wanted in one["name"].casefold()]
    return [_option(one["kind"], one["id"], one["name"]) for one in found[:OFFERED_OF_EACH]]


def _option(kind: str, id: str, label: str, further: str = "") -> dict[str, str]:
    return {"id": f"{kind}:{id}", "kind": kind, "label": label, "further": further}
