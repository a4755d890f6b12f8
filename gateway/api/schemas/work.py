"""Leads, tickets, history."""

from typing import Any

from marshmallow import Schema, ValidationError, fields

from contracts.fields import RECORD_KINDS
from contracts.work import ENTRY_KINDS, LEAD_STATUSES, TICKET_PRIORITIES, TICKET_STATUSES
from gateway.api.schemas.common import (
    Identifier,
    Owner,
    PageQuery,
    RecordPointer,
    SearchQuery,
    YesNo,
    choice,
    moment,
    page,
    told,
    words,
)
from gateway.api.schemas.mail import Attachment
from gateway.api.schemas.people import MAX_DESCRIPTION, ContactChange, OrganizationChange
from gateway.api.schemas.sales import OpportunityOfLead
from gateway.links import ABOUT_KINDS

# As the history service narrows by.
SHOWN_KINDS = (*ENTRY_KINDS, "opportunity", "quote", "invoice", "activity", "document")
SEVERITIES = ("Minor", "Major", "Feature", "Critical")
CATEGORIES = ("Big Problem", "Small Problem", "Other Problem")
CUSTOMERS = tuple(kind for kind in RECORD_KINDS if kind != "ticket")
MAX_COMMENT = 2_000


class LeadQuery(SearchQuery):
    """Which leads."""

    status = choice(*LEAD_STATUSES, load_default=None)
    contact_id = Identifier(load_default=None, metadata={"description": "Those that became it"})
    organization_id = Identifier(load_default=None, metadata={"description": "Those that became it or of its people"})


class LeadChange(Schema):
    """What may change of a lead; what is left out stays."""

    last_name = words(255, least=1)
    first_name = words()
    company = words()
    address = words(320)
    title = words(998)
    description = words(MAX_DESCRIPTION)
    designation = words()
    phone = words(64)
    mobile = words(64)
    website = words()
    industry = words()
    rating = words(50)
    owner_id = Owner()
    status = choice(*LEAD_STATUSES)


class LeadIn(LeadChange):
    """A new lead."""

    last_name = words(255, least=1, required=True)


class LeadMail(Schema):
    """A mail of a lead."""

    mail_message_id = Identifier(required=True)
    received_at = moment()


class Lead(Schema):
    """Somebody who wrote and whom nobody knew. ``state``: open, converted, deleted."""

    id = Identifier(required=True)
    number = told(required=True)
    version = fields.Integer(required=True)
    state = told(required=True)
    status = choice(*LEAD_STATUSES, required=True)
    last_name = told()
    first_name = told()
    company = told()
    address = told()
    canonical = told()
    title = told()
    description = told()
    designation = told()
    phone = told()
    mobile = told()
    website = told()
    industry = told()
    rating = told()
    source = told()
    owner_id = told(allow_none=True)
    mailbox_id = Identifier(allow_none=True)
    contact_id = Identifier(allow_none=True)
    organization_id = Identifier(allow_none=True)
    opportunity_id = Identifier(allow_none=True)
    mails = fields.List(fields.Nested(LeadMail))
    created_at = moment(required=True)
    updated_at = moment(required=True)


class ConversionIn(Schema):
    """What a lead becomes: a contact always unless null, an organization where it names a company."""

    contact = fields.Nested(ContactChange, allow_none=True)
    organization = fields.Nested(OrganizationChange, allow_none=True)
    organization_id = Identifier(allow_none=True, metadata={"description": "An organization that is there already"})
    opportunity = fields.Nested(
        OpportunityOfLead,
        allow_none=True,
        metadata={"description": "Left out: none is opened. Without a name: what the lead asked for."},
    )


class TicketQuery(PageQuery):
    """Which tickets."""

    customer_id = Identifier(load_default=None)
    organization_id = Identifier(load_default=None, metadata={"description": "Those for it or for one of its people"})
    status = choice(*TICKET_STATUSES, load_default=None)
    needs_review = fields.Boolean(load_default=None, metadata={"description": "Those that a person has to look at"})
    query = words(200, load_default=None, metadata={"description": "A number, or words of the title or of who asks"})


class CustomerIn(Schema):
    """Whom a ticket is for."""

    kind = choice(*CUSTOMERS, required=True)
    id = Identifier(required=True)


class TicketChange(Schema):
    """What may change of a ticket; what is left out stays."""

    title = words(998, least=1)
    description = words(MAX_DESCRIPTION)
    status = choice(*TICKET_STATUSES)
    priority = choice(*TICKET_PRIORITIES)
    severity = choice(*SEVERITIES, allow_none=True)
    category = choice(*CATEGORIES, allow_none=True)
    customer = fields.Nested(CustomerIn, allow_none=True)
    requester_name = words()
    requester_address = words(320)
    needs_review = YesNo()
    assigned_to = Owner()


