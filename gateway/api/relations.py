"""What belongs to a contact or an organization: related records of every service, its timeline, its chart."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from contracts.errors import MusubiError, NotFound
from gateway import problems
from gateway.api.blueprint import PREFIX, Resource, page_arguments
from gateway.api.schemas import relations as schemas
from gateway.api.schemas.work import HistoryPage, TimelineQuery
from gateway.calls import each_alone, lineage_of, people_of, services
from gateway.links import with_links

NEWEST: Any = {"limit": 5, "counted": True}

relations = Resource("relations", description="What belongs to a contact or an organization.")


@relations.route("/contacts/<uuid:id>/related", methods=["GET"])
@relations.response(200, schemas.RelatedToContact)
def get_related_to_contact(id: Any) -> Any:
    """Read what belongs to a contact

    The newest five of each kind and how many there are, asked of every service at once; of open activities the soonest
    five, those that are overdue first. Where one does not answer its part says so in `error`; the others are there.
    """
    contact, calls = str(id), services()
    return _parts(
        _common(calls, "contact", contact, people=list)
        | {"reports": (lambda: calls.contacts.reports(id=contact, **NEWEST), f"contacts/{contact}/reports")}
    )


@relations.route("/organizations/<uuid:id>/related", methods=["GET"])
@relations.response(200, schemas.RelatedToOrganization)
def get_related_to_organization(id: Any) -> Any:
    """Read what belongs to an organization

    As for a contact; tickets and mails are those of its people too.
    """
    organization, calls = str(id), services()
    people = _filter("organization_id", organization)
    children = _filter("member_of_id", organization)

    def listed(read: Any, count: Any, filter: Any) -> Callable[[], Any]:
        return lambda: {**read(filter=filter, limit=NEWEST["limit"]), **count(filter=filter)}

    contacts = calls.contacts
    return _parts(
        _common(calls, "organization", organization, people=lambda: people_of(organization))
        | {
            "contacts": (listed(contacts.contacts, contacts.contacts_count, people), _filtered("contacts", people)),
            "organizations": (
                listed(contacts.organizations, contacts.organizations_count, children),
                _filtered("organizations", children),
            ),
        }
    )


Part = tuple[Callable[[], Any], str]


def _common(calls: Any, kind: str, id: str, *, people: Callable[[], list[str]]) -> dict[str, Part]:
    """What both kinds of record have: how to ask for each part, and the path of all of it."""
    its = "customer_id" if kind == "contact" else "organization_id"
    of_sale, about = {f"{kind}_id": id}, {"about_kind": kind, "about_id": id}

    def sales(name: str) -> Part:
        return lambda: getattr(calls.sales, name)(**of_sale, **NEWEST), f"{name}?{urlencode(of_sale)}"

    def activities(state: str) -> Part:
        def ask() -> Any:
            found = calls.activities.activities(record={"kind": kind, "id": id}, state=state, **NEWEST)
            return {**found, "count": found["total"], "exact": True}

        return ask, f"activities?{urlencode({**about, 'state': state})}"

    def tickets() -> Any:
        return calls.tickets.tickets(**{its: id}, people=people(), **NEWEST)

    def mails() -> Any:
        return with_links(calls.history.entries(kind=kind, id=id, kinds=["mail"], people=people(), **NEWEST))

    def leads() -> Any:
        return calls.leads.leads(became=[lineage_of(kind, id)], **NEWEST)

    def kept(name: str) -> Part:
        asked = {"kind": kind, "id": id}
        return lambda: getattr(calls.history, name)(**asked, **NEWEST), f"{name}?{urlencode(asked)}"

    return {
        **{name: kept(name) for name in ("comments", "documents")},
        "leads": (leads, f"leads?{urlencode(of_sale)}"),
        "tickets": (tickets, f"tickets?{urlencode({its: id})}"),
        **{name: sales(name) for name in ("opportunities", "quotes", "invoices")},
        **{f"{state}_activities": activities(state) for state in ("open", "past")},
        "mails": (mails, f"{kind}s/{id}/timeline?kinds=mail"),
    }


def _parts(asked: dict[str, Part]) -> dict[str, Any]:
    """Each part's answer, or why there is none. NotFound where there is no such record."""
    answers = each_alone(**{name: call for name, (call, _) in asked.items()})
    for answer in answers.values():
        # A list of what is not there is empty: only the record itself can be missing.
        if isinstance(answer, NotFound):
            raise answer
    return {name: {**_part(answers[name]), "url": f"{PREFIX}/{path}"} for name, (_, path) in asked.items()}


def _part(answer: Any) -> dict[str, Any]:
    if isinstance(answer, MusubiError):
        return {"items": [], "count": None, "exact": False, "error": problems.told(answer)}
    return {**{name: answer[name] for name in ("items", "count", "exact")}, "error": None}


def _filter(field: str, id: str) -> dict[str, Any]:
    return {"match": "all", "conditions": [{"field": field, "operator": "one_of", "value": [id]}]}


def _filtered(path: str, filter: dict[str, Any]) -> str:
    return f"{path}?{urlencode({'filter': json.dumps(filter, separators=(',', ':'))})}"


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
    people = people_of(str(id)) if asked.pop("people") else []
    return with_links(calls.history.entries(kind="organization", id=str(id), people=people, **asked))


@relations.route("/organizations/<uuid:id>/chart", methods=["GET"])
@relations.response(200, schemas.Chart)
def get_organization_chart(id: Any) -> Any:
    """Read the chart of an organization

    Its people and whoever they report to, each after the one above it; at most 500, from the top down.
    """
    return services().contacts.organization_chart(id=str(id))


@relations.route("/organizations/<uuid:id>/hierarchy", methods=["GET"])
@relations.response(200, schemas.Hierarchy)
def get_organization_hierarchy(id: Any) -> Any:
    """Read what an organization is a member of, and its members

    From the top down, each after the one above it; at most 500 below it. What is in the recycle bin is left out: its
    members stand below the next one above, until it is restored.
    """
    return services().contacts.organization_hierarchy(id=str(id))
