"""Contact pages and timelines: what is read for one with 10,000 entries on its timeline, against one with 100."""

import contextlib
import html
import itertools
import random
import re
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.orm import Session

from bench.ground import services
from bench.listing import logged_in
from bench.report import MOST_GROWTH
from bench.workshop import Workshop
from chassis import clock
from chassis.bulk import insert_many
from chassis.engine import make_engine
from chassis.ids import new_id
from services.history.models import Entry, Mail
from services.tickets.models import Ticket

SIZES = (100, 10_000)
# Of others, so that what is looked for lies among much that is not.
OTHERS, OTHERS_EACH = 1_000, 200
PEOPLE_EACH = 50
ASKED, WARM_UP = 100, 10
SERVICES = ("contacts", "tickets", "history", "sales", "activities", "staff", "gateway")
# One after the other; a comment is rare, so that looking for comments alone has to pass by all the rest.
KINDS = ("mail",) * 13 + ("ticket",) * 3 + ("invoice", "activity", "change", "comment")
API = "/api/v1"
# What htmx fetches when the page has come.
LATER = re.compile(r'hx-get="([^"]+)" hx-trigger="load"')
Values = dict[str, Any]


def timelines_part(shop: Workshop) -> None:
    """What a contact's page reads (contact, related, timeline) with 10,000 entries on its timeline against 100."""
    with _site(shop) as (client, contacts, organizations):
        _compare(shop, "contact page, rendered", client, contacts, screen("/contacts/{}"))
        _compare(shop, "timeline's page, rendered", client, contacts, screen("/contacts/{}/timeline"))
        _compare(shop, "contact page, its calls of the API", client, contacts, _page)
        _compare(shop, "contact page, related lists", client, contacts, _one("contacts/{}/related"))
        _compare(shop, "contact page, timeline", client, contacts, _one("contacts/{}/timeline"))
        _compare(shop, "timeline, comments alone", client, contacts, _one("contacts/{}/timeline?kinds=comment"))
        _compare(shop, "timeline of an organization's people", client, organizations, _one("organizations/{}/timeline"))


def _one(path: str) -> Callable[[httpx.Client, str], None]:
    return lambda client, id: _read(client, path.format(id))


def _page(client: httpx.Client, id: str) -> None:
    for path in ("contacts/{}", "contacts/{}/related", "contacts/{}/timeline"):
        _read(client, path.format(id))


def _read(client: httpx.Client, path: str) -> None:
    _ask(client, f"{API}/{path}")


def screen(path: str) -> Callable[[httpx.Client, str], None]:
    """As a browser shows it, with what it asks for as soon as the page is there."""

    def look(client: httpx.Client, id: str) -> None:
        for later in LATER.findall(_ask(client, path.format(id))):
            _ask(client, html.unescape(later))

    return look


