"""What is offered as one types in a form that puts it with a record."""

from flask import Blueprint, Response, request

from gateway.web import formats, pages
from gateway.web.api import Values, api
from gateway.web.language import gettext, msg
from gateway.web.records import happenings

OFFERED = 8
UNTITLED = msg("Without a subject")

picks = Blueprint("belonging_picks", __name__)


@picks.get("/mails/pick")
def mails() -> Response:
    """Mails whose subject, sender or text holds what is typed, newest first."""
    text = request.args.get("q", "").strip()[:200]
    found = [_mail(one) for one in api().get("/messages", query=text, limit=OFFERED)["items"]]
    return pages.show("lists/pick.html", part="found", found=found, what="mails")


@picks.get("/tickets/pick")
def tickets() -> Response:
    """Tickets whose number, title or requester is typed, newest first."""
    text = request.args.get("q", "").strip()[:200]
    found = [_ticket(one) for one in api().get("/tickets", query=text, limit=OFFERED)["items"]]
    return pages.show("lists/pick.html", part="found", found=found, what="tickets")


def _mail(mail: Values) -> Values:
    sender = mail["sender_name"] or mail["sender_address"]
    return {
        "id": mail["id"],
        "label": mail["subject"] or gettext(UNTITLED),
        "further": " · ".join(filter(None, (sender, formats.moment(mail["received_at"])))),
    }


def _ticket(ticket: Values) -> Values:
    facts = (ticket["number"], happenings.status(ticket["status"]), ticket["requester_name"])
    return {"id": ticket["id"], "label": ticket["title"], "further": " · ".join(filter(None, facts))}
