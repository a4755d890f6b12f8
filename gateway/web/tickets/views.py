"""Tickets: form and page of each, with its mails."""

from functools import partial
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from gateway.parallel import few_at_once
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
    """A ticket's page, the last mails first; of a mail that cannot be read now it says so, beside moment and files."""
    record = api().get(f"/tickets/{id}")
    mails = sorted(record["messages"], key=lambda mail: str(mail["received_at"]), reverse=True)
    asked = request.args.get("before", "")
    begin = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    end = begin + SHOWN
    some = mails[begin:end]
    read = few_at_once({mail["mail_message_id"]: partial(_read, mail) for mail in some})
    shown: Values = {"mails": [{**mail, **read[mail["mail_message_id"]]} for mail in some]}
    shown["further"] = url_for("tickets.show", id=id, before=end) if end < len(mails) else None
    return plain.page(TICKET, record, template="tickets/page.html", part="mails", **shown)


def _read(mail: Values) -> Values:
    try:
        found = api().get(f"/messages/{mail['mail_message_id']}")
    except ApiProblem as problem:
        return {"subject": "", "who": "", "text": "", "problem": problem.detail}
    sender = (found["sender"] or [{"name": "", "address": ""}])[0]
    who = sender["name"] or sender["address"]
    return {"subject": found["subject"], "who": who, "text": found["text"] or "", "problem": ""}
