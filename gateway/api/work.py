"""Leads, tickets, history and comments."""

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import g

from contracts.errors import NotFound
from contracts.fields import RECORD_KINDS
from gateway import access, prefill
from gateway.api.blueprint import PREFIX, Resource, page_arguments
from gateway.api.schemas import work as schemas
from gateway.api.schemas.relations import LinkedMail
from gateway.calls import lineage_of, or_none, people_of, services
from gateway.links import with_link, with_links
from gateway.parallel import together

leads = Resource("leads", description="People who wrote and whom nobody knew (リード).")
tickets = Resource("tickets", description="What customers ask for (チケット).")
MAIL_OF_RECORD = f"/history/<any({', '.join(RECORD_KINDS)}):kind>/<uuid:id>/mails/<uuid:mail_message_id>"
history = Resource("history", description="What happened with a record, in order of time.")


@leads.route("/leads", methods=["GET"])
@leads.arguments(schemas.LeadQuery, location="query")
@leads.page_of(schemas.LeadPage)
def list_leads(query: dict[str, Any]) -> Any:
    """List leads

    Newest first; by status, by words in name, company, address or title, or by what they became.
    """
    asked = page_arguments(query)
    named = [(kind, asked.pop(f"{kind}_id", None)) for kind in ("contact", "organization")]
    asked["became"] = [_or_nobody(partial(lineage_of, kind, id)) for kind, id in named if id]
    return services().leads.leads(**asked)


@leads.route("/leads", methods=["POST"])
@leads.arguments(schemas.LeadIn)
@leads.once
@leads.versioned(201, schemas.Lead)
def open_lead(data: dict[str, Any], by: Any) -> Any:
    """Open a lead

    409 when a lead is open for the address already.
    """
    return services().leads.open_lead(data=data, **by)


@leads.route("/leads/<uuid:id>", methods=["GET"])
@leads.versioned(200, schemas.Lead, shows_more=True)
def get_lead(id: Any) -> Any:
    """Read a lead with its mails"""
    return services().leads.lead(id=str(id))


