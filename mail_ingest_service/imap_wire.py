"""imaplib made safe: the address that was checked, answers of bounded length, and no memory of passwords."""

import imaplib
import socket
import ssl
from typing import Any

from mail_ingest_service.providers import Server
from mail_ingest_service.sync import MAX_BYTES

TIMEOUT_SECONDS = 30
MAX_LINE = 16 * 1024 * 1024
# Four times what is asked for in one command: servers err about the size of their mails (line ends).
ANSWER_BYTES = 4 * MAX_BYTES

# imaplib's own limit for a line, 1 MB, is less than a search in a large folder may answer.
imaplib._MAXLINE = MAX_LINE  # type: ignore[attr-defined]  # there is no public name for it


class Wire(imaplib.IMAP4):
    """imaplib on an address that was checked before, with the certificate checked against the name."""

    def __init__(self, server: Server, address: str, context: ssl.SSLContext | None) -> None:
        self._address = address
        self._context = context
        self._taken = 0
        super().__init__(server.host, server.port, timeout=TIMEOUT_SECONDS)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = socket.create_connection((self._address, self.port), TIMEOUT_SECONDS)
        return self._context.wrap_socket(plain, server_hostname=self.host) if self._context else plain

    def send(self, data: Any) -> None:
        """A new command: what its answer may hold is counted anew."""
        self._taken = 0
        super().send(data)

    def read(self, size: int) -> bytes:
        """A literal (RFC 3501 §4.3), whose length the server chooses. We ask for 8 MiB at once at most."""
        self._taken += size
        if self._taken > ANSWER_BYTES:
            raise self.abort(f"the server answers with more than {ANSWER_BYTES} bytes at once")
        return super().read(size)

    def _log(self, line: str) -> None:
        """Keep no copy of what is sent: imaplib remembers the last commands, LOGIN too."""
