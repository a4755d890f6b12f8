"""A record's page: its head, and what it says about it."""

from typing import Any

from flask import Response

from gateway.web import formats, pages
from gateway.web.api import Values, api
from gateway.web.records import labels
from gateway.web.records.kinds import Kind
from gateway.web.tables import names_in


def overview(kind: Kind, id: Any) -> Response:
    """All fields, block by block."""
    record = api().get(f"{kind.path}/{id}")
    names = names_in([record], kind.refers) | labels.owners_of([record])
    return pages.show("records/page.html", names=names, **head(kind, record, names))


def head(kind: Kind, record: Values, names: Values) -> Values:
    """What the head of the page says."""
    if kind.name == "contact":
        firm = names.get(record["organization_id"], {}).get("label")
        subtitle = " · ".join(filter(None, (firm, record["department"], record["title"])))
        said = {"title": formats.person(record), "heading": formats.addressed(record), "subtitle": subtitle}
    else:
        said = {"title": record["name"], "heading": record["name"], "subtitle": record["industry"]}
    return {"kind": kind, "record": record, **said}
