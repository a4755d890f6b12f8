"""What belongs to a contact or an organization: who stands below whom in its chart."""

from marshmallow import Schema, fields

from gateway.api.schemas.common import Identifier, told
from gateway.api.schemas.work import TimelineQuery

PLACES = ("member", "outside", "vacant")


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
    note = told(required=True, allow_none=True)
