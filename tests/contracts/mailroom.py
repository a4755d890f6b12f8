"""mail_ingest with a mailbox on a real IMAP server, read one pass at a time."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.fernet import Fernet

from chassis import clock, testing
from contracts.errors import MailboxRefused
from mail_ingest_service import store
from mail_ingest_service.connecting import Connector
from mail_ingest_service.credentials import Vault
from mail_ingest_service.hosts import Allowed
from mail_ingest_service.parse_pool import ParsePool
from mail_ingest_service.reader import Reader
from mail_ingest_service.service import MailIngestService
from tests.infra.dovecot import Dovecot

OWNER = "this-test"
MAIL = """\
From: 田中 花子 <hanako@abc.example>
To: desk@musubi.example
Subject: お見積りのお願い
Message-ID: <mitsumori-1@abc.example>
Date: Sun, 22 Nov 2026 10:00:00 +0900
Content-Type: text/plain; charset=utf-8

はじめまして。見積書をいただけますか。
"""


class MailRoom:
    """The service and one mailbox that it reads."""

    name = MailIngestService.name

    def __init__(self, database: Callable[[Any], str], dovecot: Dovecot) -> None:
        """``database`` makes one for a service class."""
        self.parser = ParsePool(1)
        self.connector = connector(dovecot)
        self.account = dovecot.account()
        reading = SimpleNamespace(connector=self.connector, parser=self.parser, wake=lambda: None)
        self.service = testing.instance(MailIngestService, database(MailIngestService), reading=reading)
        self.db = self.service.db

    def add_mailbox(self) -> dict[str, Any]:
        """Save the mailbox."""
        data = {
            "provider": "other",
            "host": "localhost",
            "port": self.account.port,
            "security": "none",
            "user": self.account.user,
            "secret": self.account.password,
            "address": "desk@musubi.example",
            "purpose": "support",
            "name": "窓口",
            "refresh": "1",
        }
        made: dict[str, Any] = self.service.add_mailbox(data=data)
        with self.db.session() as session:
            store.take_lease(session, made["id"], owner=OWNER, now=clock.now())
        return made

    def read(self, mailbox_id: str) -> None:
        """One pass; a refusal is noted as the reader does."""
        reader = Reader(self.db, self.connector, self.parser, mailbox_id=mailbox_id, owner=OWNER)
        try:
            reader.once()
        except MailboxRefused as refusal:
            reader._after(refusal)

    def change_secret_behind_our_back(self, mailbox_id: str, secret: str) -> None:
        """As if the password had been changed at the mail server."""
        with self.db.transaction() as tx:
            store.set_health(tx.session, mailbox_id, secret=self.connector.vault.seal(secret))

    def receive(self, raw: bytes) -> dict[str, Any]:
        """A mail lies in the mailbox and is read."""
        mailbox = self.add_mailbox()
        self.account.append(raw)
        self.read(mailbox["id"])
        return mailbox

    def close(self) -> None:
        """End the child that parses."""
        self.parser.close()


def connector(dovecot: Dovecot) -> Connector:
    """Connects to the loopback, with a key made up for this test."""
    return Connector(
        vault=Vault([Fernet.generate_key().decode()]),
        allowed=Allowed.parse("127.0.0.0/8 ::1"),
        ca=Path(dovecot.ca_file).read_text(encoding="utf-8"),
        check_seconds=20,
        resolve=lambda _host, _port: ["127.0.0.1"],
    )


def plain_mail() -> bytes:
    """A question of somebody at ABC."""
    return MAIL.encode().replace(b"\n", b"\r\n")
