"""Does an address cost the same to resolve among 10,000,000 as among 1,000,000? (At most 1.5 times is allowed.)

    python -m bench.addresses 'postgresql+psycopg:///musubi_bench_{size}?host=/run/postgresql'

The databases are filled (bench/people.py) if they are empty, and stay. What is measured is the service's own
``resolve_addresses``: SQL, rows and ranking, 200 addresses at a time, nine in ten of them known.
"""

import argparse
import random
import statistics
import sys
import time
from typing import Any

import orjson
from sqlalchemy import text

from bench import people
from chassis import migrations, testing
from contacts_service import models
from contacts_service.service import ContactsService

SIZES = (1_000_000, 10_000_000)
BATCH = 200
ROUNDS = 7
BATCHES = 60
LIMIT = 1.5


def measure(template: str, *, sizes: tuple[int, int] = SIZES) -> list[dict[str, Any]]:
    """Microseconds per address at both sizes, medians of ROUNDS interleaved rounds; JSON lines of the benchmark."""
    services = {size: _service(template.replace("{size}", str(size)), size) for size in sizes}
    chance = random.Random(7)
    rounds: dict[int, list[float]] = {size: [] for size in sizes}
    for _ in range(1 + ROUNDS):
        for size, service in services.items():
            rounds[size].append(_round(service, size, chance))
    # The first round only warms the caches.
    small, large = (statistics.median(rounds[size][1:]) for size in sizes)
    for service in services.values():
        service.db.engine.dispose()
    return [
        _line(f"resolve an address among {sizes[0]:,}", small, against=None, ratio=None),
        _line(f"resolve an address among {sizes[1]:,}", large, against=f"among {sizes[0]:,}", ratio=large / small),
    ]


def _service(url: str, size: int) -> Any:
    migrations.upgrade(models, url)
    service = testing.instance(ContactsService, url)
    if not service.resolve_addresses(addresses=[people.address(0)])[people.address(0)]:
        service.db.engine.dispose()
        people.fill(url, size)
    _warm(service)
    return service


def _warm(service: Any) -> None:
    """Read table and index once: what is compared is the work of a look-up, not who was in the disk's cache first."""
    with service.db.session() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        session.execute(text("SELECT count(label) FROM addresses"))
        session.execute(text("SET LOCAL enable_seqscan = off"))
        session.execute(text("SELECT count(*) FROM addresses WHERE canonical > ''"))


def _round(service: Any, size: int, chance: random.Random) -> float:
    batches = [[people.address(chance.randrange(size * 10 // 9)) for _ in range(BATCH)] for _ in range(BATCHES)]
    began = time.perf_counter()
    for batch in batches:
        service.resolve_addresses(addresses=batch)
    return (time.perf_counter() - began) / (BATCH * BATCHES) * 1e6


def _line(name: str, value: float, *, against: str | None, ratio: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": round(value, 2),
        "unit": "us",
        "against": against,
        "ratio": ratio and round(ratio, 2),
    }


def main() -> None:
    """Measure, print JSON lines, and fail beyond the limit."""
    parser = argparse.ArgumentParser(description="Resolve addresses among 1 and 10 million.")
    parser.add_argument("template", help="URL of the databases with {size} in it")
    lines = measure(parser.parse_args().template)
    sys.stdout.write("".join(orjson.dumps(line).decode() + "\n" for line in lines))
    sys.exit(lines[-1]["ratio"] > LIMIT)


if __name__ == "__main__":
    main()
