"""Corrections, and the one-click actions beside a mail."""

from marshmallow import Schema, fields

from gateway.api.schemas.common import RecordPointer, choice, words
from gateway.api.schemas.people import ContactChange, OrganizationChange
from gateway.api.schemas.work import MAX_COMMENT, LeadChange, TicketChange

ACTIONS = ("add_contact", "add_lead", "add_organization", "add_ticket", "select", "add_comment")


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


# What each action takes; everything may be left out, the mail fills it in.
BODIES: dict[str, type[Schema]] = {
    "add_contact": ContactChange,
    "add_lead": LeadChange,
    "add_organization": OrganizationChange,
    "add_ticket": TicketChange,
    "select": SelectIn,
    "add_comment": CommentOnMailIn,
}


class Acted(Schema):
    """What an action made or linked: the record, and its service's answer."""

    record = fields.Nested(RecordPointer, required=True)
    result = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), required=True)
