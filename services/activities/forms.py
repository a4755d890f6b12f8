"""Pure rules: what a person may write into an activity, and what must hold between its fields."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from contracts.activities import (
    ACTIVITY_KINDS,
    ACTIVITY_PRIORITIES,
    ACTIVITY_STATUSES,
    ATTENDEE_KINDS,
    CALL_DIRECTIONS,
    MAX_ABOUT,
    MAX_ATTENDEES,
)
from contracts.addresses import canonical_address
from contracts.errors import Invalid, NotFound
from contracts.fields import RECORD_KINDS, identity_or_none
from services.activities import domain

MAX_DESCRIPTION = 50_000
MAX_RESULT = 2_000
LONGEST_REMINDER = 4 * 7 * 24 * 60
LONGEST_CALL = 24 * 3600
MAX_ADDRESS = 320
DEFAULT_ZONE = "Asia/Tokyo"
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2999, 12, 30)
FIRST_MOMENT, LAST_MOMENT = datetime(1900, 1, 1, tzinfo=UTC), datetime(2999, 12, 31, tzinfo=UTC)
OUT_OF_RANGE = f"Must lie between {FIRST_DAY.year} and {LAST_DAY.year}."
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

Values = dict[str, Any]

_COMMON = {"subject", "description", "status", "priority", "owner_id", "time_zone", "reminder_minutes", "about"}
_EVENT = _COMMON | {"all_day", "starts_at", "ends_at", "starts_on", "ends_on", "place", "attendees", "result"}
FIELDS_OF: Mapping[str, set[str]] = {
    "to_do": _COMMON | {"starts_on", "due_on", "due_at"},
    "call": _EVENT | {"direction", "phone", "duration_seconds"},
    "meeting": _EVENT,
    "visit": _EVENT,
}
EMPTY: Mapping[str, Any] = {
    **dict.fromkeys(("description", "place", "phone", "direction", "result"), ""),
    **dict.fromkeys(("owner_id", "reminder_minutes", "duration_seconds", "mail_message_id"), None),
    **dict.fromkeys(("starts_at", "ends_at", "starts_on", "ends_on", "due_on", "due_at"), None),
    "all_day": False,
    "priority": "Medium",
    "time_zone": DEFAULT_ZONE,
}


def _text(limit: int = 255, *, least: int = 0) -> fields.String:
    return fields.String(validate=validate.Length(min=least, max=limit))


def _moment() -> fields.AwareDateTime:
    bounds = validate.Range(min=FIRST_MOMENT, max=LAST_MOMENT, error=OUT_OF_RANGE)
    return fields.AwareDateTime(allow_none=True, validate=bounds)


def _day() -> fields.Date:
    return fields.Date(allow_none=True, validate=validate.Range(min=FIRST_DAY, max=LAST_DAY, error=OUT_OF_RANGE))


def _number(most: int) -> fields.Integer:
    return fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=0, max=most))


class _Strict(Schema):
    class Meta:
        """A mistyped field is refused, not lost."""

        unknown = RAISE


class AboutData(_Strict):
    """A record that an activity is about."""

    kind = fields.String(required=True, validate=validate.OneOf(RECORD_KINDS))
    id = fields.UUID(required=True)


class AttendeeData(_Strict):
    """Somebody who takes part."""

    kind = fields.String(required=True, validate=validate.OneOf(ATTENDEE_KINDS))
    id = fields.UUID(required=True)


class ActivityData(_Strict):
    """What a person may write into an activity of any kind; ``FIELDS_OF`` says which kind has which fields."""

    subject = _text(least=1)
    description = _text(MAX_DESCRIPTION)
    status = fields.String(validate=validate.OneOf(ACTIVITY_STATUSES))
    priority = fields.String(validate=validate.OneOf(ACTIVITY_PRIORITIES))
    owner_id = fields.String(allow_none=True, validate=validate.Length(max=64))
    time_zone = _text(64)
    all_day = fields.Boolean()
    starts_at = _moment()
    ends_at = _moment()
    starts_on = _day()
    ends_on = _day()
    due_on = _day()
    due_at = _moment()
    place = _text()
    direction = fields.String(validate=validate.OneOf(("", *CALL_DIRECTIONS)))
    phone = _text(64)
    result = _text(MAX_RESULT)
    duration_seconds = _number(LONGEST_CALL)
    reminder_minutes = _number(LONGEST_REMINDER)
    about = fields.List(fields.Nested(AboutData), validate=validate.Length(max=MAX_ABOUT))
    attendees = fields.List(fields.Nested(AttendeeData), validate=validate.Length(max=MAX_ATTENDEES))


class NewActivityData(ActivityData):
    """The same for a new one, with what it is and the mail it is made from."""

    kind = fields.String(required=True, validate=validate.OneOf(ACTIVITY_KINDS))
    subject = fields.String(required=True, validate=validate.Length(min=1, max=255))
    mail_message_id = fields.UUID(allow_none=True)


def new_values(data: Any) -> Values:
    """The values of a new activity, every field filled. Invalid names each fault by its field."""
    given = _loaded(NewActivityData(), data)
    kind = given["kind"]
    _refuse_foreign(kind, given.keys() - {"kind", "mail_message_id"})
    values = {**EMPTY, "status": domain.first_status(kind), "about": [], "attendees": [], **given}
    return whole(values, named=given.keys())


def canonical_of(address: Any) -> str | None:
    """The canonical mail address; None for what is none."""
    found = canonical_address(address) if isinstance(address, str) else ""
    return found if 0 < len(found) <= MAX_ADDRESS else None


def changed_values(data: Any, *, present: Mapping[str, Any]) -> Values:
    """Every value of an activity after a change. Invalid names each fault by its field."""
    given = _loaded(ActivityData(), data)
    _refuse_foreign(present["kind"], given.keys())
    return whole(_moved({**present, **given}, present, given), named=given.keys())


def whole(values: Values, *, named: Any) -> Values:
    """The values with those filled in that follow from others. Invalid where they contradict one another."""
    _check_zone(values["time_zone"])
    if values["status"] not in domain.statuses_of(values["kind"]):
        allowed = ", ".join(domain.statuses_of(values["kind"]))
        raise _invalid(status=f"Must be one of: {allowed}.")
    values = _to_do(values, named) if values["kind"] == domain.TO_DO else _event(values)
    if values["reminder_minutes"] is not None and domain.begins(values) is None:
        raise _invalid(reminder_minutes="A reminder needs a day: say when the to-do is due, or leave it out.")
    return values


def _to_do(values: Values, named: Any) -> Values:
    if "due_on" in named and "due_at" not in named:
        values["due_at"] = None
    if values["due_at"]:
        day = domain.local_day(values["due_at"], values["time_zone"])
        if {"due_on", "due_at"} <= set(named) and values["due_on"] not in (None, day):
            raise _invalid(due_on=f"due_at falls on {day} in {values['time_zone']}: name one of them, or both alike.")
        values["due_on"] = day
    if values["starts_on"] and values["due_on"] and values["due_on"] < values["starts_on"]:
        raise _invalid(due_on="Is due before it starts: choose a later day, or an earlier start.")
    return values


def _event(values: Values) -> Values:
    first, last = ("starts_on", "ends_on") if values["all_day"] else ("starts_at", "ends_at")
    if values["all_day"] and not values["starts_on"] and values["starts_at"]:
        values["starts_on"] = domain.local_day(values["starts_at"], values["time_zone"])
    if not values[first]:
        raise _invalid(**{first: "Is required: say when it takes place."})
    if not values[last]:
        values[last] = values[first] if values["all_day"] else values[first] + _length(values)
    if values[last] < values[first]:
        raise _invalid(**{last: "Ends before it starts: choose a later end, or an earlier start."})
    others = ("starts_at", "ends_at") if values["all_day"] else ("starts_on", "ends_on")
    return {**values, **dict.fromkeys(others)}


def _length(values: Values) -> Any:
    length = domain.DEFAULT_LENGTH[values["kind"]]
    seconds = values["duration_seconds"]
    return type(length)(seconds=seconds) if seconds else length


def _moved(values: Values, present: Mapping[str, Any], given: Values) -> Values:
    """What is moved to another time keeps its length, where no new end is named."""
    for first, last in (("starts_at", "ends_at"), ("starts_on", "ends_on")):
        if given.get(first) and last not in given and present[first] and present[last]:
            values[last] = given[first] + (present[last] - present[first])
    return values


def checked_id(id: Any) -> str:
    """An id that a database can look for. NotFound for anything else."""
    if (found := identity_or_none(id)) is None:
        raise NotFound("There is no such activity.")
    return found


def checked_record(record: Any) -> domain.Ref | None:
    """The record whose activities are wanted. Invalid if it is none."""
    if record is None:
        return None
    try:
        loaded = AboutData().load(record)
    except ValidationError as error:
        raise Invalid("The record cannot be used.", fields={"record": [str(error)]}) from error
    return loaded["kind"], str(loaded["id"])


def _loaded(schema: Schema, data: Any) -> Values:
    try:
        loaded: Values = schema.load(data)
    except ValidationError as error:
        faults = error.messages if isinstance(error.messages, dict) else {"data": error.messages}
        raise Invalid("The activity cannot be saved: correct the fields that are named.", fields=faults) from error
    _refuse_unstorable(loaded)
    if "subject" in loaded:
        loaded["subject"] = " ".join(loaded["subject"].split()) or _nothing()
    if loaded.get("mail_message_id"):
        loaded["mail_message_id"] = str(loaded["mail_message_id"])
    return {name: _refs(value) if name in domain.ROLES else value for name, value in loaded.items()}


def _refs(given: list[Values]) -> list[domain.Ref]:
    return list(dict.fromkeys((one["kind"], str(one["id"])) for one in given))


def _refuse_unstorable(values: Values) -> None:
    faulty = [name for name, value in values.items() if isinstance(value, str) and _UNSTORABLE.search(value)]
    if faulty:
        raise _invalid(**dict.fromkeys(faulty, "Holds characters that no text has: take them out."))


def _refuse_foreign(kind: str, names: Any) -> None:
    foreign = sorted(set(names) - FIELDS_OF[kind])
    if foreign:
        raise _invalid(**dict.fromkeys(foreign, f"A {kind.replace('_', '-')} has no such field: leave it out."))


def _nothing() -> NoReturn:
    raise _invalid(subject="Is required: say in a few words what is to be done.")


def _check_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise _invalid(time_zone="Is no time zone: take a name like Asia/Tokyo or Europe/Berlin.") from error


def _invalid(**faults: str) -> Invalid:
    fields = {name: [sentence] for name, sentence in faults.items()}
    return Invalid("The activity cannot be saved: correct the fields that are named.", fields=fields)
