"""Several questions at the same time."""

import contextvars
from collections.abc import Callable
from typing import Any

import eventlet


def together(**calls: Callable[[], Any]) -> dict[str, Any]:
    """Make independent calls at the same time; their answers by name. The first refusal is raised."""
    threads = {name: eventlet.spawn(contextvars.copy_context().run, call) for name, call in calls.items()}
    return {name: thread.wait() for name, thread in threads.items()}
