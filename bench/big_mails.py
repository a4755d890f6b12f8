"""How much memory mail_ingest takes to read a mailbox of 200 MB that is made of mails of 50 MB."""

import time
from collections.abc import Iterator

from bench.caller import Caller
from bench.ground import database_of, mailbox_settings, services
from bench.meters import peak_memory, resident
from bench.report import MEGABYTE
from bench.workshop import Workshop
from tests.infra.services import ServiceProcesses

MAILS, SIZE = 4, 50 * MEGABYTE
LONGEST = 180.0
# Below the size of the mails, so that they are read, kept and quarantined; above it, so that they are parsed as well.
LIMITS = (32, 64)


def memory_part(shop: Workshop) -> None:
    """Peak memory of mail_ingest and its children while it reads 200 MB in mails of 50 MB."""
    for limit in LIMITS:
        account = shop.ground.dovecot.account()
        account.deliver(_mails())
        with services(shop.ground, ("mail_ingest",)) as system:
            system.start()
            system.wait_ready()
            with Caller(system.env) as caller:
                settings = mailbox_settings(account, "general") | {"size_limit": limit * MEGABYTE}
                caller.call("mail_ingest", "add_mailbox", data=settings)
            _watch(shop, system, f"mails of 50 MB, size limit {limit} MB")


def _watch(shop: Workshop, system: ServiceProcesses, name: str) -> None:
    [replica] = system.replicas.values()
    database, began, peak = database_of(system, "mail_ingest"), time.monotonic(), 0
    while shop.ground.postgres.query("SELECT count(*) FROM mail_messages", database=database) != [(MAILS,)]:
        if time.monotonic() - began > LONGEST:
            raise RuntimeError(f"the mails were not read within {LONGEST:.0f} s: {system.logs('mail_ingest')[-5:]}")
        pause = time.monotonic() + 0.2
        while time.monotonic() < pause:
            peak = max(peak, resident(replica.server.pid))
            time.sleep(0.005)
    shop.report.add(f"{name}: peak of all its processes together", peak / MEGABYTE, "MB")
    shop.report.add(f"{name}: sum of each one's own peak", peak_memory(replica.server.pid) / MEGABYTE, "MB")


def _mails() -> Iterator[bytes]:
    line = b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGVmMDEyMzQ1Njc4OWFi\n"
    for number in range(MAILS):
        yield (
            b"From: a@company1.example\nTo: b@example.jp\nSubject: Plan %d\nMessage-ID: <plan.%d@company1.example>\n"
            b"MIME-Version: 1.0\nContent-Type: application/zip; name=plan.zip\nContent-Transfer-Encoding: base64\n\n"
        ) % (number, number) + line * (SIZE // len(line) + 1)
