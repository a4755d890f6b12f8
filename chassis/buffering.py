"""Fewer system calls for py-amqp, which makes some ten of them for each message.

It reads a frame's header, payload and end one by one from the socket; here a read takes what the socket has. (Writing:
``chassis.frames``.)
"""

from typing import Any

from eventlet.greenio import GreenSocket
from eventlet.hubs import trampoline

CHUNK = 262_144


class BufferedReads:
    """Stands in for ``recv`` of a green TCP socket; waits at most ``seconds`` for the first byte."""

    def __init__(self, sock: GreenSocket, *, seconds: float) -> None:
        """TimeoutError after ``seconds`` without a byte; b"" when the peer has closed."""
        self._sock = sock
        self._seconds = seconds
        self._buffer = memoryview(b"")

    def recv(self, size: int) -> bytes:
        """Between one and ``size`` bytes."""
        if not self._buffer:
            self._buffer = memoryview(self._arrived())
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return bytes(taken)

    def _arrived(self) -> bytes:
        while True:
            try:
                return bytes(self._sock.fd.recv(CHUNK))
            except (BlockingIOError, InterruptedError):
                trampoline(self._sock.fd, read=True, timeout=self._seconds, timeout_exc=TimeoutError("timed out"))


def buffer_reads(connection: Any, *, seconds: float) -> bool:
    """Let a kombu connection read through a buffer, and give up waiting after ``seconds``. False over TLS."""
    transport = connection.connection.transport
    if not isinstance(transport.sock, GreenSocket) or not hasattr(transport, "_quick_recv"):
        return False
    transport._quick_recv = BufferedReads(transport.sock, seconds=seconds).recv
    return True
