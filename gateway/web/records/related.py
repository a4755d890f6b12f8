"""What belongs to a record: the newest of each kind, from every service; where one does not answer the others stand."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, url_for

from gateway.web import formats, pages
from gateway.web.api import Values, api
from gateway.web.language import gettext, msg
from gateway.web.records import happenings
from gateway.web.records.kinds import Kind

# By the part of the API's answer: the title of its card, and the icon.
CARDS = {
    "activities": (msg("Activities"), "calendar-event"),
    "tickets": (msg("Tickets"), "ticket"),
    "opportunities": (msg("Opportunities"), "target"),
    "quotes": (msg("Quotes"), "file-text"),
    "invoices": (msg("Invoices"), "file-invoice"),
    "mails": (msg("Mails"), "mail"),
    "documents": (msg("Documents"), "file-text"),
    "reports": (msg("Report to this contact"), "users"),
    "contacts": (msg("People of this organization"), "users"),
    "organizations": (msg("Belong to this organization"), "building"),
}
# Where all of a kind are shown.
WHOLE = {"mails": "timeline", "documents": "documents", "reports": "people"}


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the view to the blueprint of a kind."""
    blueprint.add_url_rule("/<uuid:id>/related", "related", partial(related, kind))


def related(kind: Kind, id: Any) -> Response:
    """A card for each kind of which there is something, or which does not answer."""
    parts: dict[str, Values] = api().get(f"{kind.path}/{id}/related")
    return pages.show("records/related.html", part="related", kind=kind, id=id, cards=cards(kind, id, parts))


def cards(kind: Kind, id: Any, parts: dict[str, Values]) -> list[Values]:
    """The cards of an answer of the API; none for what there is nothing of."""
    made = (_card(kind, id, name, parts[name]) for name in CARDS if name in parts)
    return [card for card in made if card["rows"] or card["failed"]]


def _card(kind: Kind, id: Any, name: str, part: Values) -> Values:
    title, icon = CARDS[name]
    more = part["count"] is None or not part["exact"] or part["count"] > len(part["items"])
    whole = url_for(f"{kind.plural}.{WHOLE[name]}", id=id) if name in WHOLE else None
    if name == "contacts":
        group = {"match": "all", "conditions": [{"field": "organization_id", "operator": "one_of", "value": [str(id)]}]}
        whole = url_for("contacts.index", filter=json.dumps(group))
    return {
        "name": name,
        "title": title,
        "icon": icon,
        "rows": [ROWS[name](item) for item in part["items"]],
        "failed": part["error"],
        "count": part["count"],
        "exact": part["exact"],
        "whole": whole if more else None,
    }


def _row(title: str, *, number: str = "", facts: tuple[str, ...] = (), url: str = "", paper: str = "") -> Values:
    return {"title": title, "number": number, "facts": " · ".join(filter(None, facts)), "url": url, "paper": paper}


def _activity(item: Values) -> Values:
    begins, day = item["starts_at"] or item["due_at"], item["starts_on"] or item["due_on"]
    when = formats.moment(begins) if begins else formats.day(day)
    what = gettext(str(happenings.ACTIVITIES.get(item["kind"], item["kind"])))
    return _row(item["subject"], facts=(what, when, happenings.status(item["status"])))


def _ticket(item: Values) -> Values:
    facts = (happenings.status(item["status"]), formats.day_of(item["updated_at"]))
    return _row(item["title"], number=item["number"], facts=facts)


def _opportunity(item: Values) -> Values:
    facts = (happenings.status(item["stage"]), formats.money(item["amount"], item["currency"]))
    return _row(item["name"], number=item["number"], facts=facts)


def _paper(item: Values, *, plural: str) -> Values:
    facts = (happenings.status(item["stage"]), formats.money(item["total"], item["currency"]))
    paper = f"/api/v1/{plural}/{item['id']}.pdf"
    return _row(item["subject"], number=item["number"], facts=facts, paper=paper)


def _mail(item: Values) -> Values:
    told = happenings.told(item, {})
    return _row(item["title"] or "", facts=(told["what"], formats.moment(item["happened_at"])))


def _document(item: Values) -> Values:
    facts = (formats.size(item["size"]), formats.day_of(item["created_at"]), item["author_name"])
    return _row(item["name"], facts=facts, url=f"/api/v1/documents/{item['id']}/content")


def _person(item: Values) -> Values:
    url = url_for("contacts.show_contact", id=item["id"])
    return _row(formats.person(item), facts=(item["department"], item["title"]), url=url)


def _firm(item: Values) -> Values:
    return _row(item["name"], facts=(item["industry"],), url=url_for("organizations.show_organization", id=item["id"]))


ROWS: dict[str, Callable[[Values], Values]] = {
    "activities": _activity,
    "tickets": _ticket,
    "opportunities": _opportunity,
    "quotes": partial(_paper, plural="quotes"),
    "invoices": partial(_paper, plural="invoices"),
    "mails": _mail,
    "documents": _document,
    "reports": _person,
    "contacts": _person,
    "organizations": _firm,
}
