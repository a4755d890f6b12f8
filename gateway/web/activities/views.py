"""Activities: form and page of each, done and opened again at a click, deleted with Undo, as a calendar file."""

from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for

from gateway.web import pages
from gateway.web.activities import fields, listing
from gateway.web.activities.fields import KINDS
from gateway.web.api import ApiProblem, Values, api
from gateway.web.records import plain, views
from gateway.web.records.kinds import Kind

activities = Blueprint("activities", __name__, url_prefix="/activities")


def _asked_kind() -> Kind:
    return KINDS.get(request.args.get("kind", ""), KINDS["to_do"])


def _read(id: Any) -> tuple[Kind, Values]:
    record = api().get(f"/activities/{id}")
    return KINDS[record["kind"]], record


activities.add_url_rule("", "index", listing.index)


@activities.get("/new")
def new() -> Response:
    """An empty form of the kind that the address names."""
    kind = _asked_kind()
    return views.new(kind, **({"phone": _phone()} if kind is KINDS["call"] else {}))


def _phone() -> str:
    """The number of the contact that is to be called; nothing where it cannot be read."""
    named = request.args.get("about", "").partition("contact:")[2]
    try:
        phones = api().get(f"/contacts/{UUID(named)}")["phones"]
    except (ValueError, ApiProblem):
        return ""
    return phones[0]["shown"] or phones[0]["number"] if phones else ""


@activities.post("/new")
def create() -> Response:
    """A new activity."""
    return views.create(_asked_kind())


@activities.get("/<uuid:id>")
def show_activity(id: UUID) -> Response:
    """An activity's page."""
    kind, record = _read(id)
    return plain.page(kind, record, template="activities/page.html")


@activities.get("/<uuid:id>/edit")
def edit(id: UUID) -> Response:
    """The form of an activity."""
    return views.edit(_read(id)[0], id)


@activities.post("/<uuid:id>/edit")
def update(id: UUID) -> Response:
    """What was changed goes to the API."""
    return views.update(_asked_kind(), id)


@activities.post("/<uuid:id>/done")
def done(id: UUID) -> Response:
    """It is done; the toast can undo it."""
    kind, record = _read(id)
    before = fields.statuses(kind).index(record["status"])
    return _move(record, fields.DONE[record["kind"]], toast="activity_done", about=f"{id}:{before}")


@activities.post("/<uuid:id>/reopen")
@activities.post("/<uuid:id>/reopen/<int:place>")
def reopen(id: UUID, place: int = -1) -> Response:
    """It is open again; by Undo with the status that it had, which is at this place."""
    kind, record = _read(id)
    before = dict(enumerate(fields.statuses(kind)))
    return _move(record, before.get(place, fields.OPEN[record["kind"]]), toast="activity_reopened")


def _move(record: Values, status: str, **said: str) -> Response:
    id = record["id"]
    api().patch(f"/activities/{id}", {"status": status}, version=record["version"], once=uuid4().hex)
    return pages.back(url_for("activities.show_activity", id=id), **said)


@activities.post("/<uuid:id>/delete")
def remove(id: UUID) -> Response:
    """Into the recycle bin; the toast can undo it."""
    return plain.remove(*_read(id))


@activities.post("/<uuid:id>/restore")
def restore(id: UUID) -> Response:
    """Out of the recycle bin."""
    api().post(f"/activities/{id}/restore", once=uuid4().hex)
    return pages.back(url_for("activities.show_activity", id=id), toast="activity_restored")
