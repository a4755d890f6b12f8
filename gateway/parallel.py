"""Several questions at the same time."""

import contextvars
from collections.abc import Callable
from typing import Any

import eventlet

from contracts.errors import MusubiError


def together(**calls: Callable[[], Any]) -> dict[str, Any]:
    """Make independent calls at the same time; their answers by name. The first refusal is raised."""
    threads = {name: eventlet.spawn(contextvars.copy_context().run, call) for name, call in calls.items()}
    return {name: thread.wait() for name, thread in threads.items()}


def each_alone(**calls: Callable[[], Any]) -> dict[str, Any]:
    """As ``together``, but the answer of a call that is refused is its refusal, a ``MusubiError``."""
    return together(**{name: _answer_or_refusal(call) for name, call in calls.items()})


def _answer_or_refusal(call: Callable[[], Any]) -> Callable[[], Any]:
    def attempt() -> Any:
        try:
            return call()
        except MusubiError as refusal:
            return refusal

    return attempt
