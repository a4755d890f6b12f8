"""Invented people for the benchmarks: an address book of any size, filled by COPY (psycopg, a plain process).

python -m bench.people postgresql+psycopg:///musubi_contacts?host=/run/postgresql 1000000
"""

import argparse
import sys
import time
from collections.abc import Iterator

import psycopg
from sqlalchemy import make_url

from chassis import migrations
from chassis.engine import make_engine
from contacts_service import models
from contacts_service.models import BookEntry

NAMES = ("tanaka", "suzuki", "sato", "takahashi", "watanabe", "ito", "yamamoto", "nakamura", "kobayashi", "kato")
COMPANIES = 50_000
CHUNK = 100_000
# Odd, so that products modulo 2**32 never repeat: neighbours in the table are far apart in the index.
SCATTER = 2_654_435_761


def address(number: int) -> str:
    """The canonical address of the ``number``-th person; every number below 2**32 has another one."""
    scattered = number * SCATTER % 2**32
    return f"{NAMES[scattered % len(NAMES)]}.{scattered:08x}@company{number % COMPANIES}.example"


def fill(url: str, count: int) -> None:
    """An address book of ``count`` contacts in the PostgreSQL database that the URL names; it is made if need be."""
    migrations.upgrade(models, url)
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("ALTER TABLE addresses DROP CONSTRAINT pk_addresses")
        for index in BookEntry.__table__.indexes:
            index.drop(connection)
    _copy(url, count)
    with engine.begin() as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("SET maintenance_work_mem = '512MB'")
        connection.exec_driver_sql(
            "ALTER TABLE addresses ADD CONSTRAINT pk_addresses PRIMARY KEY (canonical, record_kind, record_id)"
        )
        for index in BookEntry.__table__.indexes:
            index.create(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.exec_driver_sql("VACUUM (ANALYZE) addresses")
    engine.dispose()


def _copy(url: str, count: int) -> None:
    columns = "canonical, record_kind, record_id, position, address, label"
    server = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    statement = f"COPY addresses ({columns}) FROM STDIN".encode()
    with psycopg.connect(server) as connection, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for lines in _chunks(count):
            copy.write(lines)


def _chunks(count: int) -> Iterator[str]:
    for start in range(0, count, CHUNK):
        yield "".join(_line(number) for number in range(start, min(start + CHUNK, count)))


def _line(number: int) -> str:
    canonical = address(number)
    return f"{canonical}\tcontact\t{number:032x}\t0\t{canonical}\t{canonical.partition('.')[0]} {number}\n"


def main() -> None:
    """Fill one database from the command line."""
    parser = argparse.ArgumentParser(description="Fill an address book with invented people.")
    parser.add_argument("url")
    parser.add_argument("count", type=int)
    arguments = parser.parse_args()
    began = time.perf_counter()
    fill(arguments.url, arguments.count)
    sys.stdout.write(f"{arguments.count:,} addresses in {time.perf_counter() - began:.0f} s\n")


if __name__ == "__main__":
    main()
