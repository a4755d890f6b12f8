"""Real servers for tests, the benchmark and the fault runs: RabbitMQ, PostgreSQL, Dovecot, a TCP fault proxy, services.

Plain Python: nothing here imports pytest. Every server runs on the loopback with its own ports and folders, and ends
with the process that started it.
"""

import os
import time
from collections.abc import Callable
from typing import TypeVar

from tests.infra.process import Missing

__all__ = ["Missing", "eventually", "infrastructure_required"]

Answer = TypeVar("Answer")


def eventually(check: Callable[[], Answer], *, timeout: float = 60.0, interval: float = 0.02, what: str = "") -> Answer:
    """Calls `check` until its answer is true and returns that answer.

    An `AssertionError` or `OSError` of the check counts as "not yet". After `timeout` seconds the last answer or error
    is raised as an AssertionError. The pause between calls starts at `interval` seconds and grows to ten times of it.
    """
    deadline = time.monotonic() + timeout
    pause = interval
    while True:
        answer, error = _try(check)
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(
                f"{what or 'the check'} did not hold within {timeout:g} s; last: {answer!r}"
            ) from error
        time.sleep(pause)
        pause = min(pause * 1.3, interval * 10)


def _try(check: Callable[[], Answer]) -> tuple[Answer | None, Exception | None]:
    try:
        return check(), None
    except (AssertionError, OSError) as error:
        return None, error


def infrastructure_required() -> bool:
    """True where a missing server fails the tests (CI) instead of skipping them (a laptop)."""
    return os.environ.get("CI") == "true" or os.environ.get("MUSUBI_REQUIRE_INFRA") == "1"
