"""Imports of 10,000 and 100,000 contacts over the API: rows a second, memory, and how lists answer meanwhile."""

import contextlib
import csv
import io
import random
import statistics
import time
from typing import Any

import httpx

from bench import customers
from bench.ground import services
from bench.listing import logged_in
from bench.meters import Meters
from bench.report import MEGABYTE
from bench.workshop import Workshop

SIZES = (10_000, 100_000)
SERVICES = ("contacts", "staff", "gateway")
MEASURED = ("contacts", "PostgreSQL")
# An organization for so many contacts.
EACH = 20
PAUSE = 0.1
API = "/api/v1"
AT_WORK = ("reading", "importing", "linking", "changing", "undoing")
HEADER = "姓,名,姓（カナ）,名（カナ）,会社名,役職,メール,電話番号,携帯電話,郵便番号,都道府県,市区町村,番地,誕生日"


def imports_part(shop: Workshop) -> None:
    """Importing 100,000 contacts against 10,000: rows a second, memory, lists meanwhile; and the undoing."""
    for size in SIZES:
        with services(shop.ground, SERVICES) as system:
            system.start()
            system.wait_ready()
            [contacts] = [replica.server for replica in system.replicas.values() if replica.services == ["contacts"]]
            with contextlib.closing(logged_in(system)) as client:
                _measure(shop, client, size, Meters({"contacts": contacts, **shop.ground.servers}))
    small, large = SIZES
    for what in ("import", "undo"):
        shop.report.against(f"{what}, {large:,} rows", f"{what}, {small:,} rows")
    for measured in (*(f"CPU of {name}" for name in MEASURED), "peak memory of contacts"):
        shop.report.against(f"import, {large:,} rows, {measured}", f"import, {small:,} rows, {measured}")


def _measure(shop: Workshop, client: httpx.Client, size: int, meters: Meters) -> None:
    path = uploaded(client, size)
    taken, lists = until(client, path, "finished", start=f"{path}/start")
    done = client.get(path).json()
    assert done["created"] + done["skipped"] == size, done
    costs = meters.read()
    shop.report.add(f"import, {size:,} rows", size / taken, "rows/s")
    for name in MEASURED:
        shop.report.add(f"import, {size:,} rows, CPU of {name}", costs[name].cpu / size * 1e6, "us per row")
    shop.report.add(f"import, {size:,} rows, peak memory of contacts", costs["contacts"].memory / MEGABYTE, "MB")
    shop.report.add(f"list of contacts while importing {size:,}, p95", statistics.quantiles(lists, n=20)[-1], "ms")
    taken, _ = until(client, path, "undone", start=f"{path}/undo")
    shop.report.add(f"undo, {size:,} rows", size / taken, "rows/s")


def uploaded(client: httpx.Client, size: int) -> str:
    """The path of an import of so many contacts that is ready to be started."""
    answer = client.post(
        f"{API}/imports",
        params={"record_kind": "contact", "file_name": "bench.csv"},
        content=_file(size),
        headers={"Content-Type": "text/csv"},
    )
    assert answer.status_code == 201, answer.text
    return f"{API}/imports/{answer.json()['id']}"


def until(client: httpx.Client, path: str, state: str, *, start: str = "") -> tuple[float, list[float]]:
    """Seconds until a job is in a state; what the list of contacts took meanwhile, in milliseconds."""
    lists: list[float] = []
    began = time.perf_counter()
    if start:
        answer = client.post(start)
        assert answer.status_code == 200, answer.text
    while (found := client.get(path).json())["state"] != state:
        assert found["state"] in AT_WORK, found
        asked = time.perf_counter()
        assert client.get(f"{API}/contacts", params={"limit": 50}).status_code == 200
        lists.append((time.perf_counter() - asked) * 1000)
        time.sleep(PAUSE)
    return time.perf_counter() - began, lists


def _file(size: int) -> bytes:
    """A list as Japanese Excel writes it."""
    chance, text = random.Random(7), io.StringIO()
    text.write(f"{HEADER}\r\n")
    writer: Any = csv.writer(text)
    for number in range(size):
        (last, last_kana), (first, first_kana) = (
            customers.spelt(chance, customers.SURNAMES),
            customers.spelt(chance, customers.GIVEN),
        )
        firm, phone = number // EACH, f"{number % 10_000:04}"
        writer.writerow(
            [
                *(last, first, last_kana, first_kana, f"株式会社結び{firm}", "部長"),
                *(
                    f"c{number}@company{firm}.example.jp",
                    f"03-1234-{phone}",
                    f"090-{chance.randrange(10_000):04}-{phone}",
                ),
                *("100-0001", "東京都", "千代田区", "丸の内1-1", "1980/01/02"),
            ]
        )
    return text.getvalue().encode("cp932")
