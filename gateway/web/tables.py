"""A list of records as a page: its columns, more at the end; its state is in the URL."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from gateway.web import formats
from gateway.web.api import ApiProblem, Values, api

PAGE = 50
MOST = 500
NAMES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list. ``kind`` chooses the macro of shell/cells.html; ``phone``: shown on narrow screens too."""

    name: str
    label: str
    kind: str = "text"
    phone: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """What a list page shows. ``shown``: how many entries the URL asks for; ``cursor``: where the next ones begin."""

    items: list[Values]
    names: Mapping[str, Values]
    shown: int
    cursor: str | None
    appends: bool
    url: str

    @property
    def longer(self) -> str:
        """The address of the list with a page more; empty: there are no more, or too many to scroll through."""
        if not self.cursor or self.shown >= MOST:
            return ""
        return f"{self.url}{'&' if '?' in self.url else '?'}shown={self.shown + PAGE}"


def listing(path: str, *, url: str, refers: Iterable[str] = (), **query: Any) -> Listing:
    """The list that the request asks for: all of it up to where one had scrolled, or, for htmx, what comes next.

    ``url``: where the list is, with all that narrows it; ``refers``: fields that hold ids of records, whose names are
    looked up.
    """
    asked = request.args.get("shown", "")
    shown = min(max(int(asked) if asked.isdecimal() and len(asked) < 6 else PAGE, PAGE), MOST)
    cursor = request.args.get("cursor", "")[:500]
    up_to = PAGE if cursor else shown
    items, following = api().pages(path, up_to=up_to, cursor=cursor, **query)
    return Listing(items, names_in(items, refers), shown, following, bool(cursor), url)


def names_in(records: Iterable[Values], refers: Iterable[str]) -> dict[str, Values]:
    """What the records are called that these name, by id; without those that cannot be looked up now."""
    wanted = sorted({record[field] for record in records for field in refers if record.get(field)})
    return names(wanted)


def name_of(record: Mapping[str, Any]) -> str:
    """What a contact or an organization is called: the record itself, or what ``names`` tells of it."""
    return formats.person(record) or str(record.get("label") or record.get("name", ""))


def names(ids: list[str]) -> dict[str, Values]:
    """What records are called, by id. A page is worth showing without, so nothing where contacts does not answer."""
    found: dict[str, Values] = {}
    for start in range(0, len(ids), NAMES_AT_ONCE):
        part = ",".join(ids[start : start + NAMES_AT_ONCE])
        try:
            found |= {one["id"]: one for one in api().get("/names", ids=part)["items"]}
        except ApiProblem:
            return found
    return found
