"""Rows of tickets from what a batch decided, and the JSON values tickets answers with."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from chassis import clock
from services.tickets.domain import Filed, Standing, kept_keys, number, thread_key, thread_keys
from services.tickets.models import Ticket, TicketMail
from services.tickets.store import customer_ref
from services.tickets.words import Word

Values = dict[str, Any]
_PLAIN_NAMES = """
    id version title description status priority severity category organization_id requester_name requester_address
    needs_review may_belong_to assigned_to mailbox_id source
"""


def present_ref(said: Values | None, present: Mapping[str, str | None]) -> Values | None:
    """The customer that follows from what was said (``present``: who stands for each id now)."""
    return customer_ref(said["kind"], present[said["id"]]) if said else None


def ticket_row(
    filed: Filed, ticket: Standing, word: Word, *, present: Mapping[str, str | None], now: datetime
) -> Values:
    """The row of a ticket that a mail opens; ``word``: what was last said of its sender."""
    data = filed.arrival.event.data
    nobody: Values = {"kind": None, "id": None}
    customer, said = ticket.customer or nobody, word.customer or nobody
    return {
        "id": ticket.id,
        "number": ticket.serial,
        "version": 1,
        "title": ticket.title,
        "description": data["personal"]["excerpt"],
        "status": ticket.status,
        "priority": ticket.priority,
        "customer_kind": customer["kind"],
        "customer_id": customer["id"],
        "customer_by_person": False,
        "organization_id": present.get(word.organization_id or ""),
        "said_customer_kind": said["kind"],
        "said_customer_id": said["id"],
        "said_organization_id": word.organization_id,
        "requester_name": data["party"]["name"],
        "requester_address": data["party"]["address"],
        "requester_canonical": data["party"]["canonical"],
        "mailbox_id": data["mail"]["mailbox"]["id"],
        "needs_review": ticket.needs_review,
        "may_belong_to": filed.may_belong_to,
        "source": "Mail",
        "created_at": now,
        "updated_at": now,
    }


def mail_row(filed: Filed) -> Values:
    """The row that puts a mail on its ticket."""
    mail = filed.arrival.mail
    return {
        "mail_message_id": mail["mail_message_id"],
        "ticket_id": filed.ticket_id,
        "opens": filed.opens,
        "message_id_header": filed.arrival.own_key,
        "received_at": clock.unwire(mail["received_at"]),
    }


def reference_rows(filed: Iterable[Filed]) -> list[Values]:
    """The rows of the mails that mails refer to, each once."""
    pairs = sorted({(key, one.ticket_id) for one in filed for key in kept_keys(one.arrival.keys)})
    return [{"message_id_header": key, "ticket_id": ticket_id} for key, ticket_id in pairs]


def participant_rows(filed: Iterable[Filed]) -> list[Values]:
    """The rows of the senders who take part, each once."""
    pairs = sorted({(one.ticket_id, one.arrival.sender) for one in filed if one.joins and one.arrival.sender})
    return [{"ticket_id": ticket_id, "canonical": canonical} for ticket_id, canonical in pairs]


def rows_of_chosen_mail(row: Ticket, mail_message_id: str, mail: Values) -> dict[str, list[Values]]:
    """The rows that put the mail on a ticket that a person opened from it; its sender takes part from now on."""
    keys = thread_keys({"in_reply_to": mail.get("in_reply_to"), "references": mail.get("references", [])})
    placed = {
        "mail_message_id": mail_message_id,
        "ticket_id": row.id,
        "opens": True,
        "message_id_header": thread_key(mail.get("message_id") or ""),
        "received_at": mail.get("received_at") or row.created_at,
    }
    return {
        "mails": [placed],
        "references": [{"message_id_header": key, "ticket_id": row.id} for key in kept_keys(keys)],
        "participants": [{"ticket_id": row.id, "canonical": row.requester_canonical}]
        if row.requester_canonical
        else [],
    }


def standing_facts(ticket: Standing) -> Values:
    """What the events of a ticket tell, of a ticket as a batch sees it."""
    return {
        "ticket_id": ticket.id,
        "number": number(ticket.serial),
        "title": ticket.title,
        "status": ticket.status,
        "priority": ticket.priority,
        "customer": ticket.customer,
    }


def facts(row: Ticket) -> Values:
    """The same of a row."""
    customer = customer_ref(row.customer_kind, row.customer_id)
    return standing_facts(Standing(row.id, row.number, row.title, row.status, row.priority, customer))


def ticket(row: Ticket) -> Values:
    """One ticket as JSON."""
    return {
        **{name: getattr(row, name) for name in _PLAIN_NAMES.split()},
        "number": number(row.number),
        "customer": customer_ref(row.customer_kind, row.customer_id),
        "created_at": clock.wire(row.created_at),
        "updated_at": clock.wire(row.updated_at),
    }


def messages(rows: Iterable[TicketMail]) -> list[Values]:
    """The mails on a ticket as JSON."""
    return [
        {"mail_message_id": row.mail_message_id, "opens": row.opens, "received_at": clock.wire(row.received_at)}
        for row in rows
    ]
