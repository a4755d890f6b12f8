"""An IMAP server that tells of a new mail at once: pymap, in memory. Dovecot gathers news for half a second first."""

import contextlib
import imaplib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from tests.infra import eventually
from tests.infra.dovecot import Account
from tests.infra.process import accepts, free_port

USER = PASSWORD = "sales"


@dataclass(frozen=True, slots=True)
class PromptAccount:
    """Its only mailbox, to be used as one of Dovecot's."""

    port: int
    user: str = USER
    password: str = PASSWORD

    @contextlib.contextmanager
    def imap(self, folder: str | None = None) -> Iterator[imaplib.IMAP4]:
        """A logged-in connection, with ``folder`` selected."""
        with imaplib.IMAP4("127.0.0.1", self.port, timeout=30) as connection:
            connection.login(self.user, self.password)
            if folder:
                connection.select(folder)
            yield connection


@contextlib.contextmanager
def prompt_account() -> Iterator[Account]:
    """A server with an empty mailbox."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port), "--no-tls"]
    login = ["dict", "--demo-user", USER, "--demo-password", PASSWORD]
    server = subprocess.Popen([*command, *login], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: accepts(port), timeout=30, what="pymap listens")
        yield cast(Account, PromptAccount(port))
    finally:
        server.terminate()
        server.wait(20)
