"""What is done among 1,000,000 contacts, against the same among 10,000: a file is imported, a full page is read."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import httpx

from bench import customers, imports, timelines
from bench.ground import services
from bench.listing import SIZES, logged_in
from bench.meters import Meters
from bench.workshop import Workshop

ROWS, ENTRIES = 10_000, 10_000
BESIDE = "tickets+history+sales+activities+staff+gateway"


@dataclass(frozen=True, slots=True)
class Site:
    """A running system with so many contacts, somebody who is logged in, and the contact with the long timeline."""

    size: int
    client: httpx.Client
    meters: Meters
    contact_id: str

    @property
    def name(self) -> str:
        """What its figures are called by."""
        return f"among {self.size:,} contacts"


def crowd_part(shop: Workshop) -> None:
    """An import of 10,000 rows, and a page with 10,000 entries, among 1,000,000 contacts against among 10,000."""
    with contextlib.ExitStack() as stack:
        sites = [stack.enter_context(_site(shop, size)) for size in SIZES]
        asked = {site.name: (site.client, site.contact_id) for site in sites}
        for name, path in (("contact page", "/contacts/{}"), ("timeline's page", "/contacts/{}/timeline")):
            timelines.compare(shop, f"{name} of {ENTRIES:,} entries", asked, timelines.screen(path))
        names = [f"import of {ROWS:,} rows {site.name}" for site in sites]
        for site, name in zip(sites, names, strict=True):
            imports.measure(shop, site.client, ROWS, site.meters, name=name)
        imports.compare(shop, *names)


@contextlib.contextmanager
def _site(shop: Workshop, size: int) -> Iterator[Site]:
    with services(shop.ground, timelines.SERVICES, processes=("contacts", BESIDE)) as system:
        shop.report.say(f"  filling in {size:,} contacts")
        url = system.env["MUSUBI_DATABASE_URL"]
        customers.database(url.replace("{service}", "contacts"), size)
        system.start()
        system.wait_ready()
        [contacts] = [replica.server for replica in system.replicas.values() if replica.services == ["contacts"]]
        with contextlib.closing(logged_in(system)) as client:
            people = client.get("/api/v1/contacts", params={"limit": 100}).json()["items"]
            first, *others = [person["id"] for person in people]
            timelines.fill(url, {first: ENTRIES} | dict.fromkeys(others, timelines.OTHERS_EACH))
            yield Site(size, client, Meters({"contacts": contacts, **shop.ground.servers}), first)
