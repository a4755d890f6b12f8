"""Events of what a mail is turned into: leads, tickets, history entries, comments; and of staff users."""

from marshmallow import fields

from contracts.base import EventContract, Record
from contracts.fields import MAX_TEXT, RecordRef, identifier, moment, text, word

LEADS, TICKETS, HISTORY, STAFF = "leads", "tickets", "history", "staff"
LEAD_STATUSES = (
    "Not Contacted",
    "Attempted to Contact",
    "Contacted",
    "Contact in Future",
    "Cold",
    "Warm",
    "Hot",
    "Pre Qualified",
    "Qualified",
    "Junk Lead",
    "Lost Lead",
)
TICKET_STATUSES = ("Open", "In Progress", "Wait For Response", "Closed")
TICKET_PRIORITIES = ("Low", "Normal", "High", "Urgent")
ENTRY_KINDS = ("mail", "comment", "ticket", "lead", "change")


class LeadPersonal(Record):
    """The personal data of a lead. ``address`` as received, ``canonical`` for the address book; both may be empty."""

    last_name = text()
    first_name = text()
    company = text()
    address = text(320)
    canonical = text(320)


class LeadOpened(EventContract):
    """Emitted when a lead was opened, by a mail of an unknown sender or by a person, once per lead."""

    type = "lead.opened.v1"
    source = LEADS
    lead_id = identifier()
    number = text(20)
    status = word(*LEAD_STATUSES)
    mail_message_id = identifier(allow_none=True)
    personal = fields.Nested(LeadPersonal, required=True)


class LeadMailJoined(EventContract):
    """Emitted when a further mail was joined to an open lead, once per mail."""

    type = "lead.mail_joined.v1"
    source = LEADS
    lead_id = identifier()
    mail_message_id = identifier()


class LeadUpdated(EventContract):
    """Emitted when fields of a lead changed, once per save that changed something. Carries the address as it now is."""

    type = "lead.updated.v1"
    source = LEADS
    lead_id = identifier()
    status = word(*LEAD_STATUSES)
    personal = fields.Nested(LeadPersonal, required=True)


class LeadConverted(EventContract):
    """Emitted when a lead became a contact and/or an organization, once per lead.

    ``opportunity_id``: the opportunity that was opened along with it, if any.
    """

    type = "lead.converted.v1"
    source = LEADS
    lead_id = identifier()
    contact_id = identifier(allow_none=True)
    organization_id = identifier(allow_none=True)
    opportunity_id = identifier(allow_none=True)
    canonical = text(320)


class LeadDeleted(EventContract):
    """Emitted when a lead was deleted, once per lead."""

    type = "lead.deleted.v1"
    source = LEADS
    lead_id = identifier()
    canonical = text(320)


class TicketOpened(EventContract):
    """Emitted when a ticket was opened, by a mail or by a person, once per ticket.

    ``customer`` null: nobody known yet.
    """

    type = "ticket.opened.v1"
    source = TICKETS
    ticket_id = identifier()
    number = text(20)
    title = text(998)
    status = word(*TICKET_STATUSES)
    priority = word(*TICKET_PRIORITIES)
    customer = fields.Nested(RecordRef, required=True, allow_none=True)
    mail_message_id = identifier(allow_none=True)


class TicketReplyReceived(EventContract):
    """Emitted when a mail of a participant was put on a ticket, once per mail."""

    type = "ticket.reply_received.v1"
    source = TICKETS
    ticket_id = identifier()
    number = text(20)
    status = word(*TICKET_STATUSES)
    customer = fields.Nested(RecordRef, required=True, allow_none=True)
    mail_message_id = identifier()


class TicketUpdated(EventContract):
    """Emitted when status, priority, customer or another field of a ticket changed, once per save that changed
    something.
    """

    type = "ticket.updated.v1"
    source = TICKETS
    ticket_id = identifier()
    number = text(20)
    title = text(998)
    status = word(*TICKET_STATUSES)
    priority = word(*TICKET_PRIORITIES)
    customer = fields.Nested(RecordRef, required=True, allow_none=True)


class HistoryEntryAdded(EventContract):
    """Emitted when a record's timeline got an entry, once per record and thing that happened."""

    type = "history_entry.added.v1"
    source = HISTORY
    history_entry_id = identifier()
    record = fields.Nested(RecordRef, required=True)
    kind = word(*ENTRY_KINDS)
    happened_at = moment()
    mail_message_id = identifier(allow_none=True)


class CommentEvent(EventContract):
    """What all events of a comment tell: it as it now is. ``staff_user_id``: who wrote it."""

    source = HISTORY
    comment_id = identifier()
    record = fields.Nested(RecordRef, required=True)
    mail_message_id = identifier(allow_none=True)
    staff_user_id = text(64, allow_none=True)
    text = text(MAX_TEXT)


class CommentAdded(CommentEvent):
    """Emitted when a person commented on a record, once per comment."""

    type = "comment.added.v1"


class CommentUpdated(CommentEvent):
    """Emitted when who wrote a comment gave it another text, once per change."""

    type = "comment.updated.v1"


class CommentDeleted(CommentEvent):
    """Emitted when who wrote a comment deleted it, once per deletion."""

    type = "comment.deleted.v1"


class CommentRestored(CommentEvent):
    """Emitted when who deleted a comment restored it, once per restoration."""

    type = "comment.restored.v1"


class StaffUserCreated(EventContract):
    """Emitted when a staff user was created, once per user."""

    type = "staff_user.created.v1"
    source = STAFF
    staff_user_id = identifier()
    role = word("admin", "staff", "read_only")
