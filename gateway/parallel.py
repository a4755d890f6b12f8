"""Several questions at the same time."""

import contextvars
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any

import eventlet

AT_ONCE = 5


def together(**calls: Callable[[], Any]) -> dict[str, Any]:
    """Make independent calls at the same time; their answers by name. The first refusal is raised."""
    threads = {name: eventlet.spawn(contextvars.copy_context().run, call) for name, call in calls.items()}
    return {name: thread.wait() for name, thread in threads.items()}


def few_at_once(calls: Mapping[str, Callable[[], Any]]) -> dict[str, Any]:
    """As ``together`` for very many: a few, then the next ones, so that no page takes all that a service can answer."""
    waiting, answers = iter(calls.items()), dict[str, Any]()
    while some := dict(islice(waiting, AT_ONCE)):
        answers |= together(**some)
    return answers
