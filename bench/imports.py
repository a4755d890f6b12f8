"""Imports of 10,000 and 100,000 contacts over the API: rows a second, memory, and how lists answer meanwhile."""

import contextlib
import csv
import io
import random
import statistics
import time
from collections.abc import Mapping
from typing import Any

import httpx

from bench import customers
from bench.ground import services
from bench.listing import logged_in
from bench.meters import Cost, Meters
from bench.report import MEGABYTE, MOST_GROWTH
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
                meters = Meters({"contacts": contacts, **shop.ground.servers})
                measure(shop, client, size, meters, name=f"import, {size:,} rows")
    compare(shop, *(f"import, {size:,} rows" for size in SIZES))
    small, large = (f"import, {size:,} rows, peak memory of contacts" for size in SIZES)
    shop.report.against(large, small, limit=MOST_GROWTH)


def compare(shop: Workshop, small: str, large: str) -> None:
    """What a row costs in two imports of these names, and its undoing."""
    for what in ("", "undo of "):
        # The rates the other way round: a ratio is how many times the cost has grown.
        shop.report.against(f"{what}{small}", f"{what}{large}", limit=MOST_GROWTH)
        for name in MEASURED:
            of_large, of_small = (f"{what}{each}, CPU of {name}" for each in (large, small))
            shop.report.against(of_large, of_small, limit=MOST_GROWTH)


def measure(shop: Workshop, client: httpx.Client, size: int, meters: Meters, *, name: str) -> None:
    """Import a file of so many contacts, and undo it."""
    path = uploaded(client, size)
    meters.mark()
    taken, lists = until(client, path, "finished", start=f"{path}/start")
    done = client.get(path).json()
    assert done["created"] + done["skipped"] == size, done
    assert done["created"] > size * 0.9, done
    costs = _tell(shop, name, size, taken, meters)
    shop.report.add(f"{name}, peak memory of contacts", costs["contacts"].memory / MEGABYTE, "MB")
    shop.report.add(f"{name}, list of contacts meanwhile, p95", statistics.quantiles(lists, n=20)[-1], "ms")
    meters.mark()
    taken, _ = until(client, path, "undone", start=f"{path}/undo")
    _tell(shop, f"undo of {name}", size, taken, meters)


def _tell(shop: Workshop, name: str, size: int, taken: float, meters: Meters) -> Mapping[str, Cost]:
    shop.report.add(name, size / taken, "rows/s")
    costs = meters.read()
    for each in MEASURED:
        shop.report.add(f"{name}, CPU of {each}", costs[each].cpu / size * 1e6, "us per row")
    return costs


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
