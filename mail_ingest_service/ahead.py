"""Working ahead: the next batch is fetched while the one before is parsed and the one before that is committed."""

from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

import eventlet
from eventlet.queue import LightQueue

T = TypeVar("T")

_END = object()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def ahead(items: Iterable[T], *, depth: int = 1) -> Iterator[T]:
    """The same items, made in a greenlet of their own, at most ``depth`` of them waiting; its errors are raised here.

    Whoever stops early ends that greenlet too.
    """
    queue: LightQueue = LightQueue(depth)
    worker = eventlet.spawn(_fill, queue, items)
    try:
        while (item := queue.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.error
            yield item
    finally:
        worker.kill()


def _fill(queue: Any, items: Iterable[Any]) -> None:
    try:
        for item in items:
            queue.put(item)
    except Exception as error:
        queue.put(_Raised(error))
    else:
        queue.put(_END)
