"""The recycle bin: a list of each kind, restore one or many."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from gateway.parallel import together
from gateway.web import formats
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg, ngettext
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.mass.outcomes import SAID, Outcome, begin, chosen_ids
from gateway.web.pages import show
from gateway.web.records.happenings import NOUNS
from gateway.web.records.labels import name_of, owner
from gateway.web.tables import Listing, listing, names

NOBODY = Outcome()
AT_ONCE = 5


def _counted(number: int) -> str:
    return ngettext("%(num)s document", "%(num)s documents", number, num=formats.number(number))


@dataclass(frozen=True, slots=True)
class Documents:
    """The documents of the recycle bin, as ``RecordKind`` says it of records."""

    name: str = "document"
    plural: str = "documents"
    label: str = msg("Documents")
    icon: str = "file-text"
    looks_into: str = msg("Name of the file …")
    path: str = "/documents"
    counted: Callable[[int], str] = _counted


PLACES: dict[str, RecordKind | Documents] = {**KINDS, "documents": Documents()}

bin = Blueprint("bin", __name__, url_prefix="/recycle-bin")


@dataclass(frozen=True)
class Bin:
    """What the page shows."""

    kind: RecordKind | Documents
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
    kind = PLACES.get(request.form.get("kind", ""), KINDS["contacts"])
    query, ids = request.form.get("q", ""), chosen_ids(request.form)
    became = NOBODY
    if isinstance(kind, Documents):
        became = _restored(kind, ids)
    elif ids:
        became = begin(kind, "restore", {}, ids=ids)
    return _show(_read(kind.plural, query, became))


def _restored(kind: Documents, ids: list[str]) -> Outcome:
    """What became of documents; the API restores one at a time."""
    refused: dict[str, str] = {}

    def restored(id: str) -> None:
        try:
            api().post(f"{kind.path}/{id}/restore")
        except ApiProblem as problem:
            if problem.status == 401:
                raise
            refused[id] = problem.detail

    for start in range(0, len(ids), AT_ONCE):
        together(**{id: partial(restored, id) for id in ids[start : start + AT_ONCE]})
    done = len(ids) - len(refused)
    said = SAID["restore"]
    return Outcome(
        gettext(said, what=kind.counted(done)) if done else "",
        [("", reason) for reason in dict.fromkeys(refused.values())],
    )


def _read(plural: str, typed: str, became: Outcome = NOBODY) -> Bin:
    kind, query = PLACES.get(plural, KINDS["contacts"]), typed.strip()[:200]
    address = {"kind": kind.plural, **({"q": query} if query else {})}
    url = f"/recycle-bin?{urlencode(address)}"
    # Documents have one order only: what was deleted last comes first.
    sort = {} if isinstance(kind, Documents) else {"sort": "-updated_at"}
    return Bin(kind, query, listing(kind.path, url=url, query=query, deleted="true", **sort), became)


def _show(found: Bin) -> Response:
    part = "rows" if found.listing.appends else "results"
    homes = [record["record"] for record in found.listing.items] if isinstance(found.kind, Documents) else []
    shown: Values = {"bin": found, "kinds": PLACES.values(), "owner": owner, "homes": _homes(homes)}
    return show("bin/bin.html", part=part, **shown)


def _homes(records: list[Values]) -> dict[str, Values]:
    """Where documents belong, by id: what the record is called, and its page where it has one."""
    kinds = {one["id"]: one["kind"] for one in records}
    known = names(sorted(id for id, kind in kinds.items() if f"{kind}s" in KINDS))
    found = {}
    for id, kind in kinds.items():
        noun, _ = NOUNS[kind]
        url = f"/{kind}s/{id}/documents" if id in known else ""
        found[id] = {"label": name_of(known[id]) if id in known else gettext(noun), "url": url}
    return found
