"""Calls from another process to a system on the embedded broker, which only its own process can use.

``musubi up`` listens on a Unix socket in its data folder (mode 0600: the same user only); one JSON line in, one out.
So ``musubi --data var mailbox add`` and its like work beside it.
"""

import socket
from pathlib import Path
from typing import Any

import eventlet
import orjson

from contracts.errors import InternalError, MusubiError, ServiceTimeout, ServiceUnavailable

EMBEDDED = "embedded://"
NAME = "commands.sock"
LONGEST_PATH = 100  # bytes that the address of a Unix socket may have (sun_path), a little less than any system allows
NOT_RUNNING = "Musubi does not run on this data folder: start 'musubi up' first."


def socket_beside(url: str) -> Path | None:
    """The socket beside the journal of an embedded broker that another process may hold; None for any other carrier."""
    path = url.removeprefix(EMBEDDED)
    return Path(path).with_name(NAME) if url.startswith(EMBEDDED) and path else None


class BesideServer:
    """Answers calls on the socket; ``caller`` has ``call(service, method, args, kwargs)``."""

    def __init__(self, path: Path, caller: Any) -> None:
        """Listens at once; a path that is too long is left alone."""
        self._path = path
        self._caller = caller
        self._listener: Any = None
        if len(str(path).encode()) <= LONGEST_PATH:
            path.unlink(missing_ok=True)
            self._listener = eventlet.listen(str(path), family=socket.AF_UNIX)
            path.chmod(0o600)
            eventlet.spawn(eventlet.serve, self._listener, self._answer)

    def stop(self) -> None:
        """Listen no more."""
        if self._listener:
            self._listener.close()
            self._path.unlink(missing_ok=True)

    def _answer(self, connection: Any, _address: Any) -> None:
        with connection, connection.makefile("rwb") as file:
            for line in file:
                file.write(orjson.dumps(self._payload(line), default=str) + b"\n")
                file.flush()

    def _payload(self, line: bytes) -> dict[str, Any]:
        try:
            asked = orjson.loads(line)
            result = self._caller.call(asked["service"], asked["method"], asked["args"], asked["kwargs"])
        except MusubiError as error:
            return {"result": None, "error": error.to_wire()}
        except (orjson.JSONDecodeError, KeyError, TypeError):
            return {"result": None, "error": InternalError("This is no call.").to_wire()}
        return {"result": result, "error": None}


class BesideCaller:
    """Calls through the socket, one connection a call."""

    def __init__(self, path: Path, *, timeout: float) -> None:
        """``timeout`` in seconds for a call, from the first byte to the last."""
        self._path = path
        self._timeout = timeout

    def call(self, service: str, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The answer; the service's own errors, ServiceUnavailable or ServiceTimeout."""
        line = orjson.dumps({"service": service, "method": method, "args": args, "kwargs": kwargs})
        answer = orjson.loads(self._sent(line + b"\n"))
        if answer["error"]:
            raise MusubiError.from_wire(answer["error"])
        return answer["result"]

    def _sent(self, line: bytes) -> bytes:
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.settimeout(self._timeout)
                connection.connect(str(self._path))
                connection.sendall(line)
                with connection.makefile("rb") as file:
                    return file.readline()
        except TimeoutError:
            raise ServiceTimeout("Musubi did not answer in time.") from None
        except OSError:
            raise ServiceUnavailable(NOT_RUNNING) from None
