"""Contacts: the list and each one's page."""

import json
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, request

from gateway.parallel import together
from gateway.web.api import api
from gateway.web.contacts.fields import CONTACT
from gateway.web.language import msg
from gateway.web.lists import screen
from gateway.web.lists.kinds import CONTACTS
from gateway.web.pages import show
from gateway.web.records import comments, documents, extras, linking, page, related, views, whole

BELOW = 100
POSTAL = (("mailing", msg("Postal address")), ("other", msg("Other postal address")))

contacts = Blueprint("contacts", __name__, url_prefix="/contacts")
for part in (views, page, extras, related, comments, documents, linking, whole):
    part.install(contacts, CONTACT)


@contacts.get("")
def index() -> Response:
    """The list."""
    return screen.index(CONTACTS)


@contacts.get("/<uuid:id>")
def show_contact(id: Any) -> Response:
    """A contact's page."""
    return page.overview(CONTACT, id)


@contacts.get("/<uuid:id>/people")
def people(id: Any) -> Response:
    """Whom a contact reports to, up to the top, and who reports to it."""
    asked = together(
        head=lambda: page.head(CONTACT, id),
        above=lambda: api().get(f"/contacts/{id}/superiors")["items"],
        below=lambda: api().pages(f"/contacts/{id}/reports", up_to=BELOW),
    )
    below, more = asked["below"]
    return show("contacts/people.html", above=asked["above"], below=below, more_below=bool(more), **asked["head"])


@contacts.get("/address-copy")
def address_copy() -> Response:
    """What a form may take over from the organization that is chosen in it."""
    try:
        id = UUID(request.args.get("organization_id", ""))
    except ValueError:
        return show("contacts/address_copy.html", part="offer", setting="never", offers=[])
    found = api().get(f"/organizations/{id}/address-copy")
    values = {name: text for name, text in found["values"].items() if text is not None}
    offers = [
        (label, kind, values, json.dumps(_of(kind, values)))
        for kind, label in POSTAL
        if any(_of(kind, values).values())
    ]
    return show("contacts/address_copy.html", part="offer", setting=found["address_copy"], offers=offers)


def _of(kind: str, values: dict[str, str]) -> dict[str, str]:
    return {name: text for name, text in values.items() if name.startswith(f"{kind}_")}
