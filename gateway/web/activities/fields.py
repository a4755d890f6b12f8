"""The fields of activities, as their forms and pages show them: a to-do is due, the others take place."""

from dataclasses import replace
from typing import Any

from gateway.web import formats
from gateway.web.language import gettext, msg
from gateway.web.records.kinds import Block, Kind
from gateway.web.tables import Column

Values = dict[str, Any]

TO_DO_STATUSES = ("Not Started", "Planned", "In Progress", "Pending Input", "Deferred", "Completed", "Cancelled")
EVENT_STATUSES = ("Planned", "Held", "Not Held")
PRIORITIES = ("Low", "Medium", "High")
DIRECTIONS = ("in", "out")
# Words that other records do not have.
WORDS = {
    "Low": msg("Low"),
    "Medium": msg("Medium"),
    "High": msg("High"),
    "in": msg("The customer"),
    "out": msg("We do"),
}
# What is offered, in minutes; what somebody else chose is offered too.
REMINDERS = (0, 5, 10, 15, 30, 60, 120, 1440, 2880, 10080)
# What brings the reader's time zone along.
TIMES = frozenset({"starts_at", "ends_at", "starts_on", "ends_on", "due_on", "due_at"})
NO_DAY = msg("A time needs its day: choose the day too.")
# What a form shows for an event of whole days, and for one with times.
WHOLE_DAYS, TIMED = ("starts_on", "ends_on"), ("starts_at", "ends_at")

WHAT = Block(msg("What it is about"), (Column("subject", msg("Subject")),), open=True)
WHO = Block(
    msg("Whom it is about"),
    (
        Column("about", msg("Contacts and organizations"), "records"),
        Column("owner_id", msg("In charge"), "owner"),
        Column("status", msg("Status"), "choice"),
        Column("priority", msg("Priority"), "choice"),
    ),
    open=True,
)
DUE = Block(
    msg("When"),
    (
        Column("due_on", msg("Due on"), "day"),
        Column("due_at", msg("Time"), "time"),
        Column("starts_on", msg("Not before"), "day"),
        Column("reminder_minutes", msg("Reminder"), "reminder"),
    ),
    open=True,
)
PLACED = (
    Column("all_day", msg("Whole days"), "flag"),
    Column("starts_at", msg("Begins"), "when"),
    Column("ends_at", msg("Ends"), "when"),
    Column("starts_on", msg("First day"), "day"),
    Column("ends_on", msg("Last day"), "day"),
    Column("reminder_minutes", msg("Reminder"), "reminder"),
)
TAKES_PLACE = Block(
    msg("When and where"),
    (
        *PLACED,
        Column("place", msg("Place")),
        Column("attendees", msg("Colleagues and guests who take part"), "records"),
    ),
    open=True,
)
CALLED = Block(
    msg("When"),
    (
        *(column for column in PLACED if column.name in (*TIMED, "reminder_minutes")),
        Column("direction", msg("Who calls"), "choice"),
        Column("phone", msg("Phone")),
        Column("duration_seconds", msg("Length in minutes"), "minutes"),
    ),
    open=True,
)
MORE = Block(msg("Description"), (Column("description", msg("Description"), "lines"),))
OUTCOME = Block(
    msg("Description and result"),
    (Column("description", msg("Description"), "lines"), Column("result", msg("What came of it"), "lines")),
)
RECORD = Block(
    msg("Record"),
    (
        Column("created_at", msg("Created"), "full_moment"),
        Column("updated_at", msg("Changed"), "full_moment"),
        Column("closed_at", msg("Closed"), "full_moment"),
    ),
)


def _due_into_form(record: Values) -> Values:
    typed = formats.typed_moment(record.get("due_at"))
    return {**record, "due_on": typed[:10], "due_at": typed[11:]} if typed else record


def _due_from_form(values: Values, body: Values) -> Values:
    """Day and time are one moment where both are there."""
    if not {"due_on", "due_at"} & body.keys():
        return _in_zone(body)
    kept = {name: value for name, value in body.items() if name not in ("due_on", "due_at")}
    if values["due_at"]:
        return _in_zone({**kept, "due_at": formats.instant(f"{values['due_on']}T{values['due_at']}")})
    return _in_zone({**kept, "due_on": values["due_on"] or None})


def _due_faults(values: Values) -> dict[str, list[str]]:
    return {"due_on": [gettext(NO_DAY)]} if values["due_at"] and not values["due_on"] else {}


def _placed_from_form(values: Values, body: Values) -> Values:
    """Only what belongs to what is ticked: whole days, or times."""
    left_out = TIMED if values.get("all_day") else WHOLE_DAYS
    return _in_zone({name: value for name, value in body.items() if name not in left_out})


def _in_zone(body: Values) -> Values:
    return {**body, "time_zone": formats.zone_name()} if TIMES & body.keys() else body


_MEETING = Kind(
    name="activity",
    plural="activities",
    page="activities.show_activity",
    icon="users",
    new=msg("New meeting"),
    edit=msg("Edit the meeting"),
    heading=WHAT,
    blocks=(TAKES_PLACE, WHO, OUTCOME),
    told=RECORD,
    needed=frozenset({"subject", "status", "priority"}),
    fixed={"kind": "meeting"},
    choices={"status": EVENT_STATUSES, "priority": PRIORITIES, "direction": DIRECTIONS},
    begin={"status": "Planned", "priority": "Medium"},
    from_form=_placed_from_form,
    stays=True,
)
_CALL = replace(
    _MEETING,
    icon="phone",
    new=msg("New call"),
    edit=msg("Edit the call"),
    blocks=(CALLED, WHO, OUTCOME),
    fixed={"kind": "call"},
)
_VISIT = replace(
    _MEETING,
    icon="map-pin",
    new=msg("New visit"),
    edit=msg("Edit the visit"),
    fixed={"kind": "visit"},
)
_TO_DO = replace(
    _MEETING,
    icon="checkbox",
    new=msg("New to-do"),
    edit=msg("Edit the to-do"),
    blocks=(DUE, WHO, MORE),
    fixed={"kind": "to_do"},
    choices={"status": TO_DO_STATUSES, "priority": PRIORITIES},
    begin={"status": "Not Started", "priority": "Medium"},
    into_form=_due_into_form,
    from_form=_due_from_form,
    faults=_due_faults,
)
KINDS = {"to_do": _TO_DO, "call": _CALL, "meeting": _MEETING, "visit": _VISIT}
# What a status becomes when its activity is done, and when it is opened again.
DONE = {"to_do": "Completed", "call": "Held", "meeting": "Held", "visit": "Held"}
OPEN = {"to_do": "Not Started", "call": "Planned", "meeting": "Planned", "visit": "Planned"}


def statuses(kind: Kind) -> tuple[str, ...]:
    """The statuses that an activity of a kind may have."""
    return TO_DO_STATUSES if kind.fixed["kind"] == "to_do" else EVENT_STATUSES


def reminders(chosen: str) -> list[int]:
    """The reminders that a form offers."""
    own = {int(chosen)} if chosen.isdecimal() and len(chosen) < 7 else set()
    return sorted(own.union(REMINDERS))
