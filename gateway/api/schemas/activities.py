"""Activities: to-dos, calls, meetings, visits."""

from typing import Any

from marshmallow import Schema, fields, validate

from contracts.activities import (
    ACTIVITY_KINDS,
    ACTIVITY_PRIORITIES,
    ACTIVITY_STATES,
    ACTIVITY_STATUSES,
    ATTENDEE_KINDS,
    CALL_DIRECTIONS,
    MAX_ABOUT,
    MAX_ATTENDEES,
)
from contracts.fields import RECORD_KINDS
from gateway.api.schemas.common import (
    Identifier,
    Owner,
    PageQuery,
    RecordPointer,
    YesNo,
    characters,
    choice,
    moment,
    page,
    told,
    words,
)
from gateway.api.schemas.people import MAX_DESCRIPTION, day

MAX_RESULT = 2_000
LONGEST_REMINDER = 4 * 7 * 24 * 60
LONGEST_CALL = 24 * 3600


def given_moment(**kwargs: Any) -> fields.String:
    """A point in time that is taken: RFC 3339, with its offset."""
    return fields.String(validate=characters(40), metadata={"format": "date-time"}, **kwargs)


def minutes() -> fields.Integer:
    """How long before the beginning, or before it is due, to remind."""
    said = {"description": "Minutes before it begins or is due; of a day without a time, before its 9:00"}
    bounds = validate.Range(min=0, max=LONGEST_REMINDER)
    return fields.Integer(allow_none=True, strict=True, validate=bounds, metadata=said)


def about() -> fields.List:
    """The records that an activity is about."""
    return fields.List(fields.Nested(RecordPointer), validate=validate.Length(max=MAX_ABOUT))


class AttendeePointer(Schema):
    """Points at somebody who takes part."""

    kind = choice(*ATTENDEE_KINDS, required=True)
    id = Identifier(required=True)


class ActivityQuery(PageQuery):
    """Which activities."""

    about_kind = choice(*RECORD_KINDS, load_default=None, metadata={"description": "With about_id: those of a record"})
    about_id = Identifier(load_default=None)
    owner_id = Identifier(load_default=None)
    mine = fields.Boolean(
        load_default=None,
        metadata={"description": "Those that you or a group of yours is in charge of or takes part in"},
    )
    kind = choice(*ACTIVITY_KINDS, load_default=None)
    state = choice(
        *ACTIVITY_STATES, "past", load_default=None, metadata={"description": "`past`: those done or cancelled"}
    )
    mail_message_id = Identifier(load_default=None, metadata={"description": "Those made from a mail"})
    since = given_moment(load_default=None)
    until = given_moment(load_default=None)
    overdue = fields.Boolean(load_default=None, metadata={"description": "Open, and their time has gone by"})
    deleted = fields.Boolean(load_default=None, metadata={"description": "The recycle bin"})


class ActivityChange(Schema):
    """What may change of an activity; what is left out stays."""

    subject = words(255, least=1)
    description = words(MAX_DESCRIPTION)
    status = choice(*ACTIVITY_STATUSES)
    priority = choice(*ACTIVITY_PRIORITIES)
    owner_id = Owner()
    time_zone = words(64, metadata={"description": "IANA name; Asia/Tokyo"})
    all_day = YesNo(metadata={"description": "Whole days, from starts_on to ends_on"})
    starts_at = given_moment(allow_none=True)
    ends_at = given_moment(allow_none=True)
    starts_on = day()
    ends_on = day()
    due_on = day()
    due_at = given_moment(allow_none=True)
    place = words()
    direction = choice("", *CALL_DIRECTIONS)
    phone = words(64)
    result = words(MAX_RESULT)
    duration_seconds = fields.Integer(
        allow_none=True,
        strict=True,
        validate=validate.Range(min=0, max=LONGEST_CALL),
        metadata={"description": "Of a call"},
    )
    reminder_minutes = minutes()
    about = about()
    attendees = fields.List(fields.Nested(AttendeePointer), validate=validate.Length(max=MAX_ATTENDEES))


class ActivityIn(ActivityChange):
    """A new activity. A to-do has starts_on, due_on and due_at; the others begin and end, and people take part."""

    kind = choice(*ACTIVITY_KINDS, required=True)
    subject = words(255, least=1, required=True)
    mail_message_id = Identifier(allow_none=True)


class Activity(Schema):
    """A to-do, a call, a meeting or a visit. ``state``: open, done or cancelled, as ``status`` means it."""

    id = Identifier(required=True)
    version = fields.Integer(required=True)
    kind = choice(*ACTIVITY_KINDS, required=True)
    state = choice(*ACTIVITY_STATES, required=True)
    status = choice(*ACTIVITY_STATUSES, required=True)
    priority = choice(*ACTIVITY_PRIORITIES, required=True)
    subject = told(required=True)
    description = told()
    owner_id = told(allow_none=True)
    time_zone = told(required=True)
    all_day = fields.Boolean(required=True)
    starts_at = moment(allow_none=True)
    ends_at = moment(allow_none=True)
    starts_on = told(allow_none=True)
    ends_on = told(allow_none=True)
    due_on = told(allow_none=True)
    due_at = moment(allow_none=True)
    overdue = fields.Boolean(required=True)
    place = told()
    direction = told()
    phone = told()
    result = told()
    duration_seconds = fields.Integer(allow_none=True)
    reminder_minutes = fields.Integer(allow_none=True)
    remind_at = moment(allow_none=True)
    about = fields.List(fields.Nested(RecordPointer), required=True)
    attendees = fields.List(fields.Nested(AttendeePointer), required=True)
    mail_message_id = Identifier(allow_none=True)
    created_by = told(allow_none=True)
    created_at = moment(required=True)
    updated_at = moment(required=True)
    closed_at = moment(allow_none=True)
    deleted_at = moment(allow_none=True)


ActivityPage = page(Activity)


class CalendarAddress(Schema):
    """Whether there is a secret address for calendar programs, and since when."""

    active = fields.Boolean(required=True)
    created_at = moment(required=True, allow_none=True)


class NewCalendarAddress(CalendarAddress):
    """The address itself; null where the same request was answered before."""

    url = told(required=True, allow_none=True, metadata={"format": "uri"})
