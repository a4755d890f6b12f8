"""From a mailbox's settings to an open connection: decrypt the secret, check the host, connect to what was checked."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from eventlet.timeout import Timeout

from contracts.errors import MailboxRefused
from mail_ingest_service.credentials import Credentials, Vault, credentials_for
from mail_ingest_service.hosts import Allowed, checked_addresses
from mail_ingest_service.mailbox import Folder, Mailbox, opened
from mail_ingest_service.models import Mailbox as MailboxRow
from mail_ingest_service.providers import Server, provider_named
from mail_ingest_service.refusals import too_slow


@dataclass(frozen=True, slots=True)
class Connector:
    """What every connection of this process has in common."""

    vault: Vault
    allowed: Allowed = field(default_factory=Allowed)
    ca: str = ""
    trusted_authserv_ids: frozenset[str] = frozenset()
    check_seconds: float = 3.5
    resolve: Callable[[str, int], Iterable[str]] | None = None

    @contextmanager
    def open(self, mailbox: MailboxRow) -> Iterator[Mailbox]:
        """The mailbox, logged in. MailboxRefused says why not."""
        server = Server(mailbox.host, mailbox.port, mailbox.security, mailbox.verify_certificate)
        vendor = provider_named(mailbox.provider).vendor
        secret = self.vault.open(mailbox.secret)
        with self._connected(
            server, credentials_for(mailbox.authentication, mailbox.user, secret, vendor=vendor)
        ) as it:
            yield it

    def folders(self, settings: dict[str, Any]) -> list[Folder]:
        """Try settings out: the folders that they lead to. MailboxRefused, also after ``check_seconds``.

        Once the folders are known, no farewell that comes too late makes a refusal of it.
        """
        server = Server(settings["host"], settings["port"], settings["security"], settings["verify_certificate"])
        provider = provider_named(settings["provider"])
        login = credentials_for(
            settings["authentication"], settings["user"], settings["secret"], vendor=provider.vendor
        )
        found: list[Folder] = []
        late = too_slow(self.check_seconds)
        try:
            with Timeout(self.check_seconds, late), self._connected(server, login) as mailbox:
                found = mailbox.folders(sent_names=provider.sent_folders, junk_names=provider.junk_folders)
        except MailboxRefused as refusal:
            if refusal is not late or not found:
                raise
        return found

    def authserv_ids(self, provider: str) -> frozenset[str]:
        """Whose Authentication-Results are believed in a mailbox of this provider."""
        return self.trusted_authserv_ids | frozenset(provider_named(provider).authserv_ids)

    @contextmanager
    def _connected(self, server: Server, credentials: Credentials) -> Iterator[Mailbox]:
        addresses = checked_addresses(server.host, server.port, allowed=self.allowed, resolve=self.resolve)
        if not addresses:
            raise MailboxRefused("The host name has no address.", reason="host_unknown")
        with opened(server, credentials, addresses, ca=self.ca) as mailbox:
            yield mailbox
