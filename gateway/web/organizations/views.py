"""Organizations: the list."""

from flask import Blueprint, Response

from gateway.web.lists import screen
from gateway.web.lists.kinds import ORGANIZATIONS

organizations = Blueprint("organizations", __name__, url_prefix="/organizations")


@organizations.get("")
def index() -> Response:
    """The list."""
    return screen.index(ORGANIZATIONS)
