"""Contacts: the list and each one's page."""

from typing import Any

from flask import Blueprint, Response

from gateway.web.api import api
from gateway.web.contacts import fields
from gateway.web.lists import screen
from gateway.web.lists.kinds import CONTACTS
from gateway.web.pages import show
from gateway.web.tables import names_in

contacts = Blueprint("contacts", __name__, url_prefix="/contacts")


@contacts.get("")
def index() -> Response:
    """The list."""
    return screen.index(CONTACTS)


@contacts.get("/<uuid:id>")
def show_contact(id: Any) -> Response:
    """A contact's page."""
    contact = api().get(f"/contacts/{id}")
    names = names_in([contact], fields.REFERS)
    return show("contacts/contact.html", contact=contact, names=names, blocks=fields.BLOCKS)
