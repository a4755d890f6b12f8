"""Activities in calendar programs: one as a file, all of one's own at a secret address."""

from datetime import timedelta
from typing import Any

from flask import Response, url_for

from chassis import clock
from gateway import calendars as ical
from gateway.api.blueprint import Resource
from gateway.api.schemas import activities as schemas
from gateway.calls import actor, or_none, services
from gateway.downloads import disposition

CALENDAR = {"type": "string", "description": "iCalendar (RFC 5545)"}
TYPE = "text/calendar"
# So much of what is over is shown.
LOOK_BACK = timedelta(days=90)
NAMES_AT_ONCE = 200
MOST_NAMES = 1_000

calendars = Resource("calendars", description="Activities in calendar programs (iCalendar).")


@calendars.route("/activities/<uuid:id>.ics", methods=["GET"])
@calendars.response(200, CALENDAR, content_type=TYPE)
def get_activity_calendar(id: Any) -> Any:
    """Read an activity as a calendar file

    A meeting, call or visit as VEVENT, a to-do as VTODO; what was called off has the status CANCELLED.
    """
    found = services().activities.activity(id=str(id))
    answer = _calendar([found])
    answer.headers["Content-Disposition"] = disposition(f"{found['subject']}.ics")
    return answer


@calendars.route("/calendar-address", methods=["GET"])
@calendars.response(200, schemas.CalendarAddress)
def get_calendar_address() -> Any:
    """See whether your activities can be read at a secret address

    Whoever knows the address reads them without logging in; it is shown only when it is made.
    """
    return services().staff.calendar_address(actor=actor())


@calendars.route("/calendar-address", methods=["POST"])
@calendars.once
@calendars.response(201, schemas.NewCalendarAddress)
def renew_calendar_address(by: Any) -> Any:
    """Make a secret address for your calendar program, or another one

    The one before ends at once. `url` is in this answer only. Needs a session, no API token makes one.
    """
    made = services().staff.renew_calendar_address(**by)
    token = made["token"]
    return {**made, "url": token and url_for("calendars.read_calendar", token=token, _external=True)}


@calendars.route("/calendar-address", methods=["DELETE"])
@calendars.once
@calendars.response(204)
def withdraw_calendar_address(by: Any) -> None:
    """End your secret address"""
    services().staff.withdraw_calendar_address(**by)


@calendars.route("/calendars/<string(maxlength=100):token>.ics", methods=["GET"])
@calendars.response(200, CALENDAR, content_type=TYPE)
def read_calendar(token: str) -> Any:
    """Read a calendar at its secret address

    For calendar programs. What its owner or a group of theirs is in charge of or takes part in, from 90 days ago on.
    """
    owner = services().staff.calendar_owner(token=token)
    people, since = [owner["staff_user_id"], *owner["group_ids"]], clock.wire(clock.now() - LOOK_BACK)
    return _calendar(services().activities.calendar(people=people, since=since)["items"], title=owner["name"])


def _calendar(activities: list[dict[str, Any]], *, title: str = "") -> Response:
    """The names of customers are left out while their service does not answer."""
    ids = ical.customers_of(activities)[:MOST_NAMES]
    names: dict[str, str] = {}
    for first in range(0, len(ids), NAMES_AT_ONCE):
        found = _names(ids[first : first + NAMES_AT_ONCE])
        if found is None:
            break
        names |= {one["id"]: one["label"] for one in found["items"]}
    title = title and f"Musubi {title}"
    return Response(ical.calendar_of(activities, names=names, title=title), content_type=f"{TYPE}; charset=utf-8")


def _names(ids: list[str]) -> Any:
    return or_none(lambda: services().contacts.names(ids=ids))()
