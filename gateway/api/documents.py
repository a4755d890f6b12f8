"""Documents: files with a contact, an organization, a lead or a ticket."""

from typing import Any

from flask import current_app

from contracts.errors import Invalid
from gateway import downloads, uploads
from gateway.api.blueprint import Resource, page_arguments
from gateway.api.schemas import documents as schemas
from gateway.calls import services

MAX_FILE = 25_000_000
TOO_LARGE = f"The file is larger than {MAX_FILE:,} bytes. Make it smaller, or split it."
NAME_IT = "Name it, or ask for the recycle bin (deleted=true)."
BYTES = {"type": "string", "format": "binary"}

documents = Resource("documents", description="Files with a contact, an organization, a lead or a ticket.")


@documents.route("/documents", methods=["POST"])
@documents.doc(**uploads.BODY)
@documents.arguments(schemas.UploadQuery, location="query")
@documents.once
@documents.versioned(201, schemas.Document)
def upload_document(query: dict[str, Any], by: Any) -> Any:
    """Put a file with a record

    The file is the body, as `application/octet-stream`, at most 25 MB. What it is is told by its bytes.
    """
    uploads.check_length(MAX_FILE, TOO_LARGE)
    record = {"kind": query["kind"], "id": query["id"]}
    history = current_app.extensions["musubi"].history
    return uploads.hand_on(
        history.begin_document(record=record, name=query["name"], **by)["id"],
        take=history.take_document_piece,
        discard=history.discard_document,
        complete=history.complete_document,
        most=MAX_FILE,
        too_large=TOO_LARGE,
    )


@documents.route("/documents", methods=["GET"])
@documents.arguments(schemas.DocumentQuery, location="query")
@documents.page_of(schemas.DocumentPage)
def list_documents(query: dict[str, Any]) -> Any:
    """List the documents of a record

    Newest first; `deleted=true`: those in the recycle bin, without a record all of them, what was deleted last first.
    """
    asked, history = page_arguments(query), services().history
    named = [name for name in ("kind", "id") if name in asked]
    if not named and asked.pop("deleted", False):
        return history.deleted_documents(**asked)
    if len(named) < 2:
        missing = {name: [NAME_IT] for name in ("kind", "id") if name not in asked}
        raise Invalid("A record is named by its kind and its id.", fields=missing)
    if asked.pop("query", None):
        raise Invalid("Only the recycle bin is searched.", fields={"query": ["Leave it out, or name no record."]})
    return history.documents(**asked)


@documents.route("/documents/<uuid:id>", methods=["GET"])
@documents.versioned(200, schemas.Document)
def get_document(id: Any) -> Any:
    """Read what a document is"""
    return services().history.document(id=str(id))


@documents.route("/documents/<uuid:id>/content", methods=["GET"])
@documents.response(200, BYTES, content_type="application/octet-stream")
def get_document_content(id: Any) -> Any:
    """Download a document

    Always to be saved, never shown in place. Images have their type, everything else is `application/octet-stream`.
    """
    history, document_id = services().history, str(id)
    return downloads.download(
        lambda offset, length: history.document_content(id=document_id, offset=offset, length=length)
    )


@documents.route("/documents/<uuid:id>", methods=["DELETE"])
@documents.needs_version
@documents.once
@documents.response(204)
def delete_document(id: Any, version: int, by: Any) -> None:
    """Put a document into the recycle bin"""
    services().history.delete_document(id=str(id), version=version, **by)


@documents.route("/documents/<uuid:id>/restore", methods=["POST"])
@documents.once
@documents.versioned(200, schemas.Document)
def restore_document(id: Any, by: Any) -> Any:
    """Take a document out of the recycle bin"""
    return services().history.restore_document(id=str(id), **by)
