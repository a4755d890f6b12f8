"""Events of the matcher: who wrote a mail."""

from marshmallow import fields

from contracts.base import EventContract, Record
from contracts.fields import RecordRef, count, flag, identifier, text, word
from contracts.mail import MailFacts, MailPersonal

SOURCE = "matcher"
ROLES = ("sender", "recipient")
UNMATCHED_REASONS = ("unknown", "several_candidates", "sender_ambiguous", "no_address", "machine")


class Party(Record):
    """The address a decision was made by, as received and canonical, with the name beside it and the record's label."""

    name = text(255)
    address = text(320)
    canonical = text(320)
    label = text(255, allow_none=True)


class DecisionFacts(Record):
    """A match decision. ``revision`` counts from 1 per mail; one above 1 replaces what the one before said.

    ``role`` recipient: the mail is our own, so the one it was sent to was looked up.
    """

    id = identifier()
    revision = count()
    rematch = flag()
    role = word(*ROLES)
    candidate_count = count()


class SenderMatched(EventContract):
    """Emitted when the person behind a mail is known, once per mail and revision of its decision."""

    type = "sender.matched.v1"
    source = SOURCE
    decision = fields.Nested(DecisionFacts, required=True)
    match = fields.Nested(RecordRef, required=True)
    organization_id = identifier(allow_none=True)
    mail = fields.Nested(MailFacts, required=True)
    party = fields.Nested(Party, required=True)
    personal = fields.Nested(MailPersonal, required=True)


class SenderUnmatched(EventContract):
    """Emitted when nobody, or nobody for certain, is behind a mail, once per mail and revision of its decision."""

    type = "sender.unmatched.v1"
    source = SOURCE
    decision = fields.Nested(DecisionFacts, required=True)
    reason = word(*UNMATCHED_REASONS)
    mail = fields.Nested(MailFacts, required=True)
    party = fields.Nested(Party, required=True)
    personal = fields.Nested(MailPersonal, required=True)


class MatchCorrected(EventContract):
    """Emitted when a person corrected a decision, once per correction. ``match`` null: it is nobody we know."""

    type = "match.corrected.v1"
    source = SOURCE
    decision_id = identifier()
    mail_message_id = identifier()
    previous = fields.Nested(RecordRef, required=True, allow_none=True)
    match = fields.Nested(RecordRef, required=True, allow_none=True)
    staff_user_id = text(64, allow_none=True)
