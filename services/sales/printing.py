"""Prints a form in a child process, so that a long one can neither stop nor starve the service.

Drawing and cutting the font down are work for the CPU alone, in which no heartbeat would be sent. The child gets a
limit of CPU seconds and memory, is killed when whoever asked has given up, and reads nothing but its input.
"""

import hashlib
import signal
import subprocess
import sys
import threading
from base64 import b64encode
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson

from chassis import deadline
from contracts.errors import InternalError, Invalid, ServiceTimeout

CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS = 10, 512 * 1024 * 1024, 20.0
# What the child ends with where its memory did not suffice.
NO_ROOM = 3
MAX_PDF = 8 * 1024 * 1024
# At most so many children at once; under eventlet the wait for one is green.
_SLOTS = threading.BoundedSemaphore(2)
_HERE = str(Path(__file__).resolve().parent.parent.parent)
_TOO_LONG = "The document is too long to print: shorten its texts, or split it."
_NO_TIME = "There was no time to print the document: try again."

Values = dict[str, Any]


def printed(form: Values, *, etag: str | None = None) -> Values:
    """``{name, etag, content}`` of a form; no content where ``etag`` is the present one.

    Invalid for what is too long to print; ServiceTimeout if there was no time for it.
    """
    input = orjson.dumps(form)
    present = hashlib.blake2s(version("musubi").encode() + input, digest_size=16).hexdigest()
    content = None if etag == present else b64encode(_pdf(input)).decode()
    return {"name": f"{form['number']}.pdf", "etag": present, "content": content}


def _pdf(input: bytes) -> bytes:
    if not _SLOTS.acquire(timeout=deadline.time_for_a_call(WALL_SECONDS)):
        raise ServiceTimeout(_NO_TIME)
    try:
        code, found = _run(input, deadline.time_for_a_call(WALL_SECONDS))
    finally:
        _SLOTS.release()
    if code in (NO_ROOM, -signal.SIGXCPU, -signal.SIGKILL) or len(found) > MAX_PDF:
        raise Invalid(_TOO_LONG)
    if code or not found:
        raise InternalError("The document could not be printed; the log of the sales service says why.")
    return found


def _run(input: bytes, seconds: float) -> tuple[int, bytes]:
    """How the child ended, and what it wrote."""
    command = [sys.executable, "-m", "services.sales.paper", str(CPU_SECONDS), str(MEMORY_BYTES), str(NO_ROOM)]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_HERE)  # noqa: S603 # our own
    try:
        found, _ = child.communicate(input, timeout=seconds)
    except BaseException as error:  # also eventlet's Timeout and GreenletExit
        child.kill()
        child.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise ServiceTimeout(_NO_TIME) from error
        raise
    return child.returncode, found
