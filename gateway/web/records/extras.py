"""What is changed on a record's page itself: star, tags, image. The same for both kinds."""

from base64 import b64encode
from functools import partial
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, request

from gateway.web import formats, pages
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg
from gateway.web.records.kinds import Kind

NO_FILE = msg("Choose a file first.")


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    one = "/<uuid:id>"
    blueprint.add_url_rule(f"{one}/star", "star", partial(star, kind), methods=["POST"])
    blueprint.add_url_rule(f"{one}/tags", "tags", partial(tags, kind), methods=["POST"])
    blueprint.add_url_rule(f"{one}/portrait", "portrait", partial(portrait, kind), methods=["GET"])
    blueprint.add_url_rule(f"{one}/image", "image", partial(image, kind), methods=["GET"])
    blueprint.add_url_rule(f"{one}/image", "put_image", partial(put_image, kind), methods=["POST"])


def star(kind: Kind, id: Any) -> Response:
    """Mark the record, or take the mark away."""
    path = f"{kind.path}/{id}/star"
    starred = bool(request.form.get("starred"))
    if starred:
        api().put(path)
    else:
        api().delete(path)
    if not pages.is_htmx():
        return pages.go(kind.page, id=id)
    return pages.show("records/star_page.html", part="star", kind=kind, record={"id": id}, starred=starred)


def tags(kind: Kind, id: Any) -> Response:
    """A tag more, or one less."""
    add, remove, problem = request.form.get("add", "").strip(), request.form.get("remove", ""), None
    if add or remove:
        try:
            _tag(kind, id, add, remove)
        except ApiProblem as refusal:
            if refusal.status != 422:
                raise
            problem = _told(refusal)
    if not pages.is_htmx() and not problem:
        return pages.go(kind.page, id=id)
    record = api().get(f"{kind.path}/{id}")
    shown = {"kind": kind, "record": record, "tag_problem": problem, "tagging": True}
    return pages.show("records/tags_page.html", part="tags", **shown)


def _tag(kind: Kind, id: Any, add: str, remove: str, *, again: bool = True) -> None:
    now = api().get(f"{kind.path}/{id}")
    kept = [tag for tag in now["tags"] if tag != remove]
    try:
        api().patch(f"{kind.path}/{id}", {"tags": [*kept, add] if add else kept}, version=now["version"])
    except ApiProblem as refusal:
        if refusal.status != 412 or not again:
            raise
        # Somebody saved the record in between.
        _tag(kind, id, add, remove, again=False)


def _told(problem: ApiProblem) -> str:
    """The sentences of a refusal."""
    return " ".join(sentence for sentences in problem.errors.values() for sentence in sentences) or problem.detail


def portrait(kind: Kind, id: Any) -> Response:
    """The image, or the initials where there is none; and the way to another one."""
    return _portrait(kind, id)


def image(kind: Kind, id: Any) -> Response:
    """The image itself."""
    content, content_type = api().file(f"{kind.path}/{id}/image")
    response = Response(content, content_type=content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def put_image(kind: Kind, id: Any) -> Response:
    """Another image, or none."""
    path, file = f"{kind.path}/{id}/image", request.files.get("image")
    try:
        if request.form.get("remove"):
            api().delete(path)
        elif file is None or not file.filename:
            return _portrait(kind, id, problem=gettext(NO_FILE), status=422)
        else:
            api().put(path, {"content": b64encode(file.read()).decode()}, once=uuid4().hex)
    except ApiProblem as problem:
        if problem.status not in (413, 422):
            raise
        return _portrait(kind, id, problem=_told(problem), status=problem.status)
    return _portrait(kind, id) if pages.is_htmx() else pages.go(kind.page, id=id)


def _portrait(kind: Kind, id: Any, *, problem: str | None = None, status: int = 200) -> Response:
    record: Values = api().get(f"{kind.path}/{id}")
    name = formats.person(record) if kind.name == "contact" else record["name"]
    shown = {"kind": kind, "record": record, "name": name, "problem": problem, "fresh": uuid4().hex}
    shown["image"] = _has_image(kind, id)
    return pages.show("records/portrait.html", part="portrait", status=status, **shown)


def _has_image(kind: Kind, id: Any) -> bool:
    try:
        api().file(f"{kind.path}/{id}/image")
    except ApiProblem as problem:
        if problem.status in (401, 403):
            raise
        return False
    return True
