"""Contacts: the list and each one's page."""

from typing import Any

from flask import Blueprint, Response

from gateway.web.api import api
from gateway.web.contacts import fields
from gateway.web.contacts.columns import COLUMNS, REFERS
from gateway.web.pages import show
from gateway.web.tables import listing, names_in

contacts = Blueprint("contacts", __name__, url_prefix="/contacts")


@contacts.get("")
def index() -> Response:
    """The list, newest first."""
    found = listing("/contacts", refers=REFERS)
    return show("contacts/list.html", part="rows" if found.appends else "results", columns=COLUMNS, listing=found)


@contacts.get("/<uuid:id>")
def show_contact(id: Any) -> Response:
    """A contact's page."""
    contact = api().get(f"/contacts/{id}")
    names = names_in([contact], fields.REFERS)
    return show("contacts/contact.html", contact=contact, names=names, blocks=fields.BLOCKS)
