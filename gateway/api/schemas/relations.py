"""What belongs to a contact or an organization: related records, timelines, who stands below whom in its chart."""

from marshmallow import Schema, fields

from gateway.api.schemas.activities import Activity
from gateway.api.schemas.common import Identifier, Sentence, told
from gateway.api.schemas.documents import Document
from gateway.api.schemas.people import Contact, Organization
from gateway.api.schemas.sales import Invoice, Opportunity, Quote
from gateway.api.schemas.work import Comment, HistoryEntry, Lead, Ticket, TimelineQuery

PLACES = ("member", "outside", "vacant")
GROUP_PLACES = ("above", "itself", "below")


class PartProblem(Schema):
    """Why a part is missing (RFC 9457): ask again later, or ask for it alone at its `url`."""

    type = told(required=True, metadata={"format": "uri-reference"})
    title = told(required=True)
    status = fields.Integer(required=True)
    detail = told(required=True)
    code = told(required=True)


def part(item: type[Schema]) -> fields.Nested:
    """The newest few records of a kind, how many there are, where all of them are, and what went wrong if it did."""
    members = {
        "items": fields.List(fields.Nested(item), required=True),
        "count": fields.Integer(required=True, allow_none=True, metadata={"description": "Null: not known"}),
        "exact": fields.Boolean(required=True, metadata={"description": "False where there are more than `count`"}),
        "url": told(required=True, metadata={"format": "uri-reference", "description": "All of them"}),
        "error": fields.Nested(PartProblem, required=True, allow_none=True),
    }
    return fields.Nested(type(f"Related{item.__name__}", (Schema,), members), required=True)


TICKETS, OPPORTUNITIES, QUOTES, INVOICES = part(Ticket), part(Opportunity), part(Quote), part(Invoice)
ACTIVITIES, MAILS, CONTACTS, ORGANIZATIONS = part(Activity), part(HistoryEntry), part(Contact), part(Organization)
COMMENTS, DOCUMENTS, LEADS = part(Comment), part(Document), part(Lead)


class RelatedToContact(Schema):
    """What belongs to a contact. `reports`: who reports to it; `leads`: what became it."""

    tickets, opportunities, quotes, invoices = TICKETS, OPPORTUNITIES, QUOTES, INVOICES
    open_activities, past_activities, mails, reports = ACTIVITIES, ACTIVITIES, MAILS, CONTACTS
    comments, documents, leads = COMMENTS, DOCUMENTS, LEADS


class RelatedToOrganization(Schema):
    """What belongs to an organization. `contacts`: its people; `organizations`: those that belong to it."""

    tickets, opportunities, quotes, invoices = TICKETS, OPPORTUNITIES, QUOTES, INVOICES
    open_activities, past_activities, mails = ACTIVITIES, ACTIVITIES, MAILS
    comments, documents, leads = COMMENTS, DOCUMENTS, LEADS
    contacts, organizations = CONTACTS, ORGANIZATIONS


class OrganizationTimelineQuery(TimelineQuery):
    """Which entries of an organization's timeline."""

    people = fields.Boolean(load_default=True, metadata={"description": "With the entries of its people; true"})


class ChartNode(Schema):
    """Somebody on a chart. `reports_to_id`: another node of the chart, which comes before this one; null at a top.

    `place`: member of the organization; outside, the boss of a member; vacant, a boss in the recycle bin.
    """

    id = Identifier(required=True)
    number = told(required=True)
    label = told(required=True)
    last_name = told(required=True)
    first_name = told(required=True)
    title = told(required=True)
    department = told(required=True)
    decision_maker = fields.Boolean(required=True)
    organization_id = Identifier(required=True, allow_none=True)
    reports_to_id = Identifier(required=True, allow_none=True)
    place = told(required=True, metadata={"enum": list(PLACES)})


class Chart(Schema):
    """The chart of an organization. `note`: a sentence where it does not show everybody."""

    nodes = fields.List(fields.Nested(ChartNode), required=True)
    note = Sentence(required=True, allow_none=True)


class LinkedMail(HistoryEntry):
    """A mail on a record's history. `added`: it did not stand there before."""

    added = fields.Boolean(required=True)


class HierarchyNode(Schema):
    """An organization among those that belong together. `member_of_id`: the node above, which comes before this one.

    `level`: 0 at the top. `place`: itself, or above or below it.
    """

    id = Identifier(required=True)
    number = told(required=True)
    name = told(required=True)
    industry = told(required=True)
    member_of_id = Identifier(required=True, allow_none=True)
    level = fields.Integer(required=True)
    place = told(required=True, metadata={"enum": list(GROUP_PLACES)})


class Hierarchy(Schema):
    """An organization between those above and below it. `note`: a sentence where not all are shown."""

    nodes = fields.List(fields.Nested(HierarchyNode), required=True)
    note = Sentence(required=True, allow_none=True)
