"""Until when what is being done here is of use to whoever asked for it.

A call hands its caller's time on: who is called keeps the most of what is left, and the rest for the answer's way
back, so what it calls in turn ends before its own caller gives up. When the time is over nothing more is asked and
nothing is written. What nobody waits for (the handler of an event) has no deadline.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from contracts.errors import ServiceTimeout

# What who is called may use of its caller's time.
SHARE = 0.92

_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


@contextmanager
def within(seconds: float | None) -> Iterator[None]:
    """What is done inside is of use for so many seconds; None: for ever."""
    token = _ends_at.set(None if seconds is None else time.monotonic() + seconds)
    try:
        yield
    finally:
        _ends_at.reset(token)


def time_for_a_call(usual: float) -> float:
    """The seconds that a call may take here: what is left, or ``usual``. ServiceTimeout if that is nothing.

    Who knows that a call takes longer than usual gives it that time by ``within``.
    """
    ends_at = _ends_at.get()
    seconds = usual if ends_at is None else ends_at - time.monotonic()
    if seconds <= 0:
        raise ServiceTimeout("The time for the request is over.")
    return seconds


def check() -> None:
    """ServiceTimeout if whoever asked has given up."""
    ends_at = _ends_at.get()
    if ends_at is not None and ends_at <= time.monotonic():
        raise ServiceTimeout("The time for the request is over: nothing was changed.")
