"""A mailbox on a real Dovecot, read into a database by the real parser, one pass at a time."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet

from chassis import DatabaseHandle, clock
from chassis.engine import make_engine
from chassis.testing import published
from contracts.base import Event
from mail_ingest_service import domain, mailboxes, models, store
from mail_ingest_service.attachments import DecodedParts
from mail_ingest_service.connecting import Connector
from mail_ingest_service.credentials import Vault
from mail_ingest_service.hosts import Allowed
from mail_ingest_service.parse_pool import ParsePool
from mail_ingest_service.reader import Reader
from mail_ingest_service.service import MailIngestService
from tests.infra.dovecot import Account
from tests.services.databases import KINDS, empty_database


@pytest.fixture(scope="session")
def parser() -> Iterator[ParsePool]:
    """The children that parse."""
    pool = ParsePool(1)
    yield pool
    pool.close()


@pytest.fixture
def connector(dovecot: Any) -> Connector:
    """Connects to the test server, which lies on the loopback and has a certificate of its own authority."""
    return Connector(
        vault=Vault([Fernet.generate_key().decode()]),
        allowed=Allowed.parse("127.0.0.0/8 ::1"),
        ca=Path(dovecot.ca_file).read_text(),
        check_seconds=20,
        resolve=lambda host, port: ["127.0.0.9"] if host == "nobody.example" else ["127.0.0.1"],
    )


@pytest.fixture(params=KINDS)
def db(request: pytest.FixtureRequest) -> Iterator[DatabaseHandle]:
    """An empty database of the service, made by its migrations, of both kinds."""
    url = empty_database(request, models)
    handle = DatabaseHandle("mail_ingest", make_engine(url), metadata=models.Base.metadata)
    yield handle
    handle.engine.dispose()


def settings_for(account: Account, **more: Any) -> dict[str, Any]:
    """What a person fills in for a mailbox of the test server."""
    server = {"provider": "other", "host": "localhost", "port": account.port, "security": "none"}
    login = {"user": account.user, "secret": account.password, "address": account.user}
    return server | login | {"purpose": "support", "refresh": "1"} | more


class Box:
    """A saved mailbox and its reader."""

    def __init__(
        self, db: DatabaseHandle, connector: Connector, parser: Any, account: Account, **settings: Any
    ) -> None:
        wanted = domain.new_settings(settings_for(account, **settings))
        folders = mailboxes.chosen(connector.folders(wanted), wanted["folders"])
        with db.transaction() as tx:
            self.id = mailboxes.add(tx.session, connector.vault, wanted, folders, now=clock.now()).id
        with db.session() as session:
            store.take_lease(session, self.id, owner="this-test", now=clock.now())
        self.account = account
        self._new_reader = lambda: Reader(db, connector, parser, mailbox_id=self.id, owner="this-test")
        self.reader = self._new_reader()

    def read(self) -> None:
        """One pass."""
        self.reader.once()

    def restart(self) -> None:
        """As after the end of the process: what was only in memory is gone."""
        self.reader = self._new_reader()


@pytest.fixture
def make_box(db: DatabaseHandle, connector: Connector, parser: ParsePool, dovecot: Any) -> Callable[..., Box]:
    """Saves a mailbox of an account (a new one if none is named) with these settings."""

    def make(account: Account | None = None, **settings: Any) -> Box:
        return Box(db, connector, parser, account or dovecot.account(), **settings)

    return make


@pytest.fixture
def service(db: DatabaseHandle, connector: Connector, parser: ParsePool) -> Iterator[Any]:
    """The service with its real database, connector and parser; ``woken`` counts how often the runner was called."""
    instance: Any = MailIngestService()
    instance.db, instance.woken = db, []
    instance.reading = SimpleNamespace(connector=connector, parser=parser, wake=lambda: instance.woken.append(True))
    instance.reading.attachments = DecodedParts(parser)
    yield instance
    instance.reading.attachments.close()


@pytest.fixture
def events(db: DatabaseHandle) -> Callable[[str], list[Event]]:
    """The published events whose type begins so, in order."""
    return lambda prefix: [event for event in published(db) if event.type.startswith(prefix)]


def mail(
    subject: str = "納期のご相談", *, sender: str = "suzuki@example.jp", body: str = "よろしくお願いいたします。"
) -> bytes:
    """A small mail of our own."""
    lines = [
        f"From: 鈴木 一郎 <{sender}>",
        "To: support@example.jp",
        f"Subject: {subject}",
        f"Message-ID: <{subject}@example.jp>",
        "Date: Sun, 22 Nov 2026 10:00:00 +0900",
        "Content-Type: text/plain; charset=utf-8",
        "",
        body,
        "",
    ]
    return "\n".join(lines).encode().replace(b"\n", b"\r\n")
