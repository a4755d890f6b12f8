"""What quotes and invoices alone have: lines that are added up as one types, stages, an invoice of a quote."""

from functools import partial
from uuid import UUID, uuid4

from flask import Blueprint, Response, request

from gateway.web import formats, pages
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg
from gateway.web.records import plain
from gateway.web.records.kinds import Kind
from gateway.web.sales import lines
from gateway.web.sales.fields import LINES

DRAFT = "Created"
UNFINISHED = msg("The totals follow as soon as each line has a price and a quantity that are numbers.")
# What a button says that brings a document to a stage.
DEEDS = {
    "Created": msg("Back to the draft"),
    "Delivered": msg("Mark as delivered"),
    "Reviewed": msg("Mark as reviewed"),
    "Accepted": msg("Accepted by the customer"),
    "Rejected": msg("Rejected by the customer"),
    "Approved": msg("Approve"),
    "Sent": msg("Mark as sent"),
    "Paid": msg("Mark as paid"),
    "Cancelled": msg("Cancel the invoice"),
}

# To which stages an invoice goes for good, and what that means.
FINAL = {
    "Sent": msg(
        "From then on it is issued: what is written on it stays, and it cannot become a draft again. "
        "Where something turns out to be wrong, cancel it and write a new one."
    ),
    "Cancelled": msg(
        "A cancelled invoice stays cancelled, and is kept with its number. "
        "For what is still to be paid, write a new one."
    ),
}

papers = Blueprint("papers", __name__)


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the views to the blueprint of a kind."""
    one = "/<uuid:id>/stage"
    blueprint.add_url_rule(one, "stage", partial(stage, kind), methods=["POST"])
    blueprint.add_url_rule(f"{one}/back/<int:place>", "stage_back", partial(stage_back, kind), methods=["POST"])
    if kind.name == "quote":
        blueprint.add_url_rule("/<uuid:id>/invoice", "invoice", invoice, methods=["POST"])
    else:
        blueprint.add_url_rule(f"{one}/<any({', '.join(FINAL)}):step>", "final_stage", final_stage)


def page(kind: Kind, record: Values) -> Response:
    """A quote or an invoice with its lines and totals."""
    steps = [(step, DEEDS[step]) for step in record["following"] if step in DEEDS]
    named = record["issuer"] or api().get("/issuer")
    more: Values = {"steps": steps, "is_draft": record["stage"] == DRAFT, "issuer": named}
    # Back from paid to sent is no step for good.
    more["final"] = [step for step in FINAL if kind.name == "invoice" and record["stage"] != "Paid"]
    return plain.page(kind, record, template="sales/paper.html", without=LINES.title, **more)


def stage(kind: Kind, id: UUID) -> Response:
    """To another stage; the toast leads back to the one before, where that is possible."""
    record = api().get(f"{kind.path}/{id}")
    changed = _move(kind, record, request.form.get("stage", ""))
    before = record["stage"]
    toast = f"{kind.name}_stage_changed" if before in changed["following"] else "stage_changed"
    return pages.go(kind.page, toast=toast, about=f"{id}:{list(DEEDS).index(before)}", id=id)


def stage_back(kind: Kind, id: UUID, place: int) -> Response:
    """To the stage of this place among all."""
    _move(kind, api().get(f"{kind.path}/{id}"), dict(enumerate(DEEDS)).get(place, ""))
    return pages.go(kind.page, toast="stage_back", id=id)


def _move(kind: Kind, record: Values, wanted: str) -> Values:
    path = f"{kind.path}/{record['id']}"
    moved: Values = api().patch(path, {"stage": wanted}, version=record["version"], once=uuid4().hex)
    return moved


def final_stage(id: UUID, step: str) -> Response:
    """What it means that an invoice goes to a stage for good, and the button that does it."""
    record = api().get(f"/invoices/{id}")
    if step not in record["following"]:
        return pages.go("invoices.show", id=id)
    return pages.show("sales/final.html", part="ask", record=record, step=step, words=DEEDS[step], means=FINAL[step])


def invoice(id: UUID) -> Response:
    """An invoice of a quote, and to its page; to the one that there is already, where there is one."""
    try:
        made = api().post(f"/quotes/{id}/invoice", {}, once=request.form.get("once", "")[:100])
    except ApiProblem as problem:
        if not problem.invoice_id:
            raise
        return pages.go("invoices.show", toast="invoice_there", id=problem.invoice_id)
    return pages.go("invoices.show", toast="invoice_made", id=made["id"])


@papers.post("/papers/totals")
def totals() -> Response:
    """What the lines in a form come to, as the API works it out; each row's amount for its own place."""
    rows = lines.rows(request.form)
    filled = [row for row in rows if lines.is_filled(row)]
    # A line that has no name yet has an amount already.
    named = [{**line, "name": line["name"] or "–"} for line in lines.sent(filled)]
    asked: Values = {"lines": named, "tax_included": bool(request.form.get("tax_included"))}
    asked |= {name: request.form[name][:10] for name in ("currency", "rounding") if request.form.get(name)}
    try:
        found = api().post("/quotes/totals", asked)
    except ApiProblem as problem:
        if problem.status != 422:
            raise
        told = problem.errors.get("lines")
        # What is wrong with one line is told when it is saved.
        trouble = str(told[0]) if isinstance(told, list) and told else gettext(UNFINISHED)
        return pages.show("sales/totals.html", part="totals", found=None, trouble=trouble)
    amounts = iter(found["lines"])
    each = [formats.money(next(amounts)["amount"], found["currency"]) if lines.is_filled(row) else "" for row in rows]
    return pages.show("sales/totals.html", part="totals", found=found, amounts=each)
