"""Pure rules of activities: which status means what, when one takes place, what of a change is said."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from contracts.activities import (
    EVENT_STATUSES,
    TO_DO_STATUSES,
    ActivityCancelled,
    ActivityCompleted,
    ActivityPlanned,
    ActivityReopened,
    ActivityUpdated,
)
from contracts.base import Event, EventContract
from contracts.people import ContactUnmerged, OrganizationUnmerged
from contracts.work import LeadConverted

OPEN, DONE, CANCELLED = "open", "done", "cancelled"
TO_DO = "to_do"
STATE_OF = {"Completed": DONE, "Held": DONE, "Cancelled": CANCELLED, "Not Held": CANCELLED}
# What has no day stands after everything that has one.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
DEFAULT_LENGTH = {"call": timedelta(minutes=15), "meeting": timedelta(hours=1), "visit": timedelta(hours=1)}
ROLES = ("about", "attendees")
# Of a day without a time one is reminded from the morning on.
MORNING = time(9)
# What of an activity says when to remind of it.
REMINDED_BY = {"status", "time_zone", "reminder_minutes", "all_day", "starts_at", "starts_on", "due_on", "due_at"}

Values = dict[str, Any]
Ref = tuple[str, str]

_PARTINGS = (ContactUnmerged.type, OrganizationUnmerged.type)


@dataclass(frozen=True, slots=True)
class Union:
    """That a record went up in another one, by which merge or conversion; ``ended_at``: when it came out again.

    ``since`` and ``addresses`` (canonical): what was made between from mails that bear one of them goes back.
    """

    merge_id: str
    old: Ref
    new: Ref
    ended_at: str | None = None
    since: str | None = None
    addresses: tuple[str, ...] = ()


def statuses_of(kind: str) -> tuple[str, ...]:
    """The statuses that an activity of this kind may have."""
    return TO_DO_STATUSES if kind == TO_DO else EVENT_STATUSES


def first_status(kind: str) -> str:
    """The status of a new activity where none was named."""
    return "Not Started" if kind == TO_DO else "Planned"


def state_of(status: str) -> str:
    """Whether a status means open, done or cancelled."""
    return STATE_OF.get(status, OPEN)


def local_day(moment: datetime, zone: str) -> date:
    """The day that a moment falls on in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def midnight(day: date, zone: str) -> datetime:
    """The moment at which a day begins in a time zone."""
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def span(values: Mapping[str, Any], *, closed_at: datetime | None) -> tuple[datetime, datetime]:
    """From when until when an activity is in a calendar: by that it is sorted and found.

    A to-do stands where it is due, one without a day at the end until it is closed.
    """
    zone = values["time_zone"]
    if values["kind"] == TO_DO:
        due = values["due_at"] or (midnight(values["due_on"] + timedelta(days=1), zone) if values["due_on"] else None)
        moment = due or closed_at or NEVER
        return moment, moment
    if values["all_day"]:
        return midnight(values["starts_on"], zone), midnight(values["ends_on"] + timedelta(days=1), zone)
    return values["starts_at"], values["ends_at"]


def begins(values: Mapping[str, Any]) -> datetime | None:
    """The moment that a reminder is counted back from; None for a to-do that is due on no day."""
    timed, whole = ("due_at", "due_on") if values["kind"] == TO_DO else ("starts_at", "starts_on")
    if values[timed] or not values[whole]:
        found: datetime | None = values[timed]
        return found
    return datetime.combine(values[whole], MORNING, ZoneInfo(values["time_zone"])).astimezone(UTC)


def reminder(values: Mapping[str, Any], *, reminded_for: datetime | None, now: datetime) -> datetime | None:
    """When to remind of an activity; None where nobody wants it, it is closed or over, or it was done already.

    ``reminded_for``: the moment for which it was done last. A moment that has gone by is made up for.
    """
    begin, minutes = begins(values), values["reminder_minutes"]
    if minutes is None or begin is None or begin < now or state_of(values["status"]) != OPEN:
        return None
    wanted = begin - timedelta(minutes=minutes)
    return None if wanted == reminded_for else wanted


def contract_of(old_state: str | None, new_state: str) -> type[EventContract]:
    """The event that tells of a save. ``old_state`` None: the activity is new."""
    if old_state == new_state:
        return ActivityUpdated
    if new_state == OPEN:
        return ActivityPlanned if old_state is None else ActivityReopened
    return ActivityCompleted if new_state == DONE else ActivityCancelled


def union_of(event: Event) -> Union:
    """The record that went up in another one by this event, or that came out of it again."""
    data = event.data
    if event.type == LeadConverted.type:
        kind = "contact" if data["contact_id"] else "organization"
        return Union(event.id, ("lead", data["lead_id"]), (kind, data[f"{kind}_id"]))
    kind = event.type.partition(".")[0]
    union = Union(data.get("merge_id") or event.id, (kind, data[f"{kind}_id"]), (kind, data["survivor_id"]))
    if event.type not in _PARTINGS:
        return union
    return replace(union, ended_at=event.time, since=data["merged_at"], addresses=tuple(data["addresses"]))


def followed(ref: Ref, steps: Mapping[str, Ref]) -> Ref:
    """The record that is there instead of ``ref``; ``steps``: by its id, what each record went up in."""
    seen = {ref}
    while (following := steps.get(ref[1])) and following not in seen:
        seen.add(following)
        ref = following
    return ref


def present(refs: Iterable[Ref], steps: Mapping[str, Ref]) -> list[Ref]:
    """The records that are there instead of ``refs``, each once, in their order."""
    return list(dict.fromkeys(followed(ref, steps) for ref in refs))
