"""What a list's address says: words, filter, order, columns, saved list. All of it is in the URL."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from flask import request
from werkzeug.datastructures import MultiDict

from gateway.web.lists import drafts, fields
from gateway.web.lists.drafts import Draft
from gateway.web.lists.kinds import RecordKind
from gateway.web.tables import Column

MAX_TEXT = 4_000
MOST_COLUMNS = 30
ON_PHONES = 3
NO_FILTER = '{"match":"all","conditions":[]}'
NEWEST_FIRST = "-created_at"
_REACHED = ("phones", "addresses", "owner_id")


def _where(field: str, operator: str, value: Any = None) -> Mapping[str, Any]:
    condition = {"field": field, "operator": operator} | ({} if value is None else {"value": value})
    return {"filter": {"match": "all", "conditions": [condition]}}


def _birthdays(period: str) -> Mapping[str, Any]:
    columns = ("organization_id", "birthday", *_REACHED)
    return {**_where("birthday", "anniversary_in", period), "columns": columns, "sort": "name"}


# Lists that everybody has, as far as a kind has a name for them: the filter, or whether only those with a star. Of the
# columns those are shown that the kind has.
BUILT_IN: Mapping[str, Mapping[str, Any]] = {
    "all": {},
    "mine": _where("owner_id", "is_me"),
    "starred": {"starred": True},
    "new_this_week": {
        **_where("created_at", "in_period", "this_week"),
        "columns": ("organization_id", "title", "industry", "type", *_REACHED, "created_at"),
    },
    "birthdays_today": _birthdays("today"),
    "birthdays_this_week": _birthdays("this_week"),
    "postal_addresses": {
        "columns": ("organization_id", *(f"mailing_{part}" for part in fields.PLACE_PARTS if part != "po_box")),
        "sort": "name",
    },
    "prospects": _where("type", "one_of", ["Prospect"]),
}


@dataclass(frozen=True, slots=True)
class State:
    """What a list shows. ``filter``, ``sort``, ``columns``: None where the address does not say.

    ``filter_text``: the filter as it stands there, for what cannot be read.
    """

    kind: RecordKind
    query: str = ""
    view: str = ""
    filter: Draft | None = None
    sort: str | None = None
    columns: tuple[str, ...] | None = None
    filter_text: str = ""

    def url(self, **changes: Any) -> str:
        """The address of the same list with something changed."""
        return self.kind.path + (f"?{urlencode(pairs)}" if (pairs := replace(self, **changes).pairs()) else "")

    def pairs(self) -> dict[str, str]:
        """The parameters of the address."""
        text = self.filter_text if self.filter is None else drafts.text_of(self.filter)
        if self.filter is not None and not text and self.view not in ("", "all"):
            text = NO_FILTER
        columns = ",".join(self.columns) if self.columns is not None else ""
        found = {"q": self.query, "view": self.view, "filter": text, "sort": self.sort or "", "columns": columns}
        return {name: value for name, value in found.items() if value}

    @property
    def changed(self) -> bool:
        """Whether the address says more than which saved list."""
        return bool(self.filter is not None or self.sort or self.columns is not None)


def from_request(kind: RecordKind) -> State:
    """What the present address, or the form of a list, says."""
    return from_values(kind, request.values)


def from_values(kind: RecordKind, values: MultiDict[str, str]) -> State:
    """What parameters say; what is odd is left out."""
    text = values.get("filter", "")[:MAX_TEXT]
    columns = [name for each in values.getlist("columns") for name in each[:2_000].split(",") if name]
    return State(
        kind,
        query=values.get("q", "").strip()[:200],
        view=values.get("view", "")[:50],
        filter=drafts.from_text(text) if text else None,
        sort=values.get("sort", "")[:50] or None,
        columns=tuple(dict.fromkeys(columns))[:MOST_COLUMNS] if columns else None,
        filter_text=text,
    )


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a list shows after its saved list has been looked up."""

    state: State
    view: Mapping[str, Any]
    filter: Draft
    sort: str
    columns: list[Column]
    starred: bool | None

    def asked(self, zone: str) -> dict[str, Any]:
        """The parameters for the API, without the order."""
        text = self.state.filter_text if self.unread else drafts.text_of(self.filter)
        found = {"query": self.state.query, "filter": text, "starred": self.starred and "true"}
        return {**found, "time_zone": zone} if text else found

    @property
    def unread(self) -> bool:
        """Whether the address holds a filter that cannot be read."""
        return bool(self.state.filter_text and self.state.filter is None)


def chosen(state: State, views: list[dict[str, Any]], known: Mapping[str, Any]) -> Chosen | None:
    """The state with its saved list filled in; None where there is no such list."""
    view: Mapping[str, Any] = next((each for each in views if each["id"] == state.view), {})
    built_in = BUILT_IN.get(state.view or "all") if (state.view or "all") in state.kind.names else None
    if not view and built_in is None:
        return None
    base = view or built_in or {}
    filter = base.get("filter") if state.filter is None else state.filter
    names = state.columns if state.columns is not None else tuple(base.get("columns", ()))
    columns = [fields.column(name, phone=place < ON_PHONES) for place, name in enumerate(names) if name in known]
    sort = state.sort or base.get("sort") or NEWEST_FIRST
    if (by := sort.removeprefix("-")) != "name" and not known.get(by, {}).get("sortable"):
        sort = NEWEST_FIRST
    return Chosen(state, view, filter or drafts.empty(), sort, columns or list(state.kind.columns), base.get("starred"))