def _ask(client: httpx.Client, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.text
    return answer.text


def _compare(shop: Workshop, name: str, client: httpx.Client, ids: dict[int, str], read: Any) -> None:
    compare(shop, name, {f"{size:,} entries": (client, id) for size, id in ids.items()}, read)


def compare(shop: Workshop, name: str, asked: dict[str, tuple[httpx.Client, str]], read: Any) -> None:
    """In turns, so that the small and the large one meet the same noise; median and p95 of each."""
    taken: dict[str, list[float]] = {what: [] for what in asked}
    for _, (what, (client, id)) in itertools.product(range(WARM_UP + ASKED), asked.items()):
        began = time.perf_counter()
        read(client, id)
        taken[what].append((time.perf_counter() - began) * 1000)
    for what, each in taken.items():
        shop.report.add(f"{name}, {what}, median", statistics.median(each[WARM_UP:]), "ms")
        shop.report.add(f"{name}, {what}, p95", statistics.quantiles(each[WARM_UP:], n=20)[-1], "ms")
    for measure in ("median", "p95"):
        small, large = (f"{name}, {what}, {measure}" for what in asked)
        shop.report.against(large, small, limit=MOST_GROWTH)


@contextlib.contextmanager
def _site(shop: Workshop) -> Iterator[tuple[httpx.Client, dict[int, str], dict[int, str]]]:
    """A running system, and for each size a contact with so many entries and an organization whose people have them."""
    with services(shop.ground, SERVICES) as system:
        system.start()
        system.wait_ready()
        with contextlib.closing(logged_in(system)) as client:
            contacts = {size: _made(client, "contacts", last_name=f"{size}") for size in SIZES}
            organizations = {size: _made(client, "organizations", name=f"{size}") for size in SIZES}
            entries = {id: size for size, id in contacts.items()} | {new_id(): OTHERS_EACH for _ in range(OTHERS)}
            for size, id in organizations.items():
                for number in range(size // PEOPLE_EACH):
                    person = _made(client, "contacts", last_name=f"{number}", organization_id=id)
                    entries[person] = PEOPLE_EACH
            shop.report.say(f"  filling in {sum(entries.values()):,} entries")
            fill(system.env["MUSUBI_DATABASE_URL"], entries)
            yield client, contacts, organizations


def _made(client: httpx.Client, path: str, **data: Any) -> str:
    answer = client.post(f"{API}/{path}", json=data)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def fill(url: str, entries: dict[str, int]) -> None:
    """So many entries on the timeline of each of these contacts; ``url`` has ``{service}`` for its name."""
    rows = [row for id, count in entries.items() for row in _timeline(id, count)]
    mails = [_mail(row) for row in rows if row["kind"] == "mail"]
    tickets = [_ticket(number, row) for number, row in enumerate(rows) if row["kind"] == "ticket"]
    _insert(url.replace("{service}", "history"), {Entry: rows, Mail: mails})
    _insert(url.replace("{service}", "tickets"), {Ticket: tickets})


def _insert(url: str, rows: dict[Any, list[Values]]) -> None:
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        for model, each in rows.items():
            for start in range(0, len(each), 5_000):
                insert_many(session, model, each[start : start + 5_000])
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM (ANALYZE)"))
    engine.dispose()


def _timeline(contact_id: str, count: int) -> Iterator[Values]:
    chance, now = random.Random(contact_id), clock.now()
    for number in range(count):
        what = chance.choice(KINDS)
        kind = what if what in ("mail", "ticket", "comment") else "change"
        summary = {"event": f"{what}.updated.v1", "number": f"{number}"}
        yield {
            "id": new_id(),
            "record_kind": "contact",
            "record_id": contact_id,
            "kind": kind,
            "origin": "decision",
            "happened_at": now - timedelta(minutes=chance.randrange(500_000), seconds=number),
            "mail_message_id": new_id() if kind == "mail" else None,
            "source_event_id": new_id(),
            "about_id": None if kind == "mail" else new_id(),
            "title": "" if kind == "mail" else f"温湿度計 TH-20 の件 {number}",
            "summary": {} if kind == "mail" else {**summary, **({"about": what} if what != kind else {})},
        }


def _mail(row: Values) -> Values:
    party = {"name": "田中 太郎", "address": "tanaka@abc.example"}
    said = {"revision": 1, "said_at": clock.wire(row["happened_at"]), "by_person": False, "automatic": True}
    return {
        **said,
        "mail_message_id": row["mail_message_id"],
        "record_kind": row["record_kind"],
        "record_id": row["record_id"],
        "told": True,
        "happened_at": row["happened_at"],
        "title": "お見積りのお願い",
        "summary": {"direction": "incoming", "party": party, "excerpt": "いつもお世話になっております。" * 15},
    }


def _ticket(number: int, row: Values) -> Values:
    empty = dict.fromkeys(("requester_name", "requester_address", "requester_canonical"), "")
    nobody = dict.fromkeys(
        (
            "severity",
            "category",
            "organization_id",
            "said_organization_id",
            "mailbox_id",
            "may_belong_to",
            "assigned_to",
        )
    )
    customer = {"kind": row["record_kind"], "id": row["record_id"]}
    return {
        **empty,
        **nobody,
        **{f"customer_{name}": value for name, value in customer.items()},
        **{f"said_customer_{name}": value for name, value in customer.items()},
        "id": row["about_id"],
        "number": number + 1,
        "version": 1,
        "title": row["title"],
        "description": "表示が消えました。" * 20,
        "status": "Open",
        "priority": "Normal",
        "customer_by_person": False,
        "needs_review": False,
        "source": "CRM",
        "created_at": row["happened_at"],
        "updated_at": row["happened_at"],
    }