class TicketIn(TicketChange):
    """A new ticket."""

    title = words(998, least=1, required=True)


class TicketAttachment(Attachment):
    """A file that came with a mail on a ticket. ``url``: where to download it."""

    url = told(required=True)


class TicketMail(Schema):
    """A mail on a ticket. ``opens``: the ticket was opened by it. ``attachments`` null: mail_ingest does not answer."""

    mail_message_id = Identifier(required=True)
    opens = fields.Boolean(required=True)
    received_at = moment(required=True)
    attachments = fields.List(fields.Nested(TicketAttachment), required=True, allow_none=True)


class Ticket(Schema):
    """Something a customer asks for. ``may_belong_to``: the ticket it names without proof; a person decides.

    ``needs_review``: nothing proves that some sender belongs to it, so a person should look. ``messages``, with their
    attachments, where one ticket is read.
    """

    id = Identifier(required=True)
    number = told(required=True)
    version = fields.Integer(required=True)
    title = told(required=True)
    description = told()
    status = choice(*TICKET_STATUSES, required=True)
    priority = choice(*TICKET_PRIORITIES, required=True)
    severity = told(allow_none=True)
    category = told(allow_none=True)
    customer = fields.Nested(RecordPointer, allow_none=True)
    organization_id = Identifier(allow_none=True)
    requester_name = told()
    requester_address = told()
    mailbox_id = Identifier(allow_none=True)
    needs_review = fields.Boolean()
    may_belong_to = Identifier(allow_none=True)
    assigned_to = told(allow_none=True)
    source = told()
    messages = fields.List(fields.Nested(TicketMail))
    created_at = moment(required=True)
    updated_at = moment(required=True)


class ReplyToken(Schema):
    """The signed word that puts a reply onto its ticket; it belongs into the subject of an answer."""

    token = told(required=True)


class EntryKinds(fields.String):
    """Several kinds of entry, separated by commas."""

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        kinds = super()._deserialize(value, *args, **kwargs).split(",")
        if strange := [kind for kind in kinds if kind not in SHOWN_KINDS]:
            raise ValidationError(f"{strange[0][:50]!r} is no kind of entry. There are: {', '.join(SHOWN_KINDS)}.")
        return list(dict.fromkeys(kinds))


ONE_KIND = f"({'|'.join(SHOWN_KINDS)})"


class TimelineQuery(PageQuery):
    """Which entries of a timeline."""

    kinds = EntryKinds(
        load_default=None,
        metadata={
            "description": "Only these kinds of entry, separated by commas; `change`: of the record itself",
            "pattern": f"^{ONE_KIND}(,{ONE_KIND}){{0,20}}$",
        },
    )


class CommentQuery(PageQuery):
    """Whose comments."""

    kind = choice(*RECORD_KINDS, required=True)
    id = Identifier(required=True)


class HistoryQuery(TimelineQuery, CommentQuery):
    """Whose history."""


class About(Schema):
    """What an entry tells of. `url`: where the API tells more; `version`: of a comment, for If-Match."""

    kind = told(required=True, metadata={"enum": list(ABOUT_KINDS)})
    id = Identifier(required=True, allow_none=True)
    url = told(required=True, allow_none=True, metadata={"format": "uri-reference"})
    version = fields.Integer()


class HistoryEntry(Schema):
    """Something that happened with a record. `staff_user_id`: who wrote a comment."""

    id = Identifier(required=True)
    kind = choice(*ENTRY_KINDS, required=True)
    about = fields.Nested(About, required=True)
    record = fields.Nested(RecordPointer)
    happened_at = moment(required=True)
    title = told(required=True, allow_none=True)
    summary = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))
    mail_message_id = Identifier(allow_none=True)
    by_person = fields.Boolean()
    staff_user_id = told(allow_none=True)
    ticket_id = Identifier(allow_none=True, metadata={"description": "The ticket for whose sake a mail stands here"})


class CommentIn(Schema):
    """A comment on a record."""

    record = fields.Nested(RecordPointer, required=True)
    text = words(MAX_COMMENT, least=1, required=True)
    mail_message_id = Identifier(load_default=None, allow_none=True)


class CommentChange(Schema):
    """Another text."""

    text = words(MAX_COMMENT, least=1, required=True)


class Comment(Schema):
    """What a person wrote on a record. `edited_at`: when its text was last changed, if ever."""

    id = Identifier(required=True)
    record = fields.Nested(RecordPointer)
    text = told(required=True)
    mail_message_id = Identifier(allow_none=True)
    staff_user_id = told(allow_none=True)
    author_name = told(allow_none=True)
    version = fields.Integer(required=True)
    created_at = moment()
    edited_at = moment(allow_none=True)


LeadPage, TicketPage = page(Lead), page(Ticket)
HistoryPage, CommentPage = page(HistoryEntry), page(Comment)
