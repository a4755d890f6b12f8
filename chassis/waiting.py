"""Waiting for PostgreSQL without holding up the hub: psycopg waits in C otherwise, and everybody else with it.

psycopg's own ``wait_select`` would do (eventlet has made ``select`` cooperative), but goes through the hub even where
the socket is ready, which is every second time, and knows no file descriptors above 1,023.

And not for ever: a half-open link never answers, and where a proxy stands in between, its end of the link is alive and
no keepalive tells. The limit is one of silence, not of work: whatever comes or goes begins it anew.
"""

import socket
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

import psycopg.waiting
from eventlet.green import select as green_select
from eventlet.hubs import trampoline
from eventlet.patcher import is_monkey_patched, original
from psycopg.errors import OperationalError, _WaitTimeout

from chassis import logs

# More than a statement may take (chassis/engine.py): who is silent for longer is gone.
SILENCE_SECONDS = 20.0

_select: Any = original("select")
_READ, _WRITE = 1, 2
_EVENTS = {_READ: _select.POLLIN, _WRITE: _select.POLLOUT, _READ | _WRITE: _select.POLLIN | _select.POLLOUT}
_patience: ContextVar[float | None] = ContextVar("patience")

log = logs.logger(__name__)


class _Late(Exception):
    """What the hub raises where it was waited for long enough."""


def install() -> None:
    """Let psycopg wait by the hub, in a process where everything else does."""
    if is_monkey_patched("select"):
        setattr(psycopg.waiting, "wait", wait)  # noqa: B010  # its type is that of psycopg's own enumerations


@contextmanager
def patience(seconds: float | None) -> Iterator[None]:
    """Within it the server may be silent for so long; None: for as long as it likes."""
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


def wait(steps: Generator[int, int, Any], fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """Run what psycopg does with a connection to its end; ``interval`` has no meaning here.

    OperationalError where the socket is closed or the server silent for too long, and the connection is broken then;
    psycopg's _WaitTimeout after ``timeout`` seconds.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    poll = _select.poll()
    try:
        wanted = next(steps)
        while True:
            ready = _ready(poll, fileno, wanted) or _awaited(fileno, wanted, deadline) or _given_up(fileno, wanted)
            wanted = steps.send(ready)
    except StopIteration as end:
        return end.value


def _ready(poll: Any, fileno: int, wanted: int) -> int:
    """What the socket is ready for at this moment, of what is wanted; 0 for nothing."""
    poll.register(fileno, _EVENTS[wanted])
    for _, found in poll.poll(0):
        if found & _select.POLLNVAL:
            raise OperationalError("the connection's socket is closed")
        ready = (_READ if found & _select.POLLIN else 0) | (_WRITE if found & _select.POLLOUT else 0)
        # Of a broken connection psycopg learns by reading or writing.
        return ready or wanted
    return 0


def _awaited(fileno: int, wanted: int, deadline: float | None) -> int:
    """The same, after waiting for it; 0 where the server was silent for too long."""
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    limits = [limit for limit in (left, _patience.get(SILENCE_SECONDS)) if limit is not None]
    ready = _awaited_until(fileno, wanted, min(limits, default=None))
    if not ready and deadline is not None and time.monotonic() >= deadline:
        raise _WaitTimeout("wait timeout expired")
    return ready


def _awaited_until(fileno: int, wanted: int, seconds: float | None) -> int:
    if wanted in (_READ, _WRITE):
        try:
            trampoline(fileno, read=wanted == _READ, write=wanted == _WRITE, timeout=seconds, timeout_exc=_Late)
        except _Late:
            return 0
        return int(wanted)
    readable, writable, _ = green_select.select([fileno], [fileno], [], seconds)
    return (_READ if readable else 0) | (_WRITE if writable else 0)


def _given_up(fileno: int, wanted: int) -> int:
    """Shut the socket down: psycopg, reading from it, learns that the connection is broken and throws it away."""
    log.warning("database link given up", reason="silent for too long")
    with suppress(OSError), socket.fromfd(fileno, socket.AF_INET, socket.SOCK_STREAM) as link:
        link.shutdown(socket.SHUT_RDWR)
    return wanted
