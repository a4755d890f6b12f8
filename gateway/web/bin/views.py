"""The recycle bin: a list of each kind, restore one or many."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from gateway.web.api import api
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.lists.many import Outcome, chosen_ids, outcome
from gateway.web.pages import show
from gateway.web.records.labels import owner
from gateway.web.tables import Listing, listing

NOBODY = Outcome("", [], [])

bin = Blueprint("bin", __name__, url_prefix="/recycle-bin")


@dataclass(frozen=True)
class Bin:
    """What the page shows."""

    kind: RecordKind
    query: str
    listing: Listing
    became: Outcome = field(default_factory=lambda: NOBODY)


@bin.get("")
def index() -> Response:
    """What is in there, what was deleted last first."""
    return _show(_read(request.args.get("kind", ""), request.args.get("q", "")))


@bin.post("/restore")
def restore() -> Response:
    """Take records out, and show what became of each."""
    kind = KINDS.get(request.form.get("kind", ""), KINDS["contacts"])
    ids = chosen_ids(request.form)
    became = NOBODY
    if ids:
        answer = api().post(f"{kind.path}/bulk", {"ids": ids, "action": "restore", "data": {}})
        became = outcome(kind, "restore", answer["results"])
    return _show(_read(kind.plural, request.form.get("q", ""), became))


def _read(plural: str, typed: str, became: Outcome = NOBODY) -> Bin:
    kind, query = KINDS.get(plural, KINDS["contacts"]), typed.strip()[:200]
    address = {"kind": kind.plural, **({"q": query} if query else {})}
    url = f"/recycle-bin?{urlencode(address)}"
    return Bin(kind, query, listing(kind.path, url=url, query=query, deleted="true", sort="-updated_at"), became)


def _show(found: Bin) -> Response:
    part = "rows" if found.listing.appends else "results"
    return show("bin/bin.html", part=part, bin=found, kinds=KINDS.values(), owner=owner)
