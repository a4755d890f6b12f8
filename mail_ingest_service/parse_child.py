"""One child process of `parse_pool`, and what is under way to and from it.

Works in an eventlet monkey-patched process and in a plain one: nothing here waits but for the end of a killed child.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterable, Sequence
from pathlib import Path
from struct import Struct
from typing import Any, Final

import orjson

_log = logging.getLogger(__name__)

# The frames of parse_worker, which is not imported here: it would bring the parser into the service.
_IN: Final = Struct(">IB")
_OUT: Final = Struct(">I")
BYTES, PATH, HEAD, PART = range(4)
_IN_FLIGHT_MAILS: Final = 32
_IN_FLIGHT_BYTES: Final = 2_097_152
_CHUNK: Final = 262_144
_PIPE: Final = 1_048_576

Mail = bytes | str | os.PathLike[str]


class ParseWorkerError(RuntimeError):
    """The children that parse mails cannot be started; no mail is at fault."""


class Batch:
    """The mails of one call: what is still to be sent, and the answers."""

    def __init__(self, mails: Sequence[tuple[str, Mail]], *, kind: int | None = None) -> None:
        self.mails = mails
        self.kind = kind
        self.answers: list[dict[str, Any] | None] = [None] * len(mails)
        self.waiting = deque(range(len(mails)))
        self.tried_twice: set[int] = set()
        self.open = len(mails)

    def is_open(self) -> bool:
        return self.open > 0

    def kind_of(self, mail: Mail) -> int:
        if self.kind is not None:
            return self.kind
        return BYTES if isinstance(mail, bytes) else PATH

    def answer(self, index: int, answer: dict[str, Any]) -> None:
        self.answers[index] = answer
        self.open -= 1

    def blame(self, index: int, reason: str, *, is_final: bool) -> None:
        """The child died on this mail. A death from outside (OOM killer, operator) may be no fault of it: once more
        then.
        """
        _log.warning("parse worker ended", extra={"mail": self.mails[index][0], "reason": reason})
        if is_final or index in self.tried_twice:
            self.answer(index, {"error": reason})
        else:
            self.tried_twice.add(index)
            self.waiting.appendleft(index)


class Child:
    """One child process and what is under way to and from it."""

    def __init__(self, cpu_seconds: float, memory_bytes: int, wall_seconds: float) -> None:
        self.arguments = [str(cpu_seconds), str(memory_bytes)]
        self.wall_seconds = wall_seconds
        self.process: subprocess.Popen[bytes] | None = None
        self.sink = self.source = -1
        self._forget()

    def _forget(self) -> None:
        self.outgoing: deque[memoryview] = deque()
        self.incoming = bytearray()
        self.in_flight: deque[int] = deque()
        self.in_flight_bytes = 0
        self.is_ready = False
        self.deadline = 0.0

    def start(self) -> None:
        folder = str(Path(__file__).resolve().parent.parent)
        path = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
        command = [sys.executable, "-m", "mail_ingest_service.parse_worker", *self.arguments]
        self.process = subprocess.Popen(  # noqa: S603 - our own module with two numbers
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=os.environ | {"PYTHONPATH": path}
        )
        if self.process.stdin is None or self.process.stdout is None:
            raise ParseWorkerError("The parse worker has no pipes.")
        self.sink, self.source = self.process.stdin.fileno(), self.process.stdout.fileno()
        for pipe in (self.sink, self.source):
            os.set_blocking(pipe, False)
            _widen(pipe)

    def fill(self, batch: Batch) -> None:
        """Keep the child busy: the next mails go into its pipe while it parses."""
        while batch.waiting and len(self.in_flight) < _IN_FLIGHT_MAILS and self.in_flight_bytes < _IN_FLIGHT_BYTES:
            if self.process and not self.in_flight and self.process.poll() is not None:
                self.end()
            if not self.process:
                self.start()
            self._send(batch.waiting.popleft(), batch)

    def _send(self, index: int, batch: Batch) -> None:
        mail = batch.mails[index][1]
        body = mail if isinstance(mail, bytes) else os.fsencode(mail)
        if not self.in_flight:
            self.deadline = time.monotonic() + self.wall_seconds
        self.outgoing += [memoryview(_IN.pack(len(body), batch.kind_of(mail))), memoryview(body)]
        self.in_flight.append(index)
        self.in_flight_bytes += len(body)

    def write(self) -> None:
        """As much as the pipe takes now."""
        try:
            written = os.writev(self.sink, list(_first(self.outgoing, 16)))
        except (BlockingIOError, BrokenPipeError):
            return  # a broken pipe shows as the end of the answers too
        while self.outgoing and written >= len(self.outgoing[0]):
            written -= len(self.outgoing.popleft())
        if written:
            self.outgoing[0] = self.outgoing[0][written:]

    def read(self, batch: Batch) -> bool:
        """Take the answers that are there; False when the child has ended."""
        try:
            data = os.read(self.source, _CHUNK)
        except BlockingIOError:
            return True
        self.incoming += data
        for answer in self._frames():
            self._take(answer, batch)
        return bool(data)

    def _frames(self) -> Iterable[bytes]:
        position = 0
        while len(self.incoming) - position >= _OUT.size:
            end = position + _OUT.size + _OUT.unpack_from(self.incoming, position)[0]
            if len(self.incoming) < end:
                break
            yield bytes(memoryview(self.incoming)[position + _OUT.size : end])
            position = end
        del self.incoming[:position]

    def _take(self, answer: bytes, batch: Batch) -> None:
        self.deadline = time.monotonic() + self.wall_seconds
        if not self.is_ready:
            self.is_ready = True
            return
        index = self.in_flight.popleft()
        mail = batch.mails[index][1]
        self.in_flight_bytes -= len(mail) if isinstance(mail, bytes) else len(os.fsencode(mail))
        batch.answer(index, orjson.loads(answer))

    def is_late(self) -> bool:
        return bool(self.in_flight) and time.monotonic() > self.deadline

    def end_reason(self) -> tuple[str, bool]:
        """(why the child ended, whether the mail is surely to blame)."""
        code = self.process.wait() if self.process else 0
        if not self.is_ready:
            raise ParseWorkerError(f"The parse worker ended at its start with code {code}; its message is on stderr.")
        if code == -signal.SIGPROF:
            return f"Parsing the mail took more than {float(self.arguments[0]):g} seconds of CPU.", True
        return f"The parser process ended on the mail (code {code}).", False

    def bury(self, batch: Batch, reason: str, is_final: bool) -> None:
        """End the child; its first unanswered mail is to blame, the others go to the next one."""
        first, *rest = self.in_flight
        batch.waiting.extendleft(reversed(rest))
        batch.blame(first, reason, is_final=is_final)
        self.end()

    def end(self) -> None:
        process, self.process = self.process, None
        if process:
            process.kill()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
            process.wait()
        self.sink = self.source = -1
        self._forget()


def _widen(pipe: int) -> None:
    """A pipe of 64 KB holds eight mails only, and the child would wait for the next; more is refused where a quota is
    used up.
    """
    with contextlib.suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _PIPE)


def _first(views: deque[memoryview], count: int) -> Iterable[memoryview]:
    return (views[i] for i in range(min(count, len(views))))
