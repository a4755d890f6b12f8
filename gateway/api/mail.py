"""Mailboxes, folders, messages, attachments, quarantine."""

from typing import Any

from flask import Response

from gateway import downloads, mail_html
from gateway.api.blueprint import PREFIX, Resource, page_arguments
from gateway.api.schemas import mail as schemas
from gateway.api.schemas.common import Done
from gateway.calls import or_none, services
from gateway.parallel import together

mailboxes = Resource("mailboxes", description="The mailboxes that are read.")
messages = Resource("messages", description="The mails, who wrote them, and their bytes.")
quarantine = Resource("quarantine", description="Mails that could not be parsed; nothing waits for them.")

BYTES = {"type": "string", "format": "binary"}


@mailboxes.route("/mailboxes", methods=["GET"])
@mailboxes.response(200, schemas.MailboxList)
def list_mailboxes() -> Any:
    """List mailboxes"""
    return services().mail_ingest.mailboxes()


@mailboxes.route("/mailboxes", methods=["POST"])
@mailboxes.arguments(schemas.MailboxIn)
@mailboxes.once
@mailboxes.versioned(201, schemas.Mailbox)
def add_mailbox(data: dict[str, Any], by: Any) -> Any:
    """Add a mailbox

    The connection is tried first; 422 says in plain words what is wrong (`reason` is a stable word).
    """
    return services().mail_ingest.add_mailbox(data=_as_json(data), **by)


@mailboxes.route("/mailboxes/check", methods=["POST"])
@mailboxes.arguments(schemas.MailboxIn)
@mailboxes.response(200, schemas.MailboxCheck)
def check_mailbox(data: dict[str, Any]) -> Any:
    """Try the settings of a mailbox without saving them"""
    return services().mail_ingest.check_mailbox(data=_as_json(data))


@mailboxes.route("/mailboxes/<uuid:id>", methods=["GET"])
@mailboxes.versioned(200, schemas.Mailbox)
def get_mailbox(id: Any) -> Any:
    """Read the settings and the state of a mailbox"""
    return services().mail_ingest.mailbox(id=str(id))


@mailboxes.route("/mailboxes/<uuid:id>", methods=["PATCH"])
@mailboxes.arguments(schemas.MailboxChange)
@mailboxes.needs_version
@mailboxes.once
@mailboxes.versioned(200, schemas.Mailbox)
def update_mailbox(data: dict[str, Any], id: Any, version: int, by: Any) -> Any:
    """Change the settings of a mailbox"""
    return services().mail_ingest.update_mailbox(id=str(id), data=_as_json(data), version=version, **by)


@mailboxes.route("/mailboxes/<uuid:id>", methods=["DELETE"])
@mailboxes.once
@mailboxes.response(204)
def remove_mailbox(id: Any, by: Any) -> None:
    """Stop reading a mailbox

    Its mails stay.
    """
    services().mail_ingest.remove_mailbox(id=str(id), **by)


@mailboxes.route("/mailboxes/<uuid:id>/synchronize", methods=["POST"])
@mailboxes.response(202, Done)
def synchronize(id: Any) -> Any:
    """Read a mailbox now

    Answers at once; `mailbox.synchronized.v1` on the live feed says when it is done.
    """
    services().mail_ingest.synchronize(id=str(id))
    return {"id": str(id)}


@mailboxes.route("/mailboxes/<uuid:id>/folders", methods=["GET"])
@mailboxes.response(200, schemas.FolderPage)
def list_folders(id: Any) -> Any:
    """List the folders of a mailbox"""
    return services().mail_ingest.folders(mailbox_id=str(id))


@messages.route("/messages", methods=["GET"])
@messages.arguments(schemas.MessageQuery, location="query")
@messages.page_of(schemas.MessagePage)
def list_messages(query: dict[str, Any]) -> Any:
    """List mails

    Newest first; `query` looks into sender, subject and text.
    """
    return services().mail_ingest.messages(**page_arguments(query))


