"""All records of a kind that belong to a contact or an organization, beyond the newest few of its card."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, request, url_for

from gateway.web import pages
from gateway.web.api import Values, api
from gateway.web.records import related
from gateway.web.records.kinds import Kind
from gateway.web.records.page import head

PAGE = 50


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the view to the blueprint of a kind."""
    blueprint.add_url_rule("/<uuid:id>/all/<part>", "whole", partial(whole, kind))


def whole(kind: Kind, id: Any, part: str) -> Response:
    """Page by page, as the API has them."""
    if part not in related.LISTED:
        abort(404)
    cursor = request.args.get("cursor", "")[:500]
    path = f"/{related.ACTIVITIES.get(part, part)}"
    items, following = api().pages(path, up_to=PAGE, cursor=cursor, **_of(kind, id, part))
    here = url_for(f"{kind.plural}.whole", id=id, part=part)
    shown: Values = {
        "card": related.card(kind, id, part, items),
        "further": f"{here}?{urlencode({'cursor': following})}" if following else None,
        "appends": bool(cursor) and pages.is_htmx(),
    }
    frame = {"kind": kind, "record": {"id": id}, "names": {}} if pages.is_htmx() else head(kind, id)
    return pages.show("records/whole.html", part="more", **frame, **shown)


def _of(kind: Kind, id: Any, part: str) -> Values:
    if part in related.ACTIVITIES:
        return {"about_kind": kind.name, "about_id": str(id), "state": part.partition("_")[0]}
    if part == "tickets" and kind.name == "contact":
        return {"customer_id": str(id)}
    return {f"{kind.name}_id": str(id)}
