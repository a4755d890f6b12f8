"""The ground that the benchmarks stand on: RabbitMQ, PostgreSQL and Dovecot of their own, and a filled mailbox."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from bench.mailbox import PURPOSES, GeneratedMailbox, Person
from chassis import clock
from chassis.engine import make_engine
from chassis.ids import new_id
from contacts_service import domain, fields, store
from tests.infra.dovecot import Account, Dovecot
from tests.infra.postgres import PostgreSQL
from tests.infra.process import Server
from tests.infra.rabbitmq import RabbitMQ
from tests.infra.services import ServiceProcesses

ROAD = ("contacts", "mail_ingest", "matcher", "leads", "tickets", "history")


@dataclass(frozen=True, slots=True)
class Ground:
    """The servers of one run of the benchmark."""

    rabbitmq: RabbitMQ
    postgres: PostgreSQL
    dovecot: Dovecot

    @property
    def servers(self) -> dict[str, Server]:
        """By name, for the meters."""
        return {"RabbitMQ": self.rabbitmq.server, "PostgreSQL": self.postgres.server, "Dovecot": self.dovecot.server}


@contextlib.contextmanager
def ground() -> Iterator[Ground]:
    """The servers, started; they and their data are gone afterwards."""
    with contextlib.ExitStack() as stack:
        made = Ground(RabbitMQ(), PostgreSQL(), Dovecot())
        for server in (made.rabbitmq, made.postgres, made.dovecot):
            stack.callback(server.close)
            server.start()
        yield made


@contextlib.contextmanager
def services(on: Ground, names: Sequence[str] = ROAD, *, processes: Sequence[str] = ()) -> Iterator[ServiceProcesses]:
    """A fresh system on fresh databases and a fresh vhost; ``processes`` (default: the names) say who runs together."""
    prefix = f"bench{secrets.token_hex(3)}"
    urls = {"amqp_url": on.rabbitmq.add_vhost(prefix), "database_url": on.postgres.make_databases(prefix, names)}
    env = {"MUSUBI_MAIL_HOST_ALLOW": "127.0.0.0/8", "MUSUBI_MAIL_CHECK_SECONDS": "20", "MUSUBI_LOG_LEVEL": "WARNING"}
    # One client asks as a hundred people would.
    env["MUSUBI_REQUESTS_PER_MINUTE"] = "1000000"
    # To try a setting out: BENCH_MUSUBI_MAIL_PARSERS=2 python -m bench road
    env |= {
        name.removeprefix("BENCH_"): value for name, value in os.environ.items() if name.startswith("BENCH_MUSUBI_")
    }
    system = ServiceProcesses(processes or names, **urls, env=env, supervise=False)
    try:
        system.migrate()
        yield system
    finally:
        system.stop()
        on.rabbitmq.delete_vhost(prefix)
        on.postgres.drop_databases(f"{prefix}_")


def database_of(system: ServiceProcesses, service: str) -> str:
    """The name of a service's database."""
    return system.env["MUSUBI_DATABASE_URL"].rpartition("/")[2].replace("{service}", service)


def filled_accounts(dovecot: Dovecot, mailbox: GeneratedMailbox) -> dict[str, Account]:
    """A mail account per purpose with its mails; the server's index of them is made, so that nobody pays for it."""
    accounts = {purpose: dovecot.account() for purpose in PURPOSES}
    for purpose, account in accounts.items():
        account.deliver(mailbox.mails(purpose))
        with account.imap("INBOX") as connection:
            connection.fetch("1:*", "(UID RFC822.SIZE)")
    return accounts


def mailbox_settings(account: Account, purpose: str) -> dict[str, Any]:
    """What ``add_mailbox`` is told."""
    return {
        "provider": "other",
        "host": "127.0.0.1",
        "port": account.port,
        "security": "none",
        "user": account.user,
        "secret": account.password,
        "address": f"{purpose}@example.jp",
        "name": purpose,
        "purpose": purpose,
        "policy": "automatic",
    }


def know(url: str, people: Sequence[Person]) -> None:
    """Put people into the contacts database that the URL names."""
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        numbers = store.take_numbers(session, "contact", count=len(people))
        rows = [_contact(person, number) for person, number in zip(people, numbers, strict=True)]
        entries = [entry for row in rows for entry in _entries(row)]
        store.add_contacts(session, rows, entries=entries)
    engine.dispose()


def _contact(person: Person, number: str) -> dict[str, Any]:
    typed = {"last_name": person.last_name, "first_name": person.first_name, "addresses": [person.address]}
    values = fields.new_values(typed, fields.CONTACT_FIELDS)
    return domain.new_row(new_id(), number=number, values=values, moment=clock.now())


def _entries(row: dict[str, Any]) -> list[dict[str, Any]]:
    label = domain.label_of("contact", row)
    return domain.book_entries("contact", row["id"], label=label, organization_id=None, typed=row["addresses"])
