"""The road: a full mailbox on Dovecot to committed decisions, leads, tickets and timelines, services as processes."""

import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import make_url

from bench.caller import Caller
from bench.database_work import DatabaseWork
from bench.ground import Ground, database_of, know, mailbox_settings, services
from bench.mailbox import Expected, GeneratedMailbox
from bench.meters import Cost, Meters
from bench.profiles import Profile
from tests.infra.dovecot import Account
from tests.infra.services import ServiceProcesses

# Counting costs the database something, so it is done seldom until the end is near.
PAUSE, NEAR_PAUSE, NEAR, LONGEST = 0.25, 0.05, 0.8, 900.0

# Who must have how many rows, in the order in which they are waited for. The first stage ends when each mail has had
# its own effect, the second when strangers' mails stand on the timelines of their new leads as well.
FILED = (
    ("mail_ingest", "SELECT count(*) FROM mail_messages", lambda expected: expected.mails),
    ("matcher", "SELECT count(*) FROM decisions", lambda expected: expected.mails),
    ("leads", "SELECT count(*) FROM lead_mails", lambda expected: expected.lead_mails),
    ("leads", "SELECT count(*) FROM leads", lambda expected: expected.leads),
    ("tickets", "SELECT count(*) FROM ticket_mails", lambda expected: expected.ticket_mails),
    ("tickets", "SELECT count(*) FROM tickets", lambda expected: expected.tickets),
    (
        "history",
        "SELECT count(*) FROM entries WHERE kind = 'mail' AND record_kind = 'contact'",
        lambda expected: expected.known_mails,
    ),
)
SETTLED = (
    (
        "matcher",
        "SELECT count(*) FROM decisions WHERE state = 'matched'",
        lambda expected: expected.known_mails + expected.lead_mails,
    ),
    (
        "history",
        "SELECT count(*) FROM entries WHERE kind = 'mail'",
        lambda expected: expected.known_mails + expected.lead_mails,
    ),
    (
        "history",
        "SELECT count(*) FROM entries WHERE kind = 'ticket'",
        lambda expected: expected.ticket_mails + expected.known_tickets,
    ),
    ("history", "SELECT count(*) FROM entries WHERE kind = 'lead'", lambda expected: expected.leads),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """One run: seconds until each mail was filed and until all had settled; what each process cost until then."""

    mails: int
    filed: float
    settled: float
    stages: Mapping[str, float]
    costs: Mapping[str, Cost]
    database: str
    profiles: Mapping[str, str] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Mails a second until everything had settled."""
        return self.mails / self.settled


def travel(
    ground: Ground, mailbox: GeneratedMailbox, accounts: Mapping[str, Account], *, profiled: Sequence[str] = ()
) -> Journey:
    """Start the services, let them read the accounts, wait for every row that must come of it."""
    with services(ground) as system:
        know(system.env["MUSUBI_DATABASE_URL"].replace("{service}", "contacts"), mailbox.known_people)
        ground.postgres.execute("ANALYZE", database=database_of(system, "contacts"))
        system.start()
        system.wait_ready()
        with Caller(system.env) as caller:
            return _timed(ground, system, caller, mailbox, accounts, profiled)


def _timed(
    ground: Ground,
    system: ServiceProcesses,
    caller: Caller,
    mailbox: GeneratedMailbox,
    accounts: Mapping[str, Account],
    profiled: Sequence[str],
) -> Journey:
    servers = {name.removesuffix("-1"): replica.server for name, replica in system.replicas.items()}
    expected = Expected.of(mailbox)
    profiles = {name: Profile(servers[name].pid) for name in profiled}
    meters, work = Meters({**servers, **ground.servers}), DatabaseWork(ground, system)
    began = time.perf_counter()
    for purpose, account in accounts.items():
        caller.call("mail_ingest", "add_mailbox", data=mailbox_settings(account, purpose))
    filed = _wait(ground, system, FILED, expected, began)
    settled = _wait(ground, system, SETTLED, expected, began)
    costs, told = meters.read(), work.told()
    return Journey(
        mails=mailbox.count,
        filed=max(filed.values()),
        settled=max(settled.values()),
        stages=filed | settled,
        costs=costs,
        database=told,
        profiles={name: profile.finish() for name, profile in profiles.items()},
    )


def _wait(
    ground: Ground, system: ServiceProcesses, rows: Sequence[tuple], expected: Expected, began: float
) -> dict[str, float]:
    """Seconds since ``began`` at which each count was seen complete; one query at a time, so that watching is cheap."""
    seen = {}
    for service, sql, number in rows:
        _wait_for(ground, database_of(system, service), sql, number(expected), began, system)
        seen[f"{service}: {sql.partition('FROM ')[2]}"] = time.perf_counter() - began
    return seen


def _wait_for(ground: Ground, database: str, sql: str, wanted: int, began: float, system: ServiceProcesses) -> None:
    url = make_url(ground.postgres.url(database)).set(drivername="postgresql").render_as_string()
    with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
        while (found := _number(cursor, sql)) < wanted:
            if time.perf_counter() - began > LONGEST:
                raise RuntimeError(f"{sql!r} stays at {found} of {wanted}; {_complaints(system)}")
            time.sleep(NEAR_PAUSE if found > NEAR * wanted else PAUSE)
    if found > wanted:
        raise RuntimeError(f"{sql!r} gives {found}, more than the {wanted} expected")


def _number(cursor: Any, sql: str) -> int:
    cursor.execute(sql)
    [(number,)] = cursor.fetchall()
    return number


def _complaints(system: ServiceProcesses) -> str:
    lines = [str(line) for name in system.replicas for line in system.logs(name)]
    return "\n".join(lines[-20:]) or "no service complained"


def median(journeys: Sequence[Journey], of: str) -> float:
    """The median of an attribute over several runs."""
    return statistics.median(getattr(journey, of) for journey in journeys)
