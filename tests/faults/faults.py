"""What goes wrong, each kind by a name, at moments that a seed chooses; told as JSON lines."""

import json
import random
import time
from collections.abc import Callable
from typing import TextIO

from tests.faults.site import Site
from tests.infra import eventually

NOTICED_WITHIN = 15.0
# Where mails leave a trace on their way; a moment is when a table has grown by so many rows.
TRACES = (("mail_ingest", "mail_messages"), ("matcher", "decisions"), ("tickets", "inbox"), ("history", "inbox"))


class Faults:
    """Does harm to a site. ``seed`` decides what and when; ``history`` gets a JSON line for each fault."""

    def __init__(self, site: Site, *, seed: int, history: TextIO, alarm_seconds: float = 10) -> None:
        """``alarm_seconds``: how long a memory alarm lasts."""
        self.site = site
        self.chance = random.Random(seed)
        self._history = history
        self._alarm_seconds = alarm_seconds
        self._began = time.monotonic()
        self.kinds: dict[str, Callable[[], None]] = {
            "broker restarts": lambda: self._while_down(site.rabbitmq.stop, site.rabbitmq.start),
            "broker is killed": lambda: self._while_down(site.rabbitmq.kill9, site.rabbitmq.start),
            "database restarts": lambda: self._while_down(site.postgres.stop, site.postgres.start),
            "database is killed": lambda: self._while_down(site.postgres.kill9, site.postgres.start),
            "sessions of a database are ended": self._end_sessions,
            "mailbox is cut off in mid-fetch": self._cut_fetch,
            "mailbox connections are reset": lambda: _ignored(site.imap.reset()),
            "broker connections are reset": lambda: _ignored(site.amqp.reset()),
            "broker connections are half-open": self._half_open,
            "database connections are reset": lambda: _ignored(site.sql.reset()),
            "database connections are half-open": self._silent_database,
            "broker holds publishers back": self._alarm,
        }
        self.longer: dict[str, Callable[[], None]] = {
            "mail server restarts": self._restart_mail_server,
            "broker hangs": lambda: self._hang(site.rabbitmq.pause, site.rabbitmq.resume),
            "database hangs": lambda: self._hang(site.postgres.pause, site.postgres.resume),
        }
        self.kills = [f"kill {name}" for name in site.processes.replicas]

    def each_once(self) -> list[str]:
        """The kill of each process and every other fault, in an order of chance."""
        names = [*self.kills, *self.kinds]
        self.chance.shuffle(names)
        return names

    def some(self, count: int) -> list[str]:
        """So many faults by chance: two of three are kills of a process."""
        pools = (self.kills, self.kills, [*self.kinds, *self.longer])
        return [self.chance.choice(self.chance.choice(pools)) for _ in range(count)]

    def strike(self, name: str, *, mails: int) -> None:
        """Put mails in, and let the fault happen while they are on their way and somebody is at the API."""
        self.site.append(self.site.ledger.more(mails))
        self._moment(mails)
        began = time.monotonic()
        visit = self.site.visits.begin()
        self._tell(fault=name)
        deeds = {**self.kinds, **self.longer}
        deeds.get(name, lambda: self.site.kill(name.removeprefix("kill ")))()
        visit.result()
        self._tell(ended=name, seconds=round(time.monotonic() - began, 2))

    def _moment(self, mails: int) -> None:
        service, table = self.chance.choice(TRACES)
        goal = self.site.rows.count(service, table) + self.chance.randrange(mails // 3)
        self._await(lambda: self.site.rows.count(service, table) >= goal or self.site.settled(), "mails on their way")

    def _await(self, check: Callable[[], bool], what: str) -> None:
        try:
            eventually(check, timeout=60, what=what)
        except AssertionError as error:
            raise AssertionError(f"{error}: {self.site.state()}") from error

    def _while_down(self, stop: Callable[[], None], start: Callable[[], object]) -> None:
        """While a server is away, mails come in and a process is killed."""
        stop()
        self.site.append(self.site.ledger.more(4))
        self.site.kill(self.chance.choice(list(self.site.processes.replicas)))
        start()

    def _end_sessions(self) -> None:
        service = self.chance.choice(("mail_ingest", "matcher", "leads", "tickets", "history", "contacts"))
        self.site.postgres.kill_backends(f"{self.site.rows.prefix}_{service}")

    def _cut_fetch(self) -> None:
        self.site.imap.cut_after(self.chance.randrange(500, 6_000))
        self.site.append(self.site.ledger.more(12))
        eventually(lambda: not self.site.imap.cutting, timeout=60)

    def _half_open(self) -> None:
        """Every link goes silent without being closed: each must be given up and made anew within 15 s."""
        before, began = self.site.amqp.accepted, time.monotonic()
        links = self.site.amqp.hole()
        self.site.append(self.site.ledger.more(4))
        anew = lambda: self.site.amqp.accepted >= before + links  # noqa: E731 - read only in the next line
        eventually(anew, timeout=NOTICED_WITHIN, what=f"{links} half-open links made anew")
        self._tell(links=links, noticed_within=round(time.monotonic() - began, 1))
        self.site.amqp.heal()

    def _silent_database(self) -> None:
        """Every link to the database goes silent without being closed; every service must come to work again."""
        began = time.monotonic()
        links = self.site.sql.hole()
        self.site.append(self.site.ledger.more(4))
        # A silence is given up after 20 s; PostgreSQL lets go of what the other end of the link had locked after 30.
        self._await(self.site.settled, "all done over fresh links to the database")
        self._tell(links=links, settled_within=round(time.monotonic() - began, 1))
        self.site.sql.heal()

    def _restart_mail_server(self) -> None:
        self.site.dovecot.stop()
        self.site.kill(self.chance.choice(list(self.site.processes.replicas)))
        self.site.dovecot.start()

    def _hang(self, pause: Callable[[], None], resume: Callable[[], None]) -> None:
        """A server answers nothing for some seconds, and then everything that it was asked."""
        pause()
        began, seconds = time.monotonic(), self.chance.uniform(2, 20)
        self.site.append(self.site.ledger.more(4))
        eventually(lambda: time.monotonic() - began > seconds, timeout=60)
        resume()

    def _alarm(self) -> None:
        """Publishers are held back: what comes in meanwhile must wait in the outbox."""
        with self.site.rabbitmq.memory_alarm():
            began = time.monotonic()
            self.site.append(self.site.ledger.more(8))
            eventually(lambda: "mail_ingest" in self.site.rows.outbox(), timeout=60)
            eventually(lambda: time.monotonic() - began > self._alarm_seconds, timeout=2 * self._alarm_seconds)

    def _tell(self, **facts: object) -> None:
        line = {"second": round(time.monotonic() - self._began, 2), "mails": len(self.site.ledger.mails), **facts}
        print(json.dumps(line, ensure_ascii=False), file=self._history, flush=True)


def _ignored(_: object) -> None:
    """For faults whose answer is of no interest."""
