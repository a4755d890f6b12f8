"""Calls services for the benchmark from a process of its own: their client needs eventlet's patch before all else."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

_PROGRAM = """
import sys
import musubi
import orjson
from chassis import Services
from contracts.errors import MusubiError

with Services() as services:
    print("{}", flush=True)
    for line in sys.stdin:
        call = orjson.loads(line)
        try:
            answer = {"answer": getattr(getattr(services, call["service"]), call["method"])(**call["arguments"])}
        except MusubiError as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(orjson.dumps(answer).decode(), flush=True)
"""


class Caller:
    """A process that is connected to the broker and waits for calls. ``env``: that of the services."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _PROGRAM],
            env=dict(env),
            cwd=Path(__file__).parent.parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._read()

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate(timeout=20)

    def call(self, service: str, method: str, **arguments: Any) -> Any:
        """The answer of a service; RuntimeError with what it refused."""
        assert self._process.stdin
        line = {"service": service, "method": method, "arguments": arguments}
        self._process.stdin.write(orjson.dumps(line) + b"\n")
        self._process.stdin.flush()
        answer = self._read()
        if "error" in answer:
            raise RuntimeError(f"{service}.{method}: {answer['error']}")
        return answer["answer"]

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the caller ended with {self._process.wait()}; its message is above")
        found: dict[str, Any] = orjson.loads(line)
        return found
