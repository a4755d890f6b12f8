"""10,000 contacts get another title over the API, and have it taken back: records a second, memory, lists meanwhile."""

import contextlib
import statistics
import time

import httpx

from bench.ground import services
from bench.imports import API, SERVICES, until, uploaded
from bench.listing import logged_in
from bench.meters import Meters
from bench.report import MEGABYTE
from bench.workshop import Workshop

RECORDS = 10_000


def mass_changes_part(shop: Workshop) -> None:
    """Changing the title of 10,000 contacts at once, and undoing it: records a second, memory, lists meanwhile."""
    with services(shop.ground, SERVICES) as system:
        system.start()
        system.wait_ready()
        [contacts] = [replica.server for replica in system.replicas.values() if replica.services == ["contacts"]]
        with contextlib.closing(logged_in(system)) as client:
            path = uploaded(client, RECORDS)
            until(client, path, "finished", start=f"{path}/start")
            meters = Meters({"contacts": contacts, **shop.ground.servers})
            _measure(shop, client, meters)


def _measure(shop: Workshop, client: httpx.Client, meters: Meters) -> None:
    body = {"record_kind": "contact", "action": "update", "data": {"title": "係長"}, "selection": {}}
    began = time.perf_counter()
    answer = client.post(f"{API}/mass-changes", json=body)
    assert answer.status_code == 201, answer.text
    asked, path = time.perf_counter() - began, f"{API}/mass-changes/{answer.json()['id']}"
    taken, lists = until(client, path, "finished")
    costs, changed = meters.read()["contacts"], client.get(path).json()["changed"]
    what = f"mass change of {RECORDS:,}"
    shop.report.add(f"{what}, until it has begun", asked * 1000, "ms")
    shop.report.add(what, changed / (asked + taken), "records/s")
    shop.report.add(f"{what}, CPU of contacts", costs.cpu / changed * 1e6, "us per record")
    shop.report.add(f"{what}, peak memory of contacts", costs.memory / MEGABYTE, "MB")
    shop.report.add(f"list of contacts during a {what}, p95", statistics.quantiles(lists, n=20)[-1], "ms")
    taken, _ = until(client, path, "undone", start=f"{path}/undo")
    shop.report.add(f"undo of a {what}", changed / taken, "records/s")
