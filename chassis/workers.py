"""Workers that know what their entrypoint knows."""

from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from typing import Any


def spawn_worker(
    entrypoint: Any, args: Sequence[Any], kwargs: Mapping[str, Any], *, handle_result: Callable[..., Any]
) -> None:
    """Run the entrypoint's method in a worker of its container, with the context variables that are bound here.

    A greenlet begins with none of them: without this the correlation id and the deadline would end here.
    """
    container = entrypoint.container
    worker = container.spawn_worker(entrypoint, args, kwargs, handle_result=handle_result)
    # nameko offers no way to its greenlet, which has not begun yet: nobody has given control away since it was made.
    container._worker_threads[worker].gr_context = copy_context()
