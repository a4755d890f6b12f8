"""What an entry of a timeline says, in the language of the request."""

from collections.abc import Mapping
from typing import Any

from flask import g, url_for

from gateway.web import formats
from gateway.web.api import Values
from gateway.web.language import gettext, msg
from gateway.web.parts import NOUNS, PAGES
from gateway.web.tables import name_of

# The kinds by which a timeline can be narrowed.
SHOWN = {
    "mail": msg("Mails"),
    "comment": msg("Comments"),
    "activity": msg("Activities"),
    "ticket": msg("Tickets"),
    "opportunity": msg("Opportunities"),
    "quote": msg("Quotes"),
    "invoice": msg("Invoices"),
    "document": msg("Documents"),
    "lead": msg("Leads"),
    "change": msg("The record itself"),
}
ACTIVITIES = {"to_do": msg("To-do"), "call": msg("Call"), "meeting": msg("Meeting"), "visit": msg("Visit")}
# By the past participle of its event.
DEEDS = {
    "opened": msg("opened"),
    "created": msg("created"),
    "updated": msg("changed"),
    "reply_received": msg("answered by the customer"),
    "converted": msg("converted"),
    "deleted": msg("deleted"),
    "restored": msg("restored"),
    "merged": msg("merged"),
    "unmerged": msg("taken apart again"),
    "won": msg("won"),
    "lost": msg("lost"),
    "delivered": msg("sent"),
    "accepted": msg("accepted"),
    "rejected": msg("rejected"),
    "issued": msg("issued"),
    "paid": msg("paid"),
    "cancelled": msg("called off"),
    "planned": msg("planned"),
    "completed": msg("done"),
    "reopened": msg("opened again"),
}
STATUSES = {
    "Open": msg("Open"),
    "In Progress": msg("In progress"),
    "Wait For Response": msg("Waiting for an answer"),
    "Closed": msg("Closed"),
    "Not Started": msg("Not begun"),
    "Planned": msg("Planned"),
    "Pending Input": msg("Waiting for input"),
    "Deferred": msg("Put off"),
    "Completed": msg("Done"),
    "Cancelled": msg("Called off"),
    "Held": msg("Held"),
    "Not Held": msg("Not held"),
    "Not Contacted": msg("Not contacted"),
    "Attempted to Contact": msg("Tried to reach"),
    "Contact in Future": msg("To be reached later"),
    "Contacted": msg("Contacted"),
    "Prospecting": msg("Prospecting"),
    "Qualification": msg("Qualification"),
    "Needs Analysis": msg("Analysis of needs"),
    "Value Proposition": msg("Proposal of value"),
    "Identify Decision Makers": msg("Finding who decides"),
    "Perception Analysis": msg("Analysis of perception"),
    "Proposal or Price Quote": msg("Proposal or quote"),
    "Negotiation or Review": msg("Negotiation"),
    "Closed Won": msg("Won"),
    "Closed Lost": msg("Lost"),
    "Created": msg("Draft"),
    "Delivered": msg("Delivered"),
    "Reviewed": msg("Reviewed"),
    "Accepted": msg("Accepted"),
    "Rejected": msg("Rejected"),
    "Approved": msg("Approved"),
    "Sent": msg("Sent"),
    "Paid": msg("Paid"),
}
IN, OUT = msg("Mail received"), msg("Mail sent")
OF_TICKET = msg("Mail from %(name)s on a ticket")
SAID, BY = msg("%(noun)s %(deed)s"), msg("Comment of %(name)s")


def status(word: str) -> str:
    """A status or a stage in the language of the request."""
    return gettext(STATUSES.get(word, word))


def told(entry: Values, people: Mapping[str, Values]) -> Values:
    """The words and the icon of an entry. ``people``: what the records are called that are not the page's own."""
    about, summary = entry["about"]["kind"], entry["summary"]
    noun, icon = NOUNS.get(about, (about, "circle"))
    if entry["kind"] == "mail":
        noun = OUT if summary.get("direction") == "outgoing" else IN
        icon = "mail-forward" if noun == OUT else "mail"
    what = gettext(str(ACTIVITIES.get(summary.get("activity_kind", ""), noun)))
    deed = DEEDS.get(str(summary.get("event", "")).partition(".")[2].partition(".")[0])
    if deed:
        what = gettext(SAID, noun=what, deed=gettext(deed))
    if entry["kind"] == "comment" and summary.get("author_name"):
        what = gettext(BY, name=summary["author_name"])
    url = _page_of(entry["about"])
    if entry.get("ticket_id"):
        party = summary.get("party") or {}
        what = gettext(OF_TICKET, name=party.get("name") or party.get("address") or "?")
        url = url_for(PAGES["ticket"], id=entry["ticket_id"])
    other = people.get(entry["record"]["id"])
    return {
        "what": what,
        "icon": icon,
        "number": summary.get("number"),
        "title": entry["title"],
        "url": url,
        "text": summary.get("text") or summary.get("excerpt"),
        "facts": _facts(summary),
        "happened_at": entry["happened_at"],
        "comment": _comment(entry) if entry["kind"] == "comment" else None,
        "with_name": name_of(other) if other else None,
        "with_url": url_for("contacts.show_contact", id=other["id"]) if other and other["kind"] == "contact" else None,
    }


def _page_of(about: Values) -> str | None:
    """The page of what an entry is about, where it is a record of its own and not the one that the timeline is of.

    Of a document the file.
    """
    if about["kind"] == "document":
        return f"/api/v1/documents/{about['id']}/content"
    shown = about["kind"] in PAGES and about["kind"] not in ("contact", "organization")
    return url_for(PAGES[about["kind"]], id=about["id"]) if shown and about["id"] else None


def _comment(entry: Values) -> Values:
    """What can be done with a comment: its author changes and deletes it, an admin deletes it."""
    own = entry["staff_user_id"] == g.principal["staff_user_id"]
    scopes = g.principal["scopes"]
    return {
        "id": entry["about"]["id"],
        "version": entry["about"].get("version"),
        "edited_at": entry["summary"].get("edited_at"),
        "changes": own and "write" in scopes,
        "deletes": "write" in scopes and (own or "admin" in scopes),
    }


def _facts(summary: Mapping[str, Any]) -> str:
    money = formats.money(summary.get("total") or summary.get("amount"), summary.get("currency"))
    begins = summary.get("starts_at") or summary.get("due_at")
    day = summary.get("starts_on") or summary.get("due_on")
    when = formats.moment(begins) if begins else formats.day(day) if day else None
    return " · ".join(filter(None, (status(summary.get("status") or summary.get("stage") or ""), money, when)))