@leads.route("/leads/<uuid:id>", methods=["PATCH"])
@leads.arguments(schemas.LeadChange)
@leads.needs_version
@leads.once
@leads.versioned(200, schemas.Lead)
def update_lead(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change fields of a lead"""
    return services().leads.update_lead(id=str(id), data=data, version=version, **by)


@leads.route("/leads/<uuid:id>", methods=["DELETE"])
@leads.once
@leads.response(204)
def delete_lead(id: Any, by: Any) -> None:
    """Delete a lead"""
    services().leads.delete_lead(id=str(id), **by)


@leads.route("/leads/<uuid:id>/convert", methods=["POST"])
@leads.arguments(schemas.ConversionIn)
@leads.once
@leads.versioned(200, schemas.Lead)
def convert_lead(data: dict[str, Any], id: Any, by: Any) -> Any:
    """Make a contact and/or an organization of a lead, and open an opportunity if asked for

    Once: 409 for a lead that was converted before. Its mails and comments stay with it and show on the new record.
    """
    return services().leads.convert_lead(id=str(id), data=data, **by)


@tickets.route("/tickets", methods=["GET"])
@tickets.arguments(schemas.TicketQuery, location="query")
@tickets.page_of(schemas.TicketPage)
def list_tickets(query: dict[str, Any]) -> Any:
    """List tickets, newest first"""
    asked = page_arguments(query)
    if organization_id := asked.get("organization_id"):
        asked["people"] = _or_nobody(partial(people_of, organization_id))
    return services().tickets.tickets(**asked)


@tickets.route("/tickets", methods=["POST"])
@tickets.arguments(schemas.TicketIn)
@tickets.once
@tickets.versioned(201, schemas.Ticket)
def open_ticket(data: dict[str, Any], by: Any) -> Any:
    """Open a ticket"""
    return services().tickets.open_ticket(data=data, **by)


@tickets.route("/tickets/<uuid:id>", methods=["GET"])
@tickets.versioned(200, schemas.Ticket, shows_more=True)
def get_ticket(id: Any) -> Any:
    """Read a ticket with its mails and their attachments

    Shows the ticket also while mail_ingest is away (`attachments` null).
    """
    ticket = services().tickets.ticket(id=str(id))
    return {**ticket, "messages": _with_attachments(ticket["messages"])}


@tickets.route("/tickets/<uuid:id>", methods=["PATCH"])
@tickets.arguments(schemas.TicketChange)
@tickets.needs_version
@tickets.once
@tickets.versioned(200, schemas.Ticket)
def update_ticket(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change fields of a ticket

    409 for a change of status that is not allowed, such as Closed to In Progress.
    """
    return services().tickets.update_ticket(id=str(id), data=data, version=version, **by)


@tickets.route("/tickets/<uuid:id>/reply-token", methods=["GET"])
@tickets.response(200, schemas.ReplyToken)
def get_reply_token(id: Any) -> Any:
    """Get the word that puts a reply onto this ticket"""
    return {"token": services().tickets.reply_token(id=str(id))}


@history.route("/history", methods=["GET"])
@history.arguments(schemas.HistoryQuery, location="query")
@history.page_of(schemas.HistoryPage)
def list_history(query: dict[str, Any]) -> Any:
    """List what happened with a record, newest first"""
    return with_links(services().history.entries(**page_arguments(query)))


@history.route("/comments", methods=["GET"])
@history.arguments(schemas.CommentQuery, location="query")
@history.page_of(schemas.CommentPage)
def list_comments(query: dict[str, Any]) -> Any:
    """List the comments on a record, newest first"""
    return services().history.comments(**page_arguments(query))


@history.route("/comments", methods=["POST"])
@history.arguments(schemas.CommentIn)
@history.once
@history.versioned(201, schemas.Comment)
def add_comment(data: dict[str, Any], by: Any) -> Any:
    """Comment on a record"""
    return services().history.add_comment(**data, **by)


@history.route("/comments/<uuid:id>", methods=["GET"])
@history.versioned(200, schemas.Comment)
def get_comment(id: Any) -> Any:
    """Read a comment"""
    return services().history.comment(id=str(id))


@history.route("/comments/<uuid:id>", methods=["PATCH"])
@history.arguments(schemas.CommentChange)
@history.needs_version
@history.once
@history.versioned(200, schemas.Comment)
def update_comment(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Give one's own comment another text

    403 for somebody else's.
    """
    return services().history.update_comment(id=str(id), version=version, **data, **by)


@history.route("/comments/<uuid:id>", methods=["DELETE"])
@history.needs_version
@history.once
@history.response(204)
def delete_comment(id: Any, version: int, by: Any) -> None:
    """Delete a comment

    One's own; somebody else's only as an admin. It can be restored.
    """
    services().history.delete_comment(id=str(id), version=version, may_manage=_may_manage(), **by)


@history.route("/comments/<uuid:id>/restore", methods=["POST"])
@history.once
@history.versioned(200, schemas.Comment)
def restore_comment(id: Any, by: Any) -> Any:
    """Take back that a comment was deleted

    One's own; somebody else's only as an admin.
    """
    return services().history.restore_comment(id=str(id), may_manage=_may_manage(), **by)


@history.route(MAIL_OF_RECORD, methods=["PUT"])
@history.once
@history.response(200, LinkedMail)
def link_mail(kind: str, id: Any, mail_message_id: Any, by: Any) -> Any:
    """Put a mail on the history of a record

    No later decision takes it off. Who is behind the mail's address stays as it is: `actions/select` changes that too.
    """
    mail, calls = str(mail_message_id), services()
    asked = together(
        message=lambda: calls.mail_ingest.message(id=mail), panel=lambda: calls.matcher.open_panel(mail_message_id=mail)
    )
    record, facts = {"kind": kind, "id": str(id)}, prefill.mail_facts(asked["panel"], asked["message"])
    return with_link(calls.history.link_mail(record=record, mail_message_id=mail, facts=facts, **by))


@history.route(MAIL_OF_RECORD, methods=["DELETE"])
@history.once
@history.response(204)
def unlink_mail(kind: str, id: Any, mail_message_id: Any, by: Any) -> None:
    """Take a mail off the history of a record

    No later decision puts it back.
    """
    record = {"kind": kind, "id": str(id)}
    services().history.unlink_mail(record=record, mail_message_id=str(mail_message_id), **by)


def _may_manage() -> bool:
    return access.may(g.principal, access.OTHERS_COMMENTS)


def _or_nobody(ids: Callable[[], list[str]]) -> list[str]:
    """Nobody, where the record is in the recycle bin or never was: a list of what is not there is empty."""
    try:
        return ids()
    except NotFound:
        return []


def _with_attachments(mails: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mails with their attachments, and where to download each; None where mail_ingest does not answer."""
    ids, calls = [mail["mail_message_id"] for mail in mails], services()
    found = or_none(lambda: calls.mail_ingest.attachments(mail_message_ids=ids))() if ids else {}
    return [
        {**mail, "attachments": None if found is None else _downloads(id, found.get(id, []))}
        for id, mail in zip(ids, mails, strict=True)
    ]


def _downloads(mail_id: str, attachments: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**one, "url": f"{PREFIX}/messages/{mail_id}/attachments/{one['part']}"} for one in attachments]
