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
REMOVED, REPLACED = msg("The image is removed."), msg("The image is replaced.")


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    one = "/<uuid:id>"
    blueprint.add_url_rule(f"{one}/star", "star", partial(star, kind), methods=["POST"])
    blueprint.add_url_rule(f"{one}/tags", "tags", partial(tags, kind), methods=["POST"])
    blueprint.add_url_rule(f"{one}/portrait", "portrait", partial(portrait, kind), methods=["GET"])
    blueprint.add_url_rule(f"{one}/image", "image", partial(image, kind), methods=["GET"])
    blueprint.add_url_rule(f"{one}/image", "put_image", partial(put_image, kind), methods=["POST"])
    restoring = partial(restore_image, kind)
    blueprint.add_url_rule(f"{one}/image/restore", "restore_image", restoring, methods=["POST"])


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
    """A tag more, or one less, which the toast puts back into its place."""
    add, remove, problem = request.form.get("add", "").strip(), request.form.get("remove", ""), None
    removed = None
    if add or remove:
        try:
            removed = _tag(kind, id, add, remove)
        except ApiProblem as refusal:
            if refusal.status != 422:
                raise
            problem = " ".join(refusal.sentences())
    if not pages.is_htmx() and not problem:
        return pages.go(kind.page, id=id)
    record = api().get(f"{kind.path}/{id}")
    shown = {"kind": kind, "record": record, "tag_problem": problem, "tagging": True, "removed": removed}
    return pages.show("records/tags_page.html", part="tags", **shown)


def _tag(kind: Kind, id: Any, add: str, remove: str, *, again: bool = True) -> Values | None:
    """Which tag was removed, and from which place."""
    now = api().get(f"{kind.path}/{id}")
    kept = [tag for tag in now["tags"] if tag != remove]
    if add:
        kept.insert(request.form.get("place", len(kept), int), add)
    try:
        api().patch(f"{kind.path}/{id}", {"tags": kept}, version=now["version"])
    except ApiProblem as refusal:
        if refusal.status != 412 or not again:
            raise
        # Somebody saved the record in between.
        return _tag(kind, id, add, remove, again=False)
    return {"tag": remove, "place": now["tags"].index(remove)} if remove in now["tags"] else None


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
    """Another image, or none; the toast gives the one from before back."""
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
        return _portrait(kind, id, problem=" ".join(problem.sentences()), status=problem.status)
    if not pages.is_htmx():
        return pages.go(kind.page, id=id)
    return _portrait(kind, id, done=REMOVED if request.form.get("remove") else REPLACED)


def restore_image(kind: Kind, id: Any) -> Response:
    """The image from before."""
    api().post(f"{kind.path}/{id}/image/restore", once=uuid4().hex)
    return pages.go(kind.page, toast="image_restored", id=id)


def _portrait(kind: Kind, id: Any, *, problem: str | None = None, done: str = "", status: int = 200) -> Response:
    record: Values = api().get(f"{kind.path}/{id}")
    name = formats.person(record) if kind.name == "contact" else record["name"]
    shown = {"kind": kind, "record": record, "name": name, "problem": problem, "fresh": uuid4().hex}
    shown["image"] = _has_image(kind, id)
    # Only what there was can come back: the form says whether it was seen.
    had = bool(request.form.get("shown"))
    shown["done"] = done if had and (done != REMOVED or not shown["image"]) else ""
    return pages.show("records/portrait.html", part="portrait", status=status, **shown)


def _has_image(kind: Kind, id: Any) -> bool:
    try:
        api().file(f"{kind.path}/{id}/image")
    except ApiProblem as problem:
        if problem.status in (401, 403):
            raise
        return False
    return True
