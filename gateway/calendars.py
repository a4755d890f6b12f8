"""Pure: activities as iCalendar (RFC 5545): meetings, calls and visits as VEVENT, to-dos as VTODO.

The same activity always gives the same text: its id is the UID, its version the SEQUENCE, its last change the DTSTAMP,
so that a calendar program knows it again. Moments are in UTC, whole days are days. What was called off says so.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Alarm, Calendar, Event, Todo, vDuration

Values = Mapping[str, Any]
PRODUCT = "-//Musubi//Activities//EN"
# How often a calendar program should look again.
REFRESH = timedelta(minutes=30)
# Of a day without a time one is reminded so long after its midnight, as services/activities does.
MORNING = timedelta(hours=9)
STATUSES = {
    ("to_do", "open"): "NEEDS-ACTION",
    ("to_do", "done"): "COMPLETED",
    ("event", "open"): "CONFIRMED",
    ("event", "done"): "CONFIRMED",
}
PRIORITIES = {"High": 1, "Medium": 5, "Low": 9}


def calendar_of(activities: Iterable[Values], *, names: Mapping[str, str], title: str = "") -> bytes:
    """A calendar of activities as the API gives them. ``names``: of customers, by their ids."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if title:
        calendar.add("x-wr-calname", _line(title))
        calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", vDuration(REFRESH))
    for activity in activities:
        calendar.add_component(_component(activity, names))
    ical: bytes = calendar.to_ical()
    return ical


def customers_of(activities: Iterable[Values]) -> list[str]:
    """The ids of those who have a name that is worth showing, each once."""
    refs = (ref for one in activities for ref in [*one["about"], *one["attendees"]])
    return list(dict.fromkeys(ref["id"] for ref in refs if ref["kind"] in ("contact", "organization")))


def _component(activity: Values, names: Mapping[str, str]) -> Event | Todo:
    component = _to_do(activity) if activity["kind"] == "to_do" else _event(activity)
    component.add("uid", activity["id"])
    component.add("sequence", activity["version"] - 1)
    component.add("dtstamp", _moment(activity["updated_at"]))
    component.add("created", _moment(activity["created_at"]))
    component.add("last-modified", _moment(activity["updated_at"]))
    component.add("summary", _line(activity["subject"]))
    component.add("status", _status(activity))
    component.add("priority", PRIORITIES[activity["priority"]])
    for name, text in (("location", _line(activity["place"])), ("description", _words(activity, names))):
        if text:
            component.add(name, text)
    return component


def _event(activity: Values) -> Event:
    event = Event()
    if activity["all_day"]:
        event.add("dtstart", date.fromisoformat(activity["starts_on"]))
        # The end is the first day after it (3.6.1).
        event.add("dtend", date.fromisoformat(activity["ends_on"]) + timedelta(days=1))
    else:
        event.add("dtstart", _moment(activity["starts_at"]))
        if activity["ends_at"] > activity["starts_at"]:
            event.add("dtend", _moment(activity["ends_at"]))
    _remind(event, activity, whole_day=activity["all_day"], related="START")
    return event


def _to_do(activity: Values) -> Todo:
    to_do = Todo()
    due: date | None = _moment(activity["due_at"]) if activity["due_at"] else _day(activity["due_on"])
    start = _start(activity)
    # A to-do is due later than it starts, both days or both moments (3.8.2.3).
    if start and (due is None or start < due):
        to_do.add("dtstart", start)
    if due:
        to_do.add("due", due)
        _remind(to_do, activity, whole_day=not activity["due_at"], related="END")
    if activity["state"] == "done" and activity["closed_at"]:
        to_do.add("completed", _moment(activity["closed_at"]))
    return to_do


def _start(activity: Values) -> date | None:
    day = _day(activity["starts_on"])
    if day is None or not activity["due_at"]:
        return day
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(activity["time_zone"]))
    return midnight.astimezone(ZoneInfo("UTC"))


def _remind(component: Event | Todo, activity: Values, *, whole_day: bool, related: str) -> None:
    minutes = activity["reminder_minutes"]
    if minutes is None or activity["state"] != "open":
        return
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _line(activity["subject"]))
    wanted = (MORNING if whole_day else timedelta()) - timedelta(minutes=minutes)
    alarm.add("trigger", wanted, parameters={"RELATED": related})
    component.add_component(alarm)


def _status(activity: Values) -> str:
    if activity["state"] == "cancelled":
        return "CANCELLED"
    if activity["status"] == "In Progress":
        return "IN-PROCESS"
    return STATUSES["to_do" if activity["kind"] == "to_do" else "event", activity["state"]]


def _words(activity: Values, names: Mapping[str, str]) -> str:
    """Who it is about, the number to call, what is written of it, what came of it."""
    customers = ", ".join(names[id] for id in customers_of([activity]) if id in names)
    parts = (customers, activity["phone"], activity["description"], activity["result"])
    return "\n\n".join(text for part in parts if (text := "\n".join(part.splitlines()).strip()))


def _line(text: str) -> str:
    return " ".join(text.split())


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
