"""Lists among 1,000,000 contacts and among 10,000: a filter of three conditions and the quick search, API and page."""

import contextlib
import itertools
import json
import random
import secrets
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from bench import customers
from bench.ground import services
from bench.report import MOST_GROWTH
from bench.workshop import Workshop
from tests.infra.services import ServiceProcesses

SIZES = (10_000, 1_000_000)
ASKED, WARM_UP = 200, 20
SERVICES = ("contacts", "staff", "gateway")
# Where, and what the words to look for are called there.
PLACES = {
    "API": ("/api/v1/contacts", "query"),
    "page": ("/contacts", "q"),
    "number that follows": ("/contacts/counted", "q"),
}
SURNAMES, GIVEN = (
    [each.partition(" ")[0] for each in names.split(",")] for names in (customers.SURNAMES, customers.GIVEN)
)


@dataclass(frozen=True, slots=True)
class Site:
    """A running system with so many contacts, and a client of it that may read API and pages."""

    size: int
    client: httpx.Client

    def milliseconds(self, path: str, query: dict[str, str]) -> float:
        """Until the whole answer is there."""
        began = time.perf_counter()
        answer = self.client.get(path, params=query)
        taken = (time.perf_counter() - began) * 1000
        assert answer.status_code == 200, answer.text
        return taken


def lists_part(shop: Workshop) -> None:
    """Lists by a filter of three conditions and by quick search, among 1,000,000 contacts against 10,000."""
    with contextlib.ExitStack() as stack:
        sites = [stack.enter_context(_site(shop, size)) for size in SIZES]
        for what, question in QUESTIONS.items():
            for how, (path, words) in PLACES.items():
                _compare(shop, f"{what}, {how}", sites, path, [question(words, chance) for chance in _chances()])


def _chances() -> Iterator[random.Random]:
    """The same ones in every call."""
    return (random.Random(number) for number in range(WARM_UP + ASKED))


def _three_conditions(_words: str, chance: random.Random) -> dict[str, str]:
    conditions = [
        {"field": "mailing_state", "operator": "equals", "value": chance.choice(customers.STATES)[0]},
        {"field": "title", "operator": "contains", "value": chance.choice(("部長", "課長", "取締役", "係長"))},
        {"field": "email_opt_out", "operator": "is_false"},
    ]
    order = chance.choice(("name", "-created_at"))
    return {"filter": json.dumps({"match": "all", "conditions": conditions}), "sort": order, "limit": "50"}


def _one_word(words: str, chance: random.Random) -> dict[str, str]:
    return {words: chance.choice(SURNAMES), "limit": "50"}


def _two_words(words: str, chance: random.Random) -> dict[str, str]:
    return {words: f"{chance.choice(SURNAMES)} {chance.choice(GIVEN)}", "limit": "50"}


QUESTIONS: dict[str, Callable[[str, random.Random], dict[str, str]]] = {
    "list by three conditions": _three_conditions,
    "quick search for a surname": _one_word,
    "quick search for surname and given name": _two_words,
}


def _compare(shop: Workshop, name: str, sites: list[Site], path: str, questions: list[dict[str, str]]) -> None:
    """The same questions in turns, so that all sizes meet the same noise; p95 and median of each."""
    taken: dict[int, list[float]] = {site.size: [] for site in sites}
    for query, site in itertools.product(questions, sites):
        taken[site.size].append(site.milliseconds(path, query))
    for site in sites:
        counted = taken[site.size][WARM_UP:]
        shop.report.add(f"{name}, {site.size:,}, median", statistics.median(counted), "ms")
        shop.report.add(f"{name}, {site.size:,}, p95", statistics.quantiles(counted, n=20)[-1], "ms")
    small, large = (f"{name}, {site.size:,}, p95" for site in sites)
    shop.report.against(large, small, limit=MOST_GROWTH)


@contextlib.contextmanager
def _site(shop: Workshop, size: int) -> Iterator[Site]:
    with services(shop.ground, SERVICES) as system:
        shop.report.say(f"  filling in {size:,} contacts")
        customers.database(system.env["MUSUBI_DATABASE_URL"].replace("{service}", "contacts"), size)
        system.start()
        system.wait_ready()
        with contextlib.closing(logged_in(system)) as client:
            yield Site(size, client)


def logged_in(system: ServiceProcesses) -> httpx.Client:
    """Logged in as a browser is: the session's cookie serves API and pages."""
    url, password = system.url("gateway"), secrets.token_hex(8)
    system.env["MUSUBI_ADMIN_PASSWORD"] = password
    system.musubi("staff", "add-admin", "--login", "bench")
    own: dict[str, Any] = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
    client = httpx.Client(base_url=url, timeout=60, headers=own)
    answer = client.post("/login", data={"login": "bench", "password": password})
    assert answer.status_code == 303, answer.text
    return client