@messages.route("/messages/<uuid:id>", methods=["GET"])
@messages.arguments(schemas.MessageView, location="query")
@messages.response(200, schemas.Message)
def get_message(view: dict[str, Any], id: Any) -> Any:
    """Read a mail, with who wrote it, why we think so, and what can be done

    Shows the mail also while the matcher is away (`panel` null). `html` belongs into a sandboxed frame.
    """
    mail_id, calls = str(id), services()
    answers = together(
        message=lambda: calls.mail_ingest.message(id=mail_id),
        panel=or_none(lambda: calls.matcher.open_panel(mail_message_id=mail_id)),
    )
    return {**_shown(answers["message"], **view), "panel": answers["panel"]}


@messages.route("/messages/<uuid:id>/body", methods=["GET"])
@messages.arguments(schemas.MessageView, location="query")
@messages.response(200, {"type": "string"}, content_type="text/html")
def get_body(view: dict[str, Any], id: Any) -> Any:
    """Get the HTML of a mail as a page of its own, for a sandboxed frame"""
    shown = _shown(services().mail_ingest.message(id=str(id)), **view)
    page = f"<!doctype html><meta charset=utf-8><title></title>{shown['html'] or ''}"
    response = Response(page, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = mail_html.body_policy(remote_images=view["remote_images"])
    return response


@messages.route("/messages/<uuid:id>/raw", methods=["GET"])
@messages.response(200, BYTES, content_type="application/octet-stream")
def get_raw(id: Any) -> Any:
    """Download a mail as it was received"""
    mail_ingest, mail_id = services().mail_ingest, str(id)
    return downloads.download(
        lambda offset, length: mail_ingest.raw_message(id=mail_id, offset=offset, length=length), name=f"{id}.eml"
    )


@messages.route("/messages/<uuid:id>/attachments/<string(maxlength=100):part>", methods=["GET"])
@messages.response(200, BYTES, content_type="application/octet-stream")
def get_attachment(id: Any, part: str) -> Any:
    """Download an attachment

    Always to be saved, except for PNG, JPEG, GIF and WebP images.
    """
    mail_ingest, mail_id = services().mail_ingest, str(id)
    return downloads.download(
        lambda offset, length: mail_ingest.attachment(id=mail_id, part=part, offset=offset, length=length)
    )


@quarantine.route("/quarantine", methods=["GET"])
@quarantine.arguments(schemas.QuarantineQuery, location="query")
@quarantine.page_of(schemas.QuarantinePage)
def list_quarantined(query: dict[str, Any]) -> Any:
    """List mails in quarantine, newest first

    They cannot be parsed, or are larger than the limit of the mailbox that read them first. Another mailbox with a
    larger limit that gets the same mail does not let it in; a retry does.
    """
    return services().mail_ingest.quarantined(**page_arguments(query))


@quarantine.route("/quarantine/<uuid:id>/retry", methods=["POST"])
@quarantine.once
@quarantine.response(200, schemas.Retried)
def retry_quarantined(id: Any, by: Any) -> Any:
    """Try to parse a mail once more, whatever its size"""
    return services().mail_ingest.retry_quarantined(id=str(id), **by)


def _shown(message: dict[str, Any], *, remote_images: bool) -> dict[str, Any]:
    """The mail with its HTML made harmless and inline images pointing at their attachments."""
    html = message.get("html") or ""
    base = f"{PREFIX}/messages/{message['id']}/attachments"
    inline = {
        attachment["content_id"].strip("<>"): f"{base}/{attachment['part']}"
        for attachment in message.get("attachments", [])
        if attachment.get("content_id")
    }
    safe = mail_html.harmless(html, inline=inline, remote_images=remote_images) if html else None
    return {**message, "html": safe, "has_remote_images": mail_html.has_remote_images(html)}


def _as_json(data: dict[str, Any]) -> dict[str, Any]:
    """Settings as they travel: a date as a string."""
    first = data.get("first_sync_from")
    return {**data, "first_sync_from": first.isoformat()} if first else data
