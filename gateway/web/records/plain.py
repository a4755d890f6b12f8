"""The page of a record that has no tabs, such as an activity or a quote: what it says, and what can be done with it."""

from dataclasses import replace
from typing import Any

from flask import Response, url_for

from gateway.web import pages
from gateway.web.api import Values, api
from gateway.web.records import labels
from gateway.web.records.kinds import Block, Kind
from gateway.web.tables import names_in


def page(
    kind: Kind, record: Values, *, template: str = "records/plain.html", without: str = "", **more: Any
) -> Response:
    """A record by its fields; what is empty is left out, and the block that is called ``without``."""
    shown = kind.into_form(record)
    pointers = [f"{one['kind']}:{one['id']}" for name in kind.lists for one in shown[name]]
    title = shown[kind.heading.columns[0].name]
    known = (
        names_in([record], kind.refers)
        | labels.owners_of([record, {"owner_id": record.get("assigned_to")}])
        | labels.pointed(pointers)
    )
    filled = (_filled(block, shown) for block in kind.on_page if block.title != without)
    said: Values = {
        "kind": kind,
        "record": shown,
        "names": known | {id: {"label": name} for id, name in labels.opportunities(kind, record).items()},
        "title": title,
        "blocks": [block for block in filled if block.columns],
    }
    return pages.show(template, **{**said, **more})


def _filled(block: Block, record: Values) -> Block:
    return replace(block, columns=tuple(column for column in block.columns if _is_there(record.get(column.name))))


def _is_there(value: Any) -> bool:
    return bool(value) or (value == 0 and value is not False)


def remove(kind: Kind, record: Values) -> Response:
    """Into the recycle bin, and back; the toast can undo it. From its own page to the record that it belongs to."""
    api().delete(f"{kind.path}/{record['id']}", version=record["version"])
    toast, away = f"{kind.name}_deleted", home(record)
    if pages.asked_from() == url_for(kind.page, id=record["id"]):
        return pages.go_to(away, toast=toast, about=record["id"])
    return pages.back(away, toast=toast, about=record["id"])


def home(record: Values) -> str:
    """The page of the contact or the organization that a record belongs to, else the first page."""
    about = {one["kind"]: one["id"] for one in record.get("about", ())}
    if contact := record.get("contact_id") or about.get("contact"):
        return url_for("contacts.show_contact", id=contact)
    if organization := record.get("organization_id") or about.get("organization"):
        return url_for("organizations.show_organization", id=organization)
    return url_for("shell.home")
