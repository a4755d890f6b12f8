"""What belongs to a record: the newest of each kind, from every service; where one does not answer the others stand."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from flask import Blueprint, Response, g, url_for

from gateway.web import formats, pages
from gateway.web.api import Values, api
from gateway.web.language import gettext, msg
from gateway.web.records import belonging, happenings
from gateway.web.records.kinds import Kind

# By the part of the API's answer: the title of its card, and the icon.
CARDS = {
    "open_activities": (msg("Open activities"), "calendar-event"),
    "past_activities": (msg("Past activities"), "circle-check"),
    "tickets": (msg("Tickets"), "ticket"),
    "opportunities": (msg("Opportunities"), "target"),
    "quotes": (msg("Quotes"), "file-text"),
    "invoices": (msg("Invoices"), "file-invoice"),
    "leads": (msg("Leads"), "user-plus"),
    "mails": (msg("Mails"), "mail"),
    "documents": (msg("Documents"), "file-text"),
    "reports": (msg("Report to this contact"), "users"),
    "contacts": (msg("People of this organization"), "users"),
    "organizations": (msg("Belong to this organization"), "building"),
}
NONE = {
    "open_activities": msg("Nothing planned yet. Write down what is to be done, or whom you spoke with."),
    "tickets": msg("No tickets yet. Mails open them by themselves; after a call, open one here."),
    "opportunities": msg("Nothing is being sold yet. Write down what they may buy, and for how much."),
    "quotes": msg("No quotes yet. Write one: lines, tax and the paper come by themselves."),
    "invoices": msg("No invoices yet. Write one, or make one of a quote."),
    "mails": msg("No mails yet. They come by themselves; one of somebody unknown can be chosen here."),
    "documents": msg("No documents yet. Contracts, drawings and photos are kept here for everybody."),
    "reports": msg("Nobody reports to this contact."),
    "contacts": msg("Nobody belongs to this organization yet."),
    "organizations": msg("No other organization belongs to this one."),
}
# What can be added to a record by its card: the label, the form, and what of it is filled in.
ADDING: dict[str, tuple[tuple[str, str, Values], ...]] = {
    "open_activities": tuple(
        (label, "activities.new", {"kind": kind}) for kind, label in happenings.ACTIVITIES.items()
    ),
    "tickets": ((msg("Ticket"), "tickets.new", {}),),
    "opportunities": ((msg("Opportunity"), "opportunities.new", {}),),
    "quotes": ((msg("Quote"), "quotes.new", {}),),
    "invoices": ((msg("Invoice"), "invoices.new", {}),),
    "reports": ((msg("New contact"), "contacts.new", {}),),
    "contacts": ((msg("New contact"), "contacts.new", {}),),
    "organizations": ((msg("New organization"), "organizations.new", {}),),
}
# Where all of a kind are shown.
WHOLE = {"mails": "timeline", "documents": "documents", "reports": "people", "organizations": "hierarchy"}
LISTED = ("open_activities", "past_activities", "tickets", "opportunities", "quotes", "invoices")
# Two parts of one kind of record.
ACTIVITIES = {"open_activities": "activities", "past_activities": "activities"}
# The blueprint of the form by which a row is changed.
EDITED = {"activities": "activities", "tickets": "tickets", "opportunities": "opportunities"}
OVERDUE = msg("Overdue")


def install(blueprint: Blueprint, kind: Kind) -> None:
    """Add the view to the blueprint of a kind."""
    blueprint.add_url_rule("/<uuid:id>/related", "related", partial(related, kind))


def related(kind: Kind, id: Any) -> Response:
    """A card for each kind of which there is something, or which does not answer."""
    parts: dict[str, Values] = api().get(f"{kind.path}/{id}/related")
    shown = cards(kind, id, parts, adds="write" in g.principal["scopes"])
    return pages.show("records/related.html", part="related", kind=kind, id=id, cards=shown)


def cards(kind: Kind, id: Any, parts: dict[str, Values], *, adds: bool = False) -> list[Values]:
    """The cards of an answer of the API; for what there is nothing of, none but where something can be added."""
    made = (_card(kind, id, name, parts[name], adds) for name in CARDS if name in parts)
    return [card for card in made if card["rows"] or card["failed"] or card["adding"] or card["choosing"]]


def card(kind: Kind, id: Any, name: str, items: list[Values]) -> Values:
    """A card of these records."""
    part = {"items": items, "count": None, "exact": False, "error": None}
    return _card(kind, id, name, part, "write" in g.principal["scopes"])


def _card(kind: Kind, id: Any, name: str, part: Values, adds: bool) -> Values:
    title, icon = CARDS[name]
    more = part["count"] is None or not part["exact"] or part["count"] > len(part["items"])
    whole = url_for(f"{kind.plural}.{WHOLE[name]}", id=id) if name in WHOLE else None
    if name in LISTED:
        whole = url_for(f"{kind.plural}.whole", id=id, part=name)
    if name == "contacts":
        group = {"match": "all", "conditions": [{"field": "organization_id", "operator": "one_of", "value": [str(id)]}]}
        whole = url_for("contacts.index", filter=json.dumps(group))
    return {
        "name": name,
        "title": title,
        "icon": icon,
        "rows": [_with_deeds(ROWS[name](item), kind, id, name, item, adds) for item in part["items"]],
        "failed": part["error"],
        "count": part["count"],
        "exact": part["exact"],
        "whole": whole if more else None,
        "adding": _adding(kind, id, name) if adds else [],
        "choosing": url_for(f"{kind.plural}.choose_{name}", id=id) if adds and name in belonging.CHOSEN else "",
        "none": NONE.get(name),
    }


def _adding(kind: Kind, id: Any, name: str) -> list[tuple[str, str]]:
    """Labels and forms of what can be added; the record is filled in."""
    if name == "documents":
        return [(msg("Document"), url_for(f"{kind.plural}.new_document", id=id))]
    if name not in ADDING:
        return []
    its = ACTIVITIES.get(name, name)
    several = its in ("activities", "tickets")
    own: Values = {belonging.named_by(kind.name, its): f"{kind.name}:{id}" if several else str(id)}
    return [(label, url_for(form, **filled, **own)) for label, form, filled in ADDING[name]]


def _with_deeds(row: Values, kind: Kind, id: Any, part: str, item: Values, may_change: bool) -> Values:
    """A row with what can be done with it here: another form of it, and taking it off the record."""
    if not may_change:
        return row
    its = ACTIVITIES.get(part, part)
    if its in EDITED:
        row["edit"] = url_for(f"{EDITED[its]}.edit", id=item["id"])
    if belonging.comes_off(kind.name, its, str(id), item):
        other = item["mail_message_id"] if part == "mails" else item["id"]
        row["unlink"] = url_for(f"{kind.plural}.unlink_{its}", id=id, other=other)
    return row


def _row(title: str, *, number: str = "", facts: tuple[str, ...] = (), url: str = "", paper: str = "") -> Values:
    said = " · ".join(filter(None, facts))
    row: Values = {"title": title, "number": number, "facts": said, "url": url, "paper": paper}
    return row | {"activity": None, "warning": "", "edit": "", "unlink": ""}


def _activity(item: Values) -> Values:
    begins, day = item["starts_at"] or item["due_at"], item["starts_on"] or item["due_on"]
    when = formats.moment(begins) if begins else formats.day(day)
    what = gettext(str(happenings.ACTIVITIES.get(item["kind"], item["kind"])))
    overdue = gettext(OVERDUE) if item["overdue"] else ""
    facts = (what, when, happenings.status(item["status"]))
    url = url_for("activities.show_activity", id=item["id"])
    return {**_row(item["subject"], facts=facts, url=url), "activity": item, "warning": overdue}


def _ticket(item: Values) -> Values:
    facts = (happenings.status(item["status"]), formats.day_of(item["updated_at"]))
    return _row(item["title"], number=item["number"], facts=facts, url=url_for("tickets.show", id=item["id"]))


def _opportunity(item: Values) -> Values:
    facts = (happenings.status(item["stage"]), formats.money(item["amount"], item["currency"]))
    return _row(item["name"], number=item["number"], facts=facts, url=url_for("opportunities.show", id=item["id"]))


def _paper(item: Values, *, plural: str) -> Values:
    facts = (happenings.status(item["stage"]), formats.money(item["total"], item["currency"]))
    paper = f"/api/v1/{plural}/{item['id']}.pdf"
    url = url_for(f"{plural}.show", id=item["id"])
    return _row(item["subject"], number=item["number"], facts=facts, url=url, paper=paper)


def _lead(item: Values) -> Values:
    state = (
        gettext(happenings.DEEDS["converted"]) if item["state"] == "converted" else happenings.status(item["status"])
    )
    facts = (item["title"], item["company"], state, formats.day_of(item["created_at"]))
    return _row(formats.person(item), number=item["number"], facts=facts)


def _mail(item: Values) -> Values:
    told = happenings.told(item, {})
    return _row(item["title"] or "", facts=(told["what"], formats.moment(item["happened_at"])), url=told["url"] or "")


def _document(item: Values) -> Values:
    facts = (formats.size(item["size"]), formats.day_of(item["created_at"]), item["author_name"])
    return _row(item["name"], facts=facts, url=f"/api/v1/documents/{item['id']}/content")


def _person(item: Values) -> Values:
    url = url_for("contacts.show_contact", id=item["id"])
    return _row(formats.person(item), facts=(item["department"], item["title"]), url=url)


def _firm(item: Values) -> Values:
    return _row(item["name"], facts=(item["industry"],), url=url_for("organizations.show_organization", id=item["id"]))


ROWS: dict[str, Callable[[Values], Values]] = {
    "open_activities": _activity,
    "past_activities": _activity,
    "tickets": _ticket,
    "opportunities": _opportunity,
    "quotes": partial(_paper, plural="quotes"),
    "invoices": partial(_paper, plural="invoices"),
    "leads": _lead,
    "mails": _mail,
    "documents": _document,
    "reports": _person,
    "contacts": _person,
    "organizations": _firm,
}
