"""Events of activities: to-dos, calls, meetings and visits."""

from marshmallow import fields

from contracts.base import EventContract, Record
from contracts.fields import RecordRef, flag, identifier, many, moment, text, word

SOURCE = "activities"
ACTIVITY_KINDS = ("to_do", "call", "meeting", "visit")
ACTIVITY_STATES = ("open", "done", "cancelled")
ACTIVITY_PRIORITIES = ("Low", "Medium", "High")
TO_DO_STATUSES = ("Not Started", "Planned", "In Progress", "Pending Input", "Deferred", "Completed", "Cancelled")
EVENT_STATUSES = ("Planned", "Held", "Not Held")
ACTIVITY_STATUSES = tuple(dict.fromkeys(TO_DO_STATUSES + EVENT_STATUSES))
CALL_DIRECTIONS = ("in", "out")
ATTENDEE_KINDS = ("contact", "lead", "staff_user", "staff_group")
MAX_ABOUT = 20
MAX_ATTENDEES = 100


class AttendeeRef(Record):
    """Somebody who takes part: a contact, a lead, a staff user or a group of them."""

    kind = word(*ATTENDEE_KINDS)
    id = identifier()


class ActivityFacts(Record):
    """An activity without personal data.

    An event of a clock has ``starts_at`` and ``ends_at``; one of whole days (``all_day``) ``starts_on`` and
    ``ends_on``, its last day. A to-do is due on a day, at a moment of it where ``due_at`` is there too. Days are those
    of ``time_zone`` (IANA). ``about`` and ``attendees`` name records as they are now, after merges.
    """

    id = identifier()
    kind = word(*ACTIVITY_KINDS)
    state = word(*ACTIVITY_STATES)
    status = word(*ACTIVITY_STATUSES)
    priority = word(*ACTIVITY_PRIORITIES)
    owner_id = text(64, allow_none=True)
    time_zone = text(64)
    all_day = flag()
    starts_at = moment(allow_none=True)
    ends_at = moment(allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    due_at = moment(allow_none=True)
    about = many(RecordRef, MAX_ABOUT)
    attendees = many(AttendeeRef, MAX_ATTENDEES)
    mail_message_id = identifier(allow_none=True)


class ActivityPersonal(Record):
    """What people wrote into an activity, as far as a list shows it."""

    subject = text()
    place = text()


class _ActivityEvent(EventContract):
    """The data that all these events have."""

    source = SOURCE
    activity = fields.Nested(ActivityFacts, required=True)
    personal = fields.Nested(ActivityPersonal, required=True)


class ActivityPlanned(_ActivityEvent):
    """Emitted when an activity was written down that is still to be done, once per activity."""

    type = "activity.planned.v1"


class ActivityUpdated(_ActivityEvent):
    """Emitted when fields of an activity changed and it was neither closed nor opened by that, once per such save."""

    type = "activity.updated.v1"
    changed = many(text(100), 100)


class ActivityCompleted(_ActivityEvent):
    """Emitted when an activity was done (a to-do completed, a call or meeting held) or written down as done.

    Once per time that it was.
    """

    type = "activity.completed.v1"


class ActivityCancelled(_ActivityEvent):
    """Emitted when an activity was called off (a to-do cancelled, a call or meeting not held), once per time it was."""

    type = "activity.cancelled.v1"


class ActivityReopened(_ActivityEvent):
    """Emitted when an activity that was done or called off is to be done after all, once per time that it is."""

    type = "activity.reopened.v1"


class ActivityDeleted(_ActivityEvent):
    """Emitted when an activity was put into the recycle bin, once per deletion."""

    type = "activity.deleted.v1"


class ActivityRestored(_ActivityEvent):
    """Emitted when an activity came back from the recycle bin, once per restore."""

    type = "activity.restored.v1"


class ActivityReminded(_ActivityEvent):
    """Emitted when the moment came to remind of an open activity, once per activity and moment."""

    type = "activity.reminded.v1"
    remind_at = moment()
