"""Every page and every dialog of the screens, by name: where it is, and how it is opened."""

import json
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote

from playwright.sync_api import Page, expect

Opener = Callable[[Page], None]


def press(*selectors: str) -> Opener:
    """Click one after the other."""

    def open_it(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()

    return open_it


def shown(selector: str) -> Opener:
    """Wait for what comes late."""
    return lambda page: expect(page.locator(selector).first).to_be_visible()


def keys(*pressed: str) -> Opener:
    """Press keys, or type words."""

    def open_it(page: Page) -> None:
        for one in pressed:
            page.keyboard.press(one) if len(one) == 1 or one[0].isascii() else page.keyboard.insert_text(one)

    return open_it


def choose(page: Page) -> None:
    """The first record of a list."""
    page.locator("[data-pick]").first.check()
    expect(page.locator("#bulk")).to_be_visible()


class Screen(NamedTuple):
    """A page, with what is opened on it. ``refused``: what Chromium notes of an answer above 400 is no fault."""

    path: str
    opening: tuple[Opener, ...] = ()
    refused: bool = False


PERSON, FIRM = "/contacts/{person}", "/organizations/{firm}"
FEW = "/contacts?view=all&q=倉庫"


def narrowed(field: str, operator: str, value: object) -> str:
    """As an address has it."""
    return quote(json.dumps({"match": "all", "conditions": [{"field": field, "operator": operator, "value": value}]}))


SCREENS = {
    "log in": Screen("/login"),
    "log in refused": Screen("/login", (press(".outside-card button.btn-primary"),), refused=True),
    "contacts": Screen("/contacts?view=all"),
    "contacts, nobody": Screen("/contacts?q=nobody"),
    "contacts, filter": Screen("/contacts?view={view}", (press("#filter-button"),)),
    "contacts, faulty filter": Screen(f"/contacts?filter={narrowed('created_at', 'in_last_days', 99999)}"),
    "contacts, lists": Screen("/contacts?view={view}", (press(".page-head .pop > summary"),)),
    "contacts, rename": Screen(
        "/contacts?view={view}", (press(".page-head .pop > summary", "[data-open=rename-dialog]"),)
    ),
    "contacts, save": Screen(
        f"/contacts?filter={narrowed('tags', 'any_of', ['展示会'])}", (press("[data-open=save-dialog]"),)
    ),
    "contacts, columns": Screen(FEW, (press("[data-open=columns-dialog]"),)),
    "contacts, export": Screen(FEW, (press(".list-said .export > summary"),)),
    "contacts, chosen": Screen(FEW, (choose,)),
    "contacts, change": Screen(FEW, (choose, press("[data-open=bulk-edit]"))),
    "contacts, hand over": Screen(FEW, (choose, press("[data-open=bulk-owner]"))),
    "contacts, tags": Screen(FEW, (choose, press("[data-open=bulk-tags]"))),
    "contacts, new": Screen(FEW, (press("[data-shortcut=n]"), shown("#drawer #f-last_name"))),
    "contacts, duplicates": Screen("/contacts/duplicates"),
    "contacts, merge": Screen("/contacts/merge?ids={twin1}&ids={twin2}"),
    "organizations": Screen("/organizations?view=all"),
    "organizations, filter": Screen(f"/organizations?filter={narrowed('name', 'contains', '倉庫')}"),
    "help": Screen(FEW, (keys("?"), shown("#help"))),
    "search": Screen(FEW, (keys("/", "倉庫"), shown("#quick-search-list [role=option]"))),
    "menu": Screen(FEW, (press(".user"),)),
    "places": Screen(FEW, (lambda page: page.evaluate("if (innerWidth < 768) places.showPopover()"),)),
    "contact": Screen(PERSON, (shown("#related .related-rows"),)),
    "contact, edit in the drawer": Screen(PERSON, (press("[data-shortcut=e]"), shown("#drawer #f-last_name"))),
    "contact, timeline": Screen(f"{PERSON}/timeline"),
    "contact, comment": Screen(f"{PERSON}/timeline", (press(".comment-deeds summary"),)),
    "contact, documents": Screen(f"{PERSON}/documents"),
    "contact, new document": Screen(f"{PERSON}/documents/new"),
    "contact, choose": Screen(f"{PERSON}/reports/choose"),
    "contact, people": Screen(f"{PERSON}/people"),
    "contact, changes": Screen(f"{PERSON}/changes"),
    "contact, all of a kind": Screen(f"{PERSON}/all/open_activities"),
    "contact, nothing of a kind": Screen("/contacts/{owner}/all/quotes"),
    "contact, taken apart": Screen("/contacts/{kept}", (press("section.same form button"), shown("main .card-body"))),
    "contact, form": Screen("/contacts/new?organization_id={firm}"),
    "contact, form refused": Screen(
        "/contacts/new", (press(".form-foot .btn-primary"), shown("[aria-invalid=true]")), refused=True
    ),
    "contact, edit": Screen(f"{PERSON}/edit"),
    "organization": Screen(FIRM, (shown("#related .related-rows"),)),
    "organization, timeline": Screen(f"{FIRM}/timeline"),
    "organization, documents": Screen(f"{FIRM}/documents"),
    "organization, new document": Screen(f"{FIRM}/documents/new"),
    "organization, choose": Screen(f"{FIRM}/contacts/choose"),
    "organization, chart": Screen(f"{FIRM}/chart", (press(".chart-list summary"),)),
    "organization, nobody's chart": Screen("/organizations/{alone}/chart"),
    "organization, hierarchy": Screen(f"{FIRM}/hierarchy"),
    "organization, nobody's hierarchy": Screen("/organizations/{alone}/hierarchy"),
    "organization, changes": Screen(f"{FIRM}/changes"),
    "organization, all of a kind": Screen(f"{FIRM}/all/opportunities"),
    "organization, form": Screen("/organizations/new"),
    "organization, edit": Screen(f"{FIRM}/edit"),
    **{
        f"form of a {kind}": Screen(f"/activities/new?kind={kind}&about=contact:{{person}}")
        for kind in ("to_do", "call", "meeting")
    },
    "activities": Screen("/activities"),
    "meeting": Screen("/activities/{meeting}"),
    "meeting, edit": Screen("/activities/{meeting}/edit"),
    "to-do": Screen("/activities/{to-do}"),
    "ticket": Screen("/tickets/{ticket}"),
    "ticket, form": Screen("/tickets/new?customer=contact:{person}"),
    "ticket, edit": Screen("/tickets/{ticket}/edit"),
    "opportunity": Screen("/opportunities/{opportunity}"),
    "opportunity, form": Screen("/opportunities/new?contact_id={person}"),
    "opportunity, edit": Screen("/opportunities/{opportunity}/edit"),
    "quote": Screen("/quotes/{quote}"),
    "quote, form": Screen("/quotes/new?contact_id={person}"),
    "quote, edit": Screen("/quotes/{quote}/edit", (press(".line-more summary"),)),
    "invoice": Screen("/invoices/{invoice}"),
    "invoice, final": Screen("/invoices/{invoice}/stage/Sent"),
    "invoice, form": Screen("/invoices/new?contact_id={person}"),
    "invoice, edit": Screen("/invoices/{invoice}/edit"),
    "imports": Screen("/imports"),
    "import, mapping": Screen("/imports/{import-mapping}"),
    "import, result": Screen("/imports/{import-result}"),
    "import, failed": Screen("/imports/{import-failed}"),
    "mass changes": Screen("/mass-changes"),
    "mass change": Screen("/mass-changes/{mass-update}"),
    "mass change refused": Screen("/mass-changes/{mass-delete}"),
    **{
        f"bin of {kind}": Screen(f"/recycle-bin?kind={kind}")
        for kind in ("contacts", "organizations", "documents", "activities", "invoices")
    },
    "notices": Screen("/notices"),
    "profile": Screen("/settings"),
    "calendar": Screen("/settings/calendar"),
    "calendar, address": Screen("/settings/calendar", (press(".settings form .btn"), shown("#made"))),
    "settings of contacts": Screen("/settings/contacts"),
    "users": Screen("/settings/users"),
    "user": Screen("/settings/users/{user}"),
    "user, form": Screen("/settings/users/new"),
    "groups": Screen("/settings/groups"),
    "group": Screen("/settings/groups/{group}"),
    "group, form": Screen("/settings/groups/new"),
    "issuer": Screen("/settings/issuer"),
    "error": Screen("/nothing", refused=True),
}
# What is asked for by a page, or leads to one.
PARTS = {
    "shell.home",
    "shell.icon",
    "shell.static_file",
    "shell.search",
    "lists.pick_party",
    "lists.pick",
    "opportunities.pick",
}
PARTS |= {"merging.same", "many.value", "lists.counted", "mass.strip", "contacts.address_copy"}
PARTS |= {"belonging_picks.mails", "belonging_picks.tickets", "notices.bell", "notices.latest", "notices.open_notice"}
PARTS |= {f"{plural}.{part}" for plural in ("contacts", "organizations") for part in ("image", "portrait", "related")}
