"""Lists of records: what is asked for as a selection and an order, pages and counts."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from chassis import paging
from chassis.database import DatabaseHandle
from contacts_service import conditions, fields, filters, listing, stars, store
from contacts_service.kinds import Kind, wire
from contacts_service.settings import fiscal_year_start
from contracts.errors import Invalid
from contracts.fields import identity_or_none

Values = dict[str, Any]

# Sort keys that have an index; every other plain field sorts as well, at the price of reading the whole selection.
BY_ARRIVAL = ("created_at", "number")
UNSORTED = frozenset({"addresses", "phones", "tags", "reference", "owner"})
NEWEST_FIRST = "-created_at"
MOST_CHOSEN = 1_000


def described(kind: Kind) -> Values:
    """The fields that a list of this kind may filter and sort by, with the operators and choices of each."""
    items = [
        {
            "name": name,
            "type": type_name,
            "operators": list(filters.OPERATORS[type_name]),
            "choices": list(fields.CHOICES.get(name, ())),
            "sortable": name in sorts(kind),
        }
        for name, type_name in filters.types_of(kind.fields).items()
    ]
    return {"items": items, "next": None}


def sorts(kind: Kind) -> Mapping[str, str]:
    """The fields that a list may be sorted by, with their types; ``name``: the whole name in the syllabary's order."""
    own = {name: each for name, each in filters.types_of(kind.fields).items() if each not in UNSORTED}
    own.pop("organization_name", None)
    return {"name": "text", **own}


def order(kind: Kind, sort: str | None) -> listing.Order:
    """The order that ``sort`` names: a field, ``-`` before it for descending. Invalid if it cannot be sorted by."""
    wanted = sort or NEWEST_FIRST
    name = wanted.removeprefix("-")
    if name not in sorts(kind):
        fault = f"Must be one of: {', '.join(sorts(kind))}; with - before it for the other way round."
        raise Invalid("The list cannot be sorted like this.", fields={"sort": [fault]})
    column = None if name in BY_ARRIVAL else getattr(kind.model, "sort_name" if name == "name" else name)
    return listing.Order(sorts(kind)[name], column, wanted.startswith("-"))


def viewer(asked: Values | None) -> conditions.Viewer:
    """Who looks. Invalid for a time zone that does not exist."""
    given = asked or {}
    ids = [given.get("staff_user_id"), *given.get("group_ids", [])]
    known = tuple(found for each in ids if (found := identity_or_none(each)))
    fiscal = fiscal_year_start()
    if not given.get("time_zone"):
        return conditions.Viewer(known, fiscal_year_start=fiscal)
    try:
        return conditions.Viewer(known, ZoneInfo(given["time_zone"]), fiscal)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        fault = "There is no such time zone. Write it like Asia/Tokyo."
        raise Invalid("The time zone is unknown.", fields={"time_zone": [fault]}) from error


def selection(kind: Kind, asked: Values) -> listing.Selection:
    """The records that a caller asks for.

    ``ids``: only these; ``query``, ``filter``, ``deleted``, ``starred`` by ``reader``, ``viewer``: as lists narrow.
    """
    group = filters.parsed(asked.get("filter"), filters.types_of(kind.fields))
    starred, reader = asked.get("starred"), asked.get("reader")
    mine = [] if starred is None else [stars.has_star(kind.model, reader, starred)]
    named = [] if asked.get("ids") is None else [kind.model.id.in_(chosen(asked["ids"]))]
    query, deleted = asked.get("query") or "", bool(asked.get("deleted"))
    return listing.Selection(kind.model, group, viewer(asked.get("viewer")), query, deleted, (*mine, *named))


def chosen(ids: Any) -> set[str]:
    """The ids of records that were chosen one by one. Invalid."""
    found = {identity_or_none(each) for each in ids} if isinstance(ids, list) else set()
    if not 1 <= len(found) <= MOST_CHOSEN or None in found:
        fault = f"Name 1 to {MOST_CHOSEN:,} records by their ids, or a selection."
        raise Invalid("These cannot be ids of records.", fields={"ids": [fault]})
    return {str(each) for each in found}


def page(db: DatabaseHandle, kind: Kind, asked: Values) -> Values:
    """A page of records in the order asked for; newest first unless ``sort`` says otherwise."""
    wanted, by, chosen = paging.bounded(asked.get("limit")), order(kind, asked.get("sort")), selection(kind, asked)
    with db.session() as session:
        rows = listing.page(session, chosen, by, limit=wanted + 1, cursor=asked.get("cursor"))
        shown, following = paging.page(rows, wanted, key=by.values)
        items = [wire(kind, store.values(row)) for row in shown]
        return {"items": stars.told(session, asked.get("reader"), items), "next": following}


def count(db: DatabaseHandle, kind: Kind, asked: Values) -> Values:
    """How many records a list holds; ``exact`` is False where there are more than were counted."""
    with db.session() as session:
        found = listing.count(session, selection(kind, asked))
    return {"count": min(found, listing.MOST_COUNTED), "exact": found <= listing.MOST_COUNTED}
