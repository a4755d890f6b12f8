"""A record's page: its head, and its tabs: what it says, what happened, what was changed."""

from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from flask import Blueprint, Response, request, url_for

from gateway.parallel import together
from gateway.web import formats, pages
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import msg
from gateway.web.records import happenings, labels
from gateway.web.records.kinds import Kind
from gateway.web.tables import Column, names, names_in

PAGE, LATEST = 30, 5
DEEDS = {
    "created": (msg("Entered"), "plus"),
    "updated": (msg("Edited"), "pencil"),
    "deleted": (msg("Deleted"), "trash"),
    "restored": (msg("Restored"), "arrow-back-up"),
    "merged": (msg("Merged with another one"), "git-merge"),
    "merged_away": (msg("Merged into another one"), "git-merge"),
    "unmerged": (msg("Another one was taken out again"), "arrow-back-up"),
    "came_back": (msg("Taken out of another one"), "arrow-back-up"),
}


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the tabs to the blueprint of a kind."""
    for path, endpoint, view in (("timeline", "timeline", timeline), ("changes", "changes", changes)):
        blueprint.add_url_rule(f"/<uuid:id>/{path}", endpoint, partial(view, kind))


def overview(kind: Kind, id: Any) -> Response:
    """All fields, block by block."""
    try:
        return pages.show("records/overview.html", **head(kind, id))
    except ApiProblem as problem:
        if not problem.survivor_id:
            raise
        return pages.go(kind.page, toast="merged_away", id=problem.survivor_id)


def head(kind: Kind, id: Any) -> Values:
    """What the head of each tab says."""
    asked = together(record=lambda: api().get(f"{kind.path}/{id}"), starred=lambda: _starred(kind, id))
    record = asked["record"]
    known = names_in([record], kind.refers) | labels.owners_of([record])
    said = {"kind": kind, "record": record, "names": known, "starred": asked["starred"]}
    if kind.name == "organization":
        subtitle = " · ".join(filter(None, (record["number"], record["industry"])))
        return {**said, "name": record["name"], "heading": record["name"], "subtitle": subtitle}
    firm = known.get(record["organization_id"], {}).get("label")
    subtitle = " · ".join(filter(None, (firm, record["department"], record["title"])))
    return {**said, "name": formats.person(record), "heading": formats.addressed(record), "subtitle": subtitle}


def _starred(kind: Kind, id: Any) -> bool:
    try:
        return bool(api().get(f"{kind.path}/{id}/star")["starred"])
    except ApiProblem:
        return False


def timeline(kind: Kind, id: Any) -> Response:
    """What happened, newest first; the latest few for the overview."""
    latest, cursor = "latest" in request.args, request.args.get("cursor", "")[:500]
    chosen = [word for word in request.args.getlist("kind") if word in happenings.SHOWN]
    query = {"kinds": ",".join(chosen), "cursor": cursor}
    items, following = api().pages(f"{kind.path}/{id}/timeline", up_to=LATEST if latest else PAGE, **query)
    here = url_for(f"{kind.plural}.timeline", id=id)
    pairs = [("kind", word) for word in chosen] + [("cursor", following or "")]
    people = names(sorted({one["record"]["id"] for one in items if one["record"]["id"] != str(id)}))
    shown: Values = {
        "items": [happenings.told(one, people) for one in items],
        "further": f"{here}?{urlencode(pairs)}" if following else None,
        "latest": latest,
        "chosen": chosen,
        "appends": bool(cursor) and pages.is_htmx(),
        "shown_kinds": happenings.SHOWN,
        "here_without_query": here,
        "fresh": uuid4().hex,
    }
    part = "more" if cursor else "entries"
    frame = {"kind": kind, "record": {"id": id}, "names": {}} if pages.is_htmx() else head(kind, id)
    return pages.show("records/timeline.html", part=part, **frame, **shown)


def changes(kind: Kind, id: Any) -> Response:
    """Who changed what, newest first."""
    cursor = request.args.get("cursor", "")[:500]
    items, following = api().pages(f"{kind.path}/{id}/changes", up_to=PAGE, cursor=cursor)
    here = url_for(f"{kind.plural}.changes", id=id)
    frame = {"kind": kind} if pages.is_htmx() else head(kind, id)
    shown = {
        "items": items,
        "further": f"{here}?{urlencode({'cursor': following})}" if following else None,
        "deeds": DEEDS,
        "field_label": labels.field_label,
        "column_of": lambda name: kind.input(name) or Column(name, name),
    }
    return pages.show("records/changes.html", part="changes", **{**frame, **shown, "names": _named(kind, items)})


def _named(kind: Kind, items: list[Values]) -> Values:
    """What the ids are called that changes speak of."""
    fields = [field for one in items for field in one["fields"]]
    values = {value for each in fields if each["field"] in kind.refers for value in (each["old"], each["new"]) if value}
    others = {one["other_id"] for one in items if one["other_id"]}
    charged = [
        {"owner_id": value} for each in fields if each["field"] == "owner_id" for value in (each["old"], each["new"])
    ]
    return names(sorted(values | others)) | labels.owners_of(charged)
