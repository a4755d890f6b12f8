"""What belongs to a contact or an organization: its timeline, its chart."""

from typing import Any

from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import relations as schemas
from gateway.api.schemas.work import HistoryPage, TimelineQuery
from gateway.calls import services
from gateway.links import with_links

# Whose entries stand on an organization's timeline.
MAX_PEOPLE = 2_000

relations = Resource("relations", description="What belongs to a contact or an organization.")


@relations.route("/contacts/<uuid:id>/timeline", methods=["GET"])
@relations.arguments(TimelineQuery, location="query")
@relations.page_of(HistoryPage)
def list_contact_timeline(query: dict[str, Any], id: Any) -> Any:
    """List what happened with a contact, newest first

    Mails, tickets, comments, activities, sales and what became of the record, each with a link to what it is about.
    """
    return with_links(services().history.entries(kind="contact", id=str(id), **page_arguments(query)))


@relations.route("/organizations/<uuid:id>/timeline", methods=["GET"])
@relations.arguments(schemas.OrganizationTimelineQuery, location="query")
@relations.page_of(HistoryPage)
def list_organization_timeline(query: dict[str, Any], id: Any) -> Any:
    """List what happened with an organization and its people, newest first

    `record` says with whom. What happened with several of them at once comes once; of more than 2,000 people those
    count who came in last.
    """
    asked, calls = page_arguments(query), services()
    people = calls.contacts.organization_people(id=str(id), limit=MAX_PEOPLE) if asked.pop("people") else []
    return with_links(calls.history.entries(kind="organization", id=str(id), people=people, **asked))


@relations.route("/organizations/<uuid:id>/chart", methods=["GET"])
@relations.response(200, schemas.Chart)
def get_organization_chart(id: Any) -> Any:
    """Read the chart of an organization

    Its people and whoever they report to, each after the one above it; at most 500, from the top down.
    """
    return services().contacts.organization_chart(id=str(id))
