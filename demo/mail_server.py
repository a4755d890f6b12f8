"""The demo's mail server as its parent sees it: a child process, its port, its password, mails put into it by IMAP."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

import eventlet
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from demo.mails.building import DemoMail

HOST = "127.0.0.1"
USERS = ("sales", "support")
START_SECONDS = 15
APPENDED_AT_ONCE = 10


class MailServer:
    """One server on the loopback interface; its Maildirs lie in ``folder`` and stay."""

    def __init__(self, folder: Path, password: str) -> None:
        """``password`` of every user."""
        self._folder = folder
        self._password = password
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def port(self) -> int:
        """The port of the last start. SystemExit if there was none."""
        try:
            return int((self._folder / "port").read_text())
        except FileNotFoundError:
            raise SystemExit(f"There is no demo in {self._folder.parent}: start it with 'musubi up --demo'.") from None

    @property
    def is_filled(self) -> bool:
        """Whether the demo's mails are in it."""
        return (self._folder / "filled").exists()

    def start(self) -> None:
        """Start the child; returns at once."""
        if not self.is_filled:
            shutil.rmtree(self._folder / "mail", ignore_errors=True)
        if importlib.util.find_spec("pymap") is None:
            raise SystemExit("The demo needs the package pymap: pip install 'musubi[demo]'.")
        port = self._choose_port()
        command = [sys.executable, "-m", "demo.imap_server", HOST, str(port), str(self._folder / "mail"), *USERS]
        with (self._folder / "imap.log").open("ab") as log:
            # In a session of its own: Ctrl-C in the terminal is for the parent, which ends it when all is stopped.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={**os.environ, "TZ": "UTC"},
            )
        if self._process.stdin:
            self._process.stdin.write(f"{self._password}\n".encode())
            self._process.stdin.flush()

    def stop(self) -> None:
        """End the child."""
        if self._process and self._process.stdin:
            self._process.stdin.close()
            self._process.wait(10)

    def fill(self, mails: Iterable[DemoMail]) -> None:
        """Put the mails in, in their order, unless it was done before."""
        self._wait()
        if self.is_filled:
            return
        for user, of_user in groupby(mails, key=lambda mail: mail.mailbox):
            with self._client(user) as client:
                client.create_folder("Sent")
                for folder, found in groupby(of_user, key=lambda mail: mail.folder):
                    _append(client, folder, list(found))
        (self._folder / "filled").touch()

    def send(self, user: str, raw: bytes) -> None:
        """Put one mail into the inbox of a user. SystemExit if the server does not run."""
        try:
            with self._client(user) as client:
                client.append("INBOX", raw)
        except (OSError, IMAPClientError) as error:
            raise SystemExit("The demo's mail server does not answer: is 'musubi up --demo' running?") from error

    def _client(self, user: str) -> IMAPClient:
        client = IMAPClient(HOST, self.port, ssl=False, timeout=10)
        client.login(user, self._password)
        return client

    def _choose_port(self) -> int:
        """The port of the last start if it is free, so that what was set up with it still works."""
        kept = self._folder / "port"
        wanted = int(kept.read_text()) if kept.exists() else 0
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, wanted))
            except OSError:
                probe.bind((HOST, 0))
            port = int(probe.getsockname()[1])
        kept.write_text(str(port))
        return port

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            try:
                socket.create_connection((HOST, self.port), timeout=1).close()
            except OSError:
                eventlet.sleep(0.05)
            else:
                return
        raise RuntimeError(f"the demo's mail server does not start; {self._folder / 'imap.log'} may say why")


def _append(client: IMAPClient, folder: str, mails: list[DemoMail]) -> None:
    for start in range(0, len(mails), APPENDED_AT_ONCE):
        some = mails[start : start + APPENDED_AT_ONCE]
        client.multiappend(folder, [{"msg": mail.raw, "flags": (), "date": mail.received_at} for mail in some])
