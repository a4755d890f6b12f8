"""Opportunities, quotes and invoices: form and page of each, deleted with Undo. The same for all three."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, Response, request, url_for

from gateway.parallel import together
from gateway.web import formats, pages
from gateway.web.api import ApiProblem, Values, api
from gateway.web.records import plain, related, views
from gateway.web.records.kinds import Kind
from gateway.web.sales import papers
from gateway.web.sales.fields import INVOICE, OPPORTUNITY, QUOTE

OFFERED = 8
MOST_WRITTEN = 50

opportunities = Blueprint("opportunities", __name__, url_prefix="/opportunities")
quotes = Blueprint("quotes", __name__, url_prefix="/quotes")
invoices = Blueprint("invoices", __name__, url_prefix="/invoices")


def new(kind: Kind) -> Response:
    """An empty form; the organization is that of the contact that the address names."""
    return views.new(kind, **_organization())


def _organization() -> Values:
    given = request.args.get("contact_id", "")
    if not given or request.args.get("organization_id"):
        return {}
    try:
        return {"organization_id": api().get(f"/contacts/{UUID(given)}")["organization_id"]}
    except (ValueError, ApiProblem):
        return {}


def show(kind: Kind, id: UUID) -> Response:
    """A record's page."""
    record = api().get(f"{kind.path}/{id}")
    return _opportunity(record) if kind is OPPORTUNITY else papers.page(kind, record)


def _opportunity(record: Values) -> Response:
    """With the quotes and invoices that are written for it; without, where they cannot be read now."""
    asked = {plural: partial(_written, plural, record["id"]) for plural in ("quotes", "invoices")}
    written = [(related.CARDS[plural], rows) for plural, rows in together(**asked).items() if rows]
    return plain.page(OPPORTUNITY, record, template="sales/opportunity.html", written=written)


def _written(plural: str, id: str) -> list[Values]:
    try:
        found = api().get(f"/{plural}", opportunity_id=id, limit=MOST_WRITTEN)["items"]
    except ApiProblem:
        return []
    return [related.ROWS[plural](one) for one in found]


def remove(kind: Kind, id: UUID) -> Response:
    """Into the recycle bin; the toast can undo it."""
    return plain.remove(kind, api().get(f"{kind.path}/{id}"))


def restore(kind: Kind, id: UUID) -> Response:
    """Out of the recycle bin."""
    api().post(f"{kind.path}/{id}/restore", once=uuid4().hex)
    return pages.back(url_for(kind.page, id=id), toast=f"{kind.name}_restored")


for blueprint, kind in ((opportunities, OPPORTUNITY), (quotes, QUOTE), (invoices, INVOICE)):
    one = "/<uuid:id>"
    for method, path, endpoint, view in (
        ("GET", "/new", "new", new),
        ("POST", "/new", "create", views.create),
        ("GET", one, "show", show),
        ("GET", f"{one}/edit", "edit", views.edit),
        ("POST", f"{one}/edit", "update", views.update),
        ("POST", f"{one}/delete", "remove", remove),
        ("POST", f"{one}/restore", "restore", restore),
    ):
        blueprint.add_url_rule(path, endpoint, partial(view, kind), methods=[method])
for blueprint, kind in ((quotes, QUOTE), (invoices, INVOICE)):
    papers.install(blueprint, kind)


@opportunities.get("/pick")
def pick() -> Response:
    """Opportunities to choose from, as one types."""
    text = request.args.get("q", "").strip()[:200]
    found = [_option(one) for one in api().get("/opportunities", query=text, limit=OFFERED)["items"]]
    return pages.show("lists/pick.html", part="found", found=found, what="opportunities")


def _option(record: Values) -> dict[str, Any]:
    amount = formats.money(record["amount"], record["currency"])
    return {
        "id": record["id"],
        "label": record["name"],
        "further": " · ".join(filter(None, (record["number"], amount))),
    }
