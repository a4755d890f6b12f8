"""Organizations: the list and each one's page."""

from typing import Any

from flask import Blueprint, Response

from gateway.web.lists import screen
from gateway.web.lists.kinds import ORGANIZATIONS
from gateway.web.organizations.fields import ORGANIZATION
from gateway.web.records.page import overview
from gateway.web.records.views import install

organizations = Blueprint("organizations", __name__, url_prefix="/organizations")
install(organizations, ORGANIZATION)


@organizations.get("")
def index() -> Response:
    """The list."""
    return screen.index(ORGANIZATIONS)


@organizations.get("/<uuid:id>")
def show_organization(id: Any) -> Response:
    """An organization's page."""
    return overview(ORGANIZATION, id)
