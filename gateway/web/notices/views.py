"""Notices: how many are unread, the latest of them at the bell, all of them page by page."""

from uuid import UUID

from flask import Blueprint, Response, request, url_for

from gateway.web import formats, pages
from gateway.web.api import Values, api, cursor_of
from gateway.web.language import gettext, msg
from gateway.web.lists import fields
from gateway.web.parts import PAGES
from gateway.web.records.happenings import ACTIVITIES

LATEST, AT_ONCE, FIELDS = 8, 50, 3
ICONS = {"contact": "user", "organization": "building"}
ACTIVITY_ICONS = {"to_do": "checkbox", "call": "phone", "meeting": "users", "visit": "map-pin"}
REMINDER = msg("Reminder: %(title)s")
# By what was done: the sentences with and without who did it.
SAID = {
    "created": (msg("%(name)s added %(title)s"), msg("%(title)s was added")),
    "updated": (msg("%(name)s changed %(title)s"), msg("%(title)s was changed")),
    "entrusted": (msg("%(name)s put you in charge of %(title)s"), msg("You are in charge of %(title)s now")),
}

notices = Blueprint("notices", __name__, url_prefix="/notices")


@notices.get("")
def index() -> Response:
    """All of them, the latest first."""
    found = api().get("/notices", limit=AT_ONCE, cursor=request.args.get("cursor", "")[:500])
    following = cursor_of(found)
    further = url_for("notices.index", cursor=following) if following else None
    return pages.show("notices/index.html", **_shown(found), further=further)


@notices.get("/bell")
def bell() -> Response:
    """How many are unread; nothing where the page shows that already, and words where there are more."""
    unread = api().get("/notices", limit=1)["unread"]
    before = request.args.get("shown", "")
    if before == str(unread):
        return Response(status=204)
    more = before.isdecimal() and len(before) < 6 and unread > int(before)
    return pages.show("notices/bell.html", unread=unread, more=more)


@notices.get("/latest")
def latest() -> Response:
    """Those that the bell shows."""
    return pages.show("notices/latest.html", **_shown(api().get("/notices", limit=LATEST)))


@notices.get("/<uuid:id>")
def open_notice(id: UUID) -> Response:
    """To what it is about; it is read by that."""
    record = api().post(f"/notices/{id}/read", once="read")["record"]
    return pages.go(PAGES[record["kind"]], id=record["id"])


@notices.post("/read")
def read_all() -> Response:
    """Those that were seen are read."""
    seen = request.form.get("up_to", "")
    api().post("/notices/read", {"up_to": seen} if seen else {})
    if not pages.is_htmx():
        return pages.go("notices.index")
    response = latest()
    response.headers["HX-Trigger"] = "notices-read"
    return response


def _shown(found: Values) -> Values:
    items = found["items"]
    return {"told": [_told(one) for one in items], "unread": found["unread"], "newest": items[0]["id"] if items else ""}


def _told(notice: Values) -> Values:
    """What is said of one, when, and where it leads."""
    activity = notice["activity"]
    return {
        "icon": ACTIVITY_ICONS[activity["kind"]] if activity else ICONS[notice["record"]["kind"]],
        "sentence": _reminder(notice) if activity else _sentence(notice),
        "facts": _when(activity) if activity else _changed(notice),
        "happened_at": notice["happened_at"],
        "read": notice["read"],
        "url": url_for("notices.open_notice", id=notice["id"]),
    }


def _reminder(notice: Values) -> str:
    return gettext(REMINDER, title=notice["title"])


def _sentence(notice: Values) -> str:
    entrusted = "owner_id" in notice["changed"]
    known, unknown = SAID["entrusted" if entrusted else notice["what"]]
    if notice["actor"]:
        return gettext(known, name=notice["actor"]["name"], title=notice["title"])
    return gettext(unknown, title=notice["title"])


def _when(activity: Values) -> str:
    """What it is, and when it begins or is due."""
    at, day = activity["due_at"] or activity["starts_at"], activity["due_on"] or activity["starts_on"]
    when = formats.moment(at) if at else formats.day(day)
    noun = ACTIVITIES[activity["kind"]]
    return " · ".join(filter(None, (gettext(noun), when)))


def _changed(notice: Values) -> str:
    """The first fields that were changed."""
    labels = list(dict.fromkeys(gettext(fields.label(name)) for name in notice["changed"]))
    return ", ".join(labels[:FIELDS]) + (" …" if len(labels) > FIELDS else "")
