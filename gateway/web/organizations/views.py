"""Organizations: the list and each one's page."""

from typing import Any

from flask import Blueprint, Response

from gateway.parallel import together
from gateway.web.api import api
from gateway.web.lists import screen
from gateway.web.lists.kinds import ORGANIZATIONS
from gateway.web.organizations import tree
from gateway.web.organizations.fields import ORGANIZATION
from gateway.web.pages import show
from gateway.web.records import comments, documents, extras, linking, page, related, views, whole

organizations = Blueprint("organizations", __name__, url_prefix="/organizations")
for part in (views, page, extras, related, comments, documents, linking, whole):
    part.install(organizations, ORGANIZATION)


@organizations.get("")
def index() -> Response:
    """The list."""
    return screen.index(ORGANIZATIONS)


@organizations.get("/<uuid:id>")
def show_organization(id: Any) -> Response:
    """An organization's page."""
    return page.overview(ORGANIZATION, id)


@organizations.get("/<uuid:id>/chart")
def chart(id: Any) -> Response:
    """Who stands below whom, as a drawing and as a list."""
    asked = together(head=lambda: page.head(ORGANIZATION, id), chart=lambda: api().get(f"/organizations/{id}/chart"))
    nodes = asked["chart"]["nodes"]
    shown = {
        "note": asked["chart"]["note"],
        "people": tree.nested(nodes),
        "drawing": tree.drawing(nodes),
        "size": (tree.WIDTH, tree.HEIGHT),
        "fitting": tree.fitting,
        "readable": tree.READABLE,
    }
    return show("organizations/chart.html", **asked["head"], **shown)


@organizations.get("/<uuid:id>/hierarchy")
def hierarchy(id: Any) -> Response:
    """What an organization is a member of, and its members, as an indented list."""
    asked = together(
        head=lambda: page.head(ORGANIZATION, id), hierarchy=lambda: api().get(f"/organizations/{id}/hierarchy")
    )
    found = asked["hierarchy"]
    firms = tree.nested(found["nodes"], above="member_of_id")
    return show("organizations/hierarchy.html", note=found["note"], firms=firms, **asked["head"])
