"""Mails to a support desk, and what has become of them."""

from chassis.testing import published
from tests.services.decisions import decision

CUSTOMER = ("鈴木 次郎", "jiro@kaisha.example.jp")
COLLEAGUE = ("高橋 三郎", "saburo@kaisha.example.jp")


def support(party=CUSTOMER, **given):
    return decision(**{"purpose": "support", "party": party, **given})


def answer_to(event, party=CUSTOMER, **given):
    """A mail that refers to the mail of another event."""
    id = event.data["mail"]["message_id"]
    return decision(**{"party": party, "in_reply_to": id, "references": [id], **given})


def all_tickets(tickets):
    return tickets.tickets()["items"]


def mails_on(tickets, ticket):
    return {message["mail_message_id"] for message in tickets.ticket(id=ticket["id"])["messages"]}


def told(tickets):
    return [event.type for event in published(tickets.db)]
