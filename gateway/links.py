"""Where the API tells more of a record."""

from typing import Any

from gateway.api.blueprint import PREFIX

# What an entry of a timeline can be about.
PATHS = {
    "message": "messages",
    "contact": "contacts",
    "organization": "organizations",
    "lead": "leads",
    "ticket": "tickets",
    "opportunity": "opportunities",
    "quote": "quotes",
    "invoice": "invoices",
    "activity": "activities",
    "comment": "comments",
    "document": "documents",
}
ABOUT_KINDS = tuple(PATHS)


def url_of(kind: str, id: str | None) -> str | None:
    """The path of a record; None for what has none."""
    return f"{PREFIX}/{PATHS[kind]}/{id}" if id and kind in PATHS else None


def with_links(page: dict[str, Any]) -> dict[str, Any]:
    """A page of a timeline, each entry with the path of what it is about."""
    return {**page, "items": [with_link(entry) for entry in page["items"]]}


def with_link(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry of a timeline with the path of what it is about."""
    return {**entry, "about": _linked(entry["about"])}


def _linked(about: dict[str, Any]) -> dict[str, Any]:
    return {**about, "url": url_of(about["kind"], about["id"])}
