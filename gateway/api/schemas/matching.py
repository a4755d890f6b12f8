"""Corrections, and the one-click actions beside a mail."""

from marshmallow import Schema, fields

from contracts.activities import ACTIVITY_PRIORITIES, TO_DO_STATUSES
from gateway.api.schemas.activities import about, day, given_moment, minutes
from gateway.api.schemas.common import Owner, RecordPointer, choice, words
from gateway.api.schemas.people import MAX_DESCRIPTION, ContactChange, OrganizationChange
from gateway.api.schemas.work import MAX_COMMENT, LeadChange, TicketChange

ACTIONS = ("add_contact", "add_lead", "add_organization", "add_ticket", "select", "add_comment", "create_to_do")


class CorrectionIn(Schema):
    """Whose mail it is; null: nobody we know."""

    record = fields.Nested(RecordPointer, required=True, allow_none=True)


class Prefill(Schema):
    """What the form of an action is filled in with; send ``body``, changed or not, to do it."""

    action = choice(*ACTIONS, required=True)
    body = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)


class SelectIn(Schema):
    """The record whose history the mail goes into; left out: the one that the mail is matched with."""

    record = fields.Nested(RecordPointer)


class CommentOnMailIn(SelectIn):
    """A comment made from a mail; left out: the mail's own words."""

    text = words(MAX_COMMENT, least=1)


class ToDoOnMailIn(Schema):
    """A to-do made from a mail; left out: its subject and text, about whoever is behind it."""

    subject = words(255, least=1)
    description = words(MAX_DESCRIPTION)
    status = choice(*TO_DO_STATUSES)
    priority = choice(*ACTIVITY_PRIORITIES)
    owner_id = Owner()
    time_zone = words(64)
    starts_on = day()
    due_on = day()
    due_at = given_moment()
    reminder_minutes = minutes()
    about = about()


# What each action takes; everything may be left out, the mail fills it in.
BODIES: dict[str, type[Schema]] = {
    "add_contact": ContactChange,
    "add_lead": LeadChange,
    "add_organization": OrganizationChange,
    "add_ticket": TicketChange,
    "select": SelectIn,
    "add_comment": CommentOnMailIn,
    "create_to_do": ToDoOnMailIn,
}


class Acted(Schema):
    """What an action made or linked: the record (null: a to-do about nobody known), and its service's answer."""

    record = fields.Nested(RecordPointer, required=True, allow_none=True)
    result = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
