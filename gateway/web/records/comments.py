"""Comments on the timeline of a record: written, and changed, deleted and taken back. The same for both kinds."""

from functools import partial
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request

from gateway.web import pages
from gateway.web.api import api
from gateway.web.records.kinds import Kind


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    its = "/<uuid:id>/comments"
    routes = (
        (its, "comment", add),
        (f"{its}/<uuid:comment_id>", "change_comment", change),
        (f"{its}/<uuid:comment_id>/delete", "delete_comment", delete),
        ("/comments/<uuid:id>/restore", "restore_comment", restore),
    )
    for path, endpoint, view in routes:
        blueprint.add_url_rule(path, endpoint, partial(view, kind), methods=["POST"])


def add(kind: Kind, id: Any) -> Response:
    """A comment, and back to the timeline."""
    body = {"record": {"kind": kind.name, "id": str(id)}, "text": _text()}
    api().post("/comments", body, once=request.form.get("once", "")[:100])
    return pages.go(f"{kind.plural}.timeline", toast="comment_added", id=id)


def change(kind: Kind, id: Any, comment_id: Any) -> Response:
    """Another text, and back to the timeline."""
    api().patch(f"/comments/{comment_id}", {"text": _text()}, version=_version())
    return pages.go(f"{kind.plural}.timeline", toast="comment_changed", id=id)


def delete(kind: Kind, id: Any, comment_id: Any) -> Response:
    """Off the timeline; the toast can undo it."""
    api().delete(f"/comments/{comment_id}", version=_version())
    return pages.go(f"{kind.plural}.timeline", toast=f"{kind.name}_comment_deleted", about=comment_id, id=id)


def restore(kind: Kind, id: Any) -> Response:
    """Back onto the timeline where it stood; an organization's shows the comments on its people too."""
    record = api().post(f"/comments/{id}/restore", once=uuid4().hex)["record"]
    return pages.go(f"{record['kind']}s.timeline", toast="comment_restored", id=record["id"])


def _text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n").strip()


def _version() -> str:
    return request.form.get("version", "")[:20]
