"""The documents of a record: put there, downloaded, deleted. The same for both kinds."""

from functools import partial
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request, url_for

from gateway.parallel import together
from gateway.web import pages
from gateway.web.api import Values, api
from gateway.web.language import msg
from gateway.web.records.kinds import Kind
from gateway.web.records.page import head
from gateway.web.tables import Column, listing

# What the API takes: more is told before it is sent.
MOST = 25_000_000
COLUMNS = (
    Column("name", msg("File"), "document", phone=True),
    Column("size", msg("Size"), "size", phone=True),
    Column("author_name", msg("Put there by"), phone=True),
    Column("created_at", msg("Moment"), "full_moment", phone=True),
)
DELETING = Column("version", msg("Delete"), "delete_document", phone=True)


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    its = "/<uuid:id>/documents"
    blueprint.add_url_rule(its, "documents", partial(documents, kind))
    blueprint.add_url_rule(f"{its}/new", "new_document", partial(new, kind))
    blueprint.add_url_rule(
        f"{its}/<uuid:document_id>/delete", "delete_document", partial(delete, kind), methods=["POST"]
    )
    blueprint.add_url_rule("/documents/<uuid:id>/restore", "restore_document", partial(restore, kind), methods=["POST"])


def documents(kind: Kind, id: Any) -> Response:
    """Its documents, newest first. The script that sent a file asks with ``added``, and is led back to where it was."""
    here = url_for(f"{kind.plural}.documents", id=id)
    if "added" in request.args:
        return pages.back(here, toast="document_added")
    asked = together(
        head=lambda: head(kind, id), listing=lambda: listing("/documents", url=here, kind=kind.name, id=str(id))
    )
    found = asked["listing"]
    part = "rows" if found.appends else "documents"
    shown = {"listing": found, "columns": COLUMNS, "deleting": DELETING, **_upload(here)}
    return pages.show("records/documents.html", part=part, **asked["head"], **shown)


def new(kind: Kind, id: Any) -> Response:
    """The form by which a document is put there from the page that one is on."""
    record = api().get(f"{kind.path}/{id}")
    shown = {"kind": kind, "record": record, **_upload(url_for(f"{kind.plural}.documents", id=id))}
    return pages.show("records/new_document.html", part="form", **shown)


def _upload(here: str) -> Values:
    return {"here_alone": here, "most": MOST, "once": uuid4().hex}


def delete(kind: Kind, id: Any, document_id: Any) -> Response:
    """Into the recycle bin; the toast can undo it."""
    api().delete(f"/documents/{document_id}", version=request.form.get("version", "")[:20])
    return pages.go(f"{kind.plural}.documents", toast=f"{kind.name}_document_deleted", about=document_id, id=id)


def restore(kind: Kind, id: Any) -> Response:
    """Out of the recycle bin, and to the documents of its record."""
    restored = api().post(f"/documents/{id}/restore", once=uuid4().hex)
    return pages.go(f"{kind.plural}.documents", toast="document_restored", id=restored["record"]["id"])
