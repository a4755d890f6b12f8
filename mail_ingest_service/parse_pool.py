"""Parsing in child processes, so that no mail can stop, starve or blow up the service that reads it.

Works in an eventlet monkey-patched process (it waits in `select`, which is green there, so the hub goes on) and in a
plain one. A mail that ends its child, or takes too long, becomes an error itself; the child is started again and the
others are parsed.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Sequence
from typing import Any, Final

import orjson

from mail_ingest_service.parse_child import HEAD, PART, Batch, Child, Mail, ParseWorkerError

__all__ = ["ParsePool", "ParseWorkerError"]

_ENOUGH_IN_FLIGHT: Final = 16
_GATHERING: Final = 0.001


class ParsePool:
    """`processes` children, started at the first use or by `start`, and kept.

    For each mail: `cpu_seconds` of CPU, `memory_bytes` of address space, `wall_seconds` until its answer. One caller
    at a time; others wait their turn.
    """

    def __init__(
        self,
        processes: int = 1,
        *,
        cpu_seconds: float = 10.0,
        memory_bytes: int = 512 * 1024 * 1024,
        wall_seconds: float = 20.0,
    ) -> None:
        self._limits = (cpu_seconds, memory_bytes, wall_seconds)
        self._children = [Child(*self._limits) for _ in range(processes)]
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the children now: the first mail would wait for them, longer than a hundred mails take."""
        with self._lock:
            for child in self._children:
                if not child.process:
                    child.start()

    def parse_many(self, mails: Sequence[tuple[str, Mail]]) -> list[dict[str, Any]]:
        """For each (key, raw mail or path of a file with it), in order: `ParsedMail.as_dict()`, or `{"error": reason}`.

        The key is an id for the log. Raises `ParseWorkerError` when the children cannot be started at all.
        """
        return self._answers(Batch(mails))

    def parse_heads(self, beginnings: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
        """As `parse_many`, for the beginnings of mails: `Headers.as_dict()` of each."""
        return self._answers(Batch(beginnings, kind=HEAD))

    def write_part(
        self, key: str, path: str | os.PathLike[str], part: str, *, into: str | os.PathLike[str]
    ) -> dict[str, Any]:
        """Write the decoded bytes of a part of the mail in the file `path` into the file `into`.

        `{}`, or `{"error": reason}`. For one part, as for a mail.
        """
        order = orjson.dumps([os.fspath(path), part, os.fspath(into)])
        [answer] = self._answers(Batch([(key, order)], kind=PART))
        return answer

    def _answers(self, batch: Batch) -> list[dict[str, Any]]:
        with self._lock:
            try:
                while batch.is_open():
                    self._step(batch)
            except (
                BaseException
            ):  # also eventlet's Timeout and GreenletExit: what is in the pipes belongs to nobody now
                self._end()
                raise
            return [answer for answer in batch.answers if answer is not None]

    def close(self) -> None:
        """End the children. The pool can be used again; it starts new ones."""
        with self._lock:
            self._end()

    def process_ids(self) -> list[int]:
        """The ids of the running children, for the metrics of their memory."""
        return [child.process.pid for child in self._children if child.process]

    def _end(self) -> None:
        for child in self._children:
            child.end()

    def _step(self, batch: Batch) -> None:
        for child in self._children:
            child.fill(batch)
        busy = [child for child in self._children if child.in_flight]
        readable, writable = _wait(busy)
        for child in busy:
            if child.sink in writable:
                child.write()
            if child.source in readable and not child.read(batch):
                child.bury(batch, *child.end_reason())
            elif child.is_late():
                child.bury(batch, f"Parsing the mail took more than {self._limits[2]:g} seconds.", True)


def _wait(busy: Sequence[Child]) -> tuple[list[int], list[int]]:
    """The descriptors that can be read and written, as soon as there is one or somebody is late."""
    if all(len(child.in_flight) >= _ENOUGH_IN_FLIGHT and not child.outgoing for child in busy):
        # Under eventlet a select costs as much as reading a mail's answer: let some answers gather first.
        time.sleep(_GATHERING)
    pause = max(0.0, min(child.deadline for child in busy) - time.monotonic())
    sources = [child.source for child in busy]
    sinks = [child.sink for child in busy if child.outgoing]
    readable, writable, _ = select.select(sources, sinks, [], pause + 0.01)
    return readable, writable
