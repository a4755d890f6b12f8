"""The recycle bin: a list of each kind, restore one or many."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlencode

from flask import Blueprint, Response, request, url_for

from gateway.parallel import few_at_once
from gateway.web import formats
from gateway.web.api import ApiProblem, Values, api
from gateway.web.language import gettext, msg, ngettext
from gateway.web.lists.kinds import KINDS, RecordKind
from gateway.web.mass.outcomes import SAID, Outcome, begin, chosen_ids
from gateway.web.pages import show
from gateway.web.parts import NOUNS, PAGES
from gateway.web.records.labels import owner
from gateway.web.tables import Listing, listing, name_of, names

NOBODY = Outcome()


def _documents(number: int) -> str:
    return ngettext("%(num)s document", "%(num)s documents", number, num=formats.number(number))


def _records(number: int) -> str:
    return ngettext("%(num)s record", "%(num)s records", number, num=formats.number(number))


@dataclass(frozen=True, slots=True)
class Single:
    """A kind of which the API restores one at a time, as ``RecordKind`` says it of the others.

    ``titled``: the field that names it. ``looks_into``: empty, where it cannot be searched.
    """

    name: str
    plural: str
    label: str
    icon: str
    titled: str
    looks_into: str = msg("Words of its name, or its number …")
    counted: Callable[[int], str] = _records

    @property
    def path(self) -> str:
        """Where it is in the API."""
        return f"/{self.plural}"


SINGLES = (
    Single("document", "documents", msg("Documents"), "file-text", "name", msg("Name of the file …"), _documents),
    Single("activity", "activities", msg("Activities"), "calendar-event", "subject", looks_into=""),
    Single("opportunity", "opportunities", msg("Opportunities"), "target", "name"),
    Single("quote", "quotes", msg("Quotes"), "file-text", "subject"),
    Single("invoice", "invoices", msg("Invoices"), "file-invoice", "subject"),
)
PLACES: dict[str, RecordKind | Single] = {**KINDS, **{one.plural: one for one in SINGLES}}

bin = Blueprint("bin", __name__, url_prefix="/recycle-bin")


@dataclass(frozen=True)
class Bin:
    """What the page shows."""

    kind: RecordKind | Single
    query: str
    listing: Listing
    became: Outcome = field(default_factory=lambda: NOBODY)

    @property
    def titled(self) -> str:
        """The field with the name of each."""
        return self.kind.titled if isinstance(self.kind, Single) else "name"


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
    if isinstance(kind, Single):
        became = _restored(kind, ids)
    elif ids:
        became = begin(kind, "restore", {}, ids=ids)
    return _show(_read(kind.plural, query, became))


def _restored(kind: Single, ids: list[str]) -> Outcome:
    """What became of what the API restores one at a time."""
    refused: dict[str, str] = {}

    def restored(id: str) -> None:
        try:
            api().post(f"{kind.path}/{id}/restore")
        except ApiProblem as problem:
            if problem.status == 401:
                raise
            refused[id] = problem.detail

    few_at_once({id: partial(restored, id) for id in ids})
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
    # These have one order only; of documents what was deleted last comes first.
    sort = {} if isinstance(kind, Single) else {"sort": "-updated_at"}
    query = query if kind.looks_into else ""
    return Bin(kind, query, listing(kind.path, url=url, query=query, deleted="true", **sort), became)


def _show(found: Bin) -> Response:
    part = "rows" if found.listing.appends else "results"
    homes = [record["record"] for record in found.listing.items] if found.kind.name == "document" else []
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
        if f"{kind}s" not in KINDS and kind in PAGES:
            url = url_for(PAGES[kind], id=id)
        found[id] = {"label": name_of(known[id]) if id in known else gettext(noun), "url": url}
    return found
