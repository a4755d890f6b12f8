"""Taking a record off another one that it belongs to, and putting it back by Undo."""

from collections.abc import Callable
from functools import partial
from uuid import UUID, uuid4

from flask import Blueprint, Response, url_for

from gateway.web import pages
from gateway.web.api import Values, api
from gateway.web.records.kinds import Kind

# By the part of what belongs to a record: where its records are in the API.
PATHS = {
    "activities": "activities",
    "opportunities": "opportunities",
    "reports": "contacts",
    "contacts": "contacts",
    "organizations": "organizations",
}
# The field that names the record, where that is not the record's own name.
FIELDS = {"reports": "reports_to_id", "contacts": "organization_id", "organizations": "member_of_id"}


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    for part in PATHS:
        for deed, view in (("unlink", unlink), ("link", link)):
            path = f"/<uuid:id>/{part}/<uuid:other>/{deed}"
            blueprint.add_url_rule(path, f"{deed}_{part}", partial(view, kind, part), methods=["POST"])


def unlink(kind: Kind, part: str, id: UUID, other: UUID) -> Response:
    """The other record does not belong to this one any more; the toast can undo it."""
    _change(part, other, lambda found: _without(kind, part, str(id), found))
    return pages.back(url_for(kind.page, id=id), toast=f"{kind.name}_unlinked_{part}", about=f"{id}:{other}")


def link(kind: Kind, part: str, id: UUID, other: UUID) -> Response:
    """It belongs to it again."""
    _change(part, other, lambda found: _with(kind, part, str(id), found))
    return pages.back(url_for(kind.page, id=id), toast="linked")


def _change(part: str, other: UUID, change: Callable[[Values], Values]) -> None:
    path = f"/{PATHS[part]}/{other}"
    found = api().get(path)
    api().patch(path, change(found), version=found["version"], once=uuid4().hex)


def _field(kind: Kind, part: str) -> str:
    return FIELDS.get(part, f"{kind.name}_id")


def _without(kind: Kind, part: str, id: str, found: Values) -> Values:
    if part == "activities":
        return {"about": [one for one in found["about"] if one["id"] != id]}
    return {_field(kind, part): None}


def _with(kind: Kind, part: str, id: str, found: Values) -> Values:
    if part == "activities":
        return {"about": [*_without(kind, part, id, found)["about"], {"kind": kind.name, "id": id}]}
    return {_field(kind, part): id}
