"""The list of activities: one's own that are open, the soonest first, or whatever else one chooses."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Response, request, url_for

from gateway.web import formats, pages
from gateway.web.api import Values, api
from gateway.web.language import gettext, msg
from gateway.web.parts import PAGES
from gateway.web.records import happenings, labels

PAGE = 50
MINE, ALL = "mine", "all"
# By the word in the address: what is said, and what the API is asked for. The soonest come first of what is open.
STATES: dict[str, tuple[str, Values]] = {
    "open": (msg("Open"), {"state": "open"}),
    "overdue": (msg("Overdue"), {"state": "open", "overdue": "true"}),
    "done": (msg("Done"), {"state": "done"}),
    "cancelled": (msg("Called off"), {"state": "cancelled"}),
    ALL: (msg("All"), {}),
}
BEGIN = {"state": "open", "kind": "", "whose": MINE}


def index() -> Response:
    """The page; for htmx its list, or what comes next in it."""
    chosen, cursor = _chosen(), request.args.get("cursor", "")[:500]
    asked: Values = {**STATES[chosen["state"]][1], "kind": chosen["kind"]}
    if chosen["whose"] == MINE:
        asked["mine"] = "true"
    elif chosen["whose"] != ALL:
        asked["owner_id"] = chosen["whose"]
    items, following = api().pages("/activities", up_to=PAGE, cursor=cursor, **asked)
    further = f"/activities?{urlencode({**chosen, 'cursor': following})}" if following else None
    shown: Values = {"rows": _rows(items), "further": further, "chosen": chosen, "begins": chosen == BEGIN}
    shown["appends"] = bool(cursor) and pages.is_htmx()
    shown |= {"states": {word: label for word, (label, _) in STATES.items()}, "kinds": happenings.ACTIVITIES}
    shown |= {
        "owners": labels.owners(),
        "adding": [(label, _new(kind)) for kind, label in happenings.ACTIVITIES.items()],
    }
    return pages.show("activities/index.html", part="more" if cursor else "results", **shown)


def _chosen() -> dict[str, str]:
    """What the address chooses; what it cannot choose is as at the begin."""
    asked = {name: request.args.get(name, word) for name, word in BEGIN.items()}
    known = {"state": STATES, "kind": ("", *happenings.ACTIVITIES)}
    chosen = {name: asked[name] if asked[name] in words else BEGIN[name] for name, words in known.items()}
    return {**chosen, "whose": asked["whose"] if asked["whose"] in (MINE, ALL) or _is_id(asked["whose"]) else MINE}


def _is_id(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _new(kind: str) -> str:
    return f"{url_for('activities.new')}?{urlencode({'kind': kind})}"


def _rows(items: list[Values]) -> list[Values]:
    pointers = {f"{one['kind']}:{one['id']}" for item in items for one in item["about"]}
    called = labels.pointed(sorted(pointers))
    return [_row(item, called) for item in items]


def _row(item: Values, called: dict[str, str]) -> Values:
    begins, day = item["starts_at"] or item["due_at"], item["starts_on"] or item["due_on"]
    when = formats.moment(begins) if begins else formats.day(day)
    noun = happenings.ACTIVITIES[item["kind"]]
    return {
        "activity": item,
        "url": url_for("activities.show_activity", id=item["id"]),
        "facts": " · ".join(filter(None, (gettext(noun), when, happenings.status(item["status"])))),
        "about": [_pointed(one, called) for one in item["about"]],
        "owner": labels.owner(item["owner_id"]),
    }


def _pointed(ref: dict[str, Any], called: dict[str, str]) -> tuple[str, str]:
    """What a record is called, and its page where it has one."""
    page = PAGES.get(ref["kind"])
    return called[f"{ref['kind']}:{ref['id']}"], url_for(page, id=ref["id"]) if page else ""
