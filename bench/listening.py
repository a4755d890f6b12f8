"""How long an IMAP server itself takes to tell a listening client (IDLE) of a new mail: a plain client that listens."""

import contextlib
import queue
import socket
import threading
import time

from tests.infra.dovecot import Account


class Listener:
    """Listens to an inbox; ``next`` is the moment at which the server told of a new mail."""

    def __init__(self, account: Account) -> None:
        self._moments: queue.Queue[float] = queue.Queue()
        self._socket = socket.create_connection(("127.0.0.1", account.port), timeout=60)
        self._lines = self._socket.makefile("rb")
        self._send(f'a1 LOGIN "{account.user}" "{account.password}"', until=b"a1 OK")
        self._send("a2 SELECT INBOX", until=b"a2 OK")
        self._send("a3 IDLE", until=b"+")
        threading.Thread(target=self._read, daemon=True).start()

    def next(self, *, timeout: float) -> float:
        """Waits for it; queue.Empty after ``timeout`` seconds."""
        return self._moments.get(timeout=timeout)

    def close(self) -> None:
        """Ends the connection."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def _send(self, command: str, *, until: bytes) -> None:
        self._socket.sendall(command.encode() + b"\r\n")
        while not (line := self._lines.readline()).startswith(until):
            if not line or b" NO " in line or b" BAD " in line:
                raise RuntimeError(f"the IMAP server refused: {line!r}")

    def _read(self) -> None:
        # A server that ends with us may reset the connection.
        with contextlib.suppress(ConnectionResetError):
            for line in self._lines:
                if line.rstrip().endswith(b" EXISTS"):
                    self._moments.put(time.perf_counter())
