"""Tickets: form and page of each, with its mails."""

from functools import partial
from typing import Any
from uuid import UUID

from flask import Blueprint, Response

from gateway.parallel import together
from gateway.web.api import ApiProblem, Values, api
from gateway.web.records import plain, views
from gateway.web.tickets.fields import TICKET

SHOWN = 20

tickets = Blueprint("tickets", __name__, url_prefix="/tickets")
for method, path, endpoint, view in (
    ("GET", "/new", "new", views.new),
    ("POST", "/new", "create", views.create),
    ("GET", "/<uuid:id>/edit", "edit", views.edit),
    ("POST", "/<uuid:id>/edit", "update", views.update),
):
    tickets.add_url_rule(path, endpoint, partial(view, TICKET), methods=[method])


@tickets.get("/<uuid:id>")
def show(id: UUID) -> Response:
    """A ticket's page, the last mails first; a mail that cannot be read now shows its moment and files alone."""
    record = api().get(f"/tickets/{id}")
    mails = sorted(record["messages"], key=lambda mail: str(mail["received_at"]), reverse=True)[:SHOWN]
    read: dict[str, Any] = together(**{mail["mail_message_id"]: partial(_read, mail) for mail in mails})
    shown = [{**mail, **read[mail["mail_message_id"]]} for mail in mails]
    return plain.page(TICKET, record, template="tickets/page.html", mails=shown)


def _read(mail: Values) -> Values:
    try:
        found = api().get(f"/messages/{mail['mail_message_id']}")
    except ApiProblem:
        return {"subject": "", "who": "", "text": ""}
    sender = (found["sender"] or [{"name": "", "address": ""}])[0]
    return {"subject": found["subject"], "who": sender["name"] or sender["address"], "text": found["text"] or ""}
