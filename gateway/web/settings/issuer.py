"""Who issues quotes and invoices: name, address, registration number, bank account."""

from uuid import uuid4

from flask import Blueprint, Response, make_response, request

from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import msg
from gateway.web.lists.screen import faults
from gateway.web.pages import go, show

# Label, longest text, and whether it has several lines.
FIELDS = {
    "name": (msg("Name of the company"), 255, False),
    "postal_code": (msg("Postal code"), 20, False),
    "address": (msg("Address"), 500, True),
    "phone": (msg("Phone"), 64, False),
    "email": (msg("Mail address"), 320, False),
    "registration_number": (msg("Registration number: T and 13 digits"), 30, False),
    "bank_account": (msg("Bank account, as it stands on invoices"), 500, True),
}
ROUNDINGS = {"down": msg("Down"), "up": msg("Up"), "half_up": msg("To the nearest")}

issuer = Blueprint("issuer", __name__, url_prefix="/settings/issuer")


@issuer.get("")
def index() -> Response:
    """What stands on documents that are issued from now on."""
    return _page(api().get("/issuer"))


@issuer.post("")
def update() -> Response:
    """What was typed goes to the API; documents that were issued keep what they have."""
    typed: Values = {name: request.form.get(name, "").replace("\r\n", "\n").strip() for name in FIELDS}
    typed["rounding"] = request.form.get("rounding", "down")
    version = request.form.get("version", "0")[:10]
    try:
        saved = api().patch("/issuer", typed, version=version, once=uuid4().hex)
    except ApiProblem as problem:
        if problem.status not in (409, 412, 422):
            raise
        told = faults(problem)
        return _page({**typed, "version": version}, errors=told, trouble="" if told else problem.detail)
    if saved["hints"]:
        return _page(saved)
    return go("issuer.index", toast="settings_saved")


def _page(found: Values, *, errors: dict[str, str] | None = None, trouble: str = "") -> Response:
    hints = {name: " ".join(told) for name, told in found.get("hints", {}).items()}
    values: Values = {"found": found, "fields": FIELDS, "roundings": ROUNDINGS, "hints": hints, "trouble": trouble}
    return make_response(
        show("settings/issuer.html", status=422 if errors or trouble else 200, errors=errors or {}, **values)
    )
