"""Decisions: who is behind a mail, and why."""

from marshmallow import Schema, fields

from contracts.senders import UNMATCHED_REASONS
from gateway.api.schemas.common import Identifier, PageQuery, RecordPointer, Sentence, choice, moment, page, told

STATES = ("matched", "unmatched")


class Candidate(Schema):
    """A record that the address may stand for, and why. ``weak``: a likely spelling only."""

    kind = told(required=True)
    id = Identifier(required=True)
    label = told(required=True, allow_none=True)
    organization_id = Identifier(allow_none=True)
    rank = fields.Integer()
    weak = fields.Boolean()
    reason = told()
    explanation = Sentence()


class DecisionQuery(PageQuery):
    """Which decisions."""

    state = choice(*STATES, load_default=None)


class Tried(Schema):
    """A rule, and why it did or did not fire."""

    rule = told(required=True)
    fired = fields.Boolean(required=True)
    explanation = Sentence()


class DecidedBy(Schema):
    """The address that a mail is decided by, as received and canonical. ``chosen_by``: why that one."""

    name = told()
    address = told()
    canonical = told()
    chosen_by = told()


class Decision(Schema):
    """Who is behind a mail, and why we think so."""

    id = Identifier(required=True)
    mail_message_id = Identifier(required=True)
    revision = fields.Integer(required=True)
    state = choice(*STATES, required=True)
    reason = choice(*UNMATCHED_REASONS, required=True, allow_none=True)
    match = fields.Nested(RecordPointer, required=True, allow_none=True)
    organization_id = Identifier(allow_none=True)
    label = told(allow_none=True)
    role = told()
    rule = told()
    party = fields.Nested(DecidedBy)
    candidates = fields.List(fields.Nested(Candidate))
    tried = fields.List(fields.Nested(Tried))
    corrected = fields.Boolean()
    decided_at = moment()
    updated_at = moment()


DecisionPage = page(Decision)
