"""Waiting for PostgreSQL without holding up the hub: psycopg waits in C otherwise, and everybody else with it.

psycopg's own ``wait_select`` would do (eventlet has made ``select`` cooperative), but goes through the hub even where
the socket is ready, which is every second time, and knows no file descriptors above 1,023.
"""

import time
from collections.abc import Generator
from typing import Any

import psycopg.waiting
from eventlet.green import select as green_select
from eventlet.hubs import trampoline
from eventlet.patcher import is_monkey_patched, original
from psycopg.errors import OperationalError, _WaitTimeout

_select: Any = original("select")
_READ, _WRITE = 1, 2
_EVENTS = {_READ: _select.POLLIN, _WRITE: _select.POLLOUT, _READ | _WRITE: _select.POLLIN | _select.POLLOUT}


def install() -> None:
    """Let psycopg wait by the hub, in a process where everything else does."""
    if is_monkey_patched("select"):
        setattr(psycopg.waiting, "wait", wait)  # noqa: B010  # its type is that of psycopg's own enumerations


def wait(steps: Generator[int, int, Any], fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """Run what psycopg does with a connection to its end; ``interval`` has no meaning here.

    OperationalError where the socket is closed; psycopg's _WaitTimeout after ``timeout`` seconds.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    poll = _select.poll()
    try:
        wanted = next(steps)
        while True:
            wanted = steps.send(_ready(poll, fileno, wanted) or _awaited(fileno, wanted, deadline))
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
    """The same, after waiting for it."""
    left = None if deadline is None else max(0.0, deadline - time.monotonic())
    late = _WaitTimeout("wait timeout expired")
    if wanted in (_READ, _WRITE):
        trampoline(fileno, read=wanted == _READ, write=wanted == _WRITE, timeout=left, timeout_exc=late)
        return int(wanted)
    readable, writable, _ = green_select.select([fileno], [fileno], [], left)
    if not readable and not writable:
        raise late
    return (_READ if readable else 0) | (_WRITE if writable else 0)
