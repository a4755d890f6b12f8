"""One server process with its own folder: started in its own session, ended with its parent, free ports."""

import atexit
import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

# Reads "add PGID" / "drop PGID" lines; when its input ends because the parent died, kills the groups still listed.
_REAPER = """
groups=" "
while read -r verb group; do
  case $verb in add) groups="$groups$group ";; drop) groups=$(echo "$groups" | sed "s/ $group / /");; esac
done
for group in $groups; do kill -9 "-$group" 2>/dev/null; done
"""


class Missing(Exception):
    """A server that the tests need is not installed, or cannot run as this user."""


class _Reaper:
    """A shell that outlives this process just long enough to end the servers it left behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shell: subprocess.Popen[str] | None = None

    def tell(self, verb: str, group: int) -> None:
        with self._lock:
            shell = self._shell = self._shell or self._start()
            if shell.stdin:
                shell.stdin.write(f"{verb} {group}\n")
                shell.stdin.flush()

    def _start(self) -> subprocess.Popen[str]:
        shell = subprocess.Popen(["sh", "-c", _REAPER], stdin=subprocess.PIPE, text=True, start_new_session=True)
        atexit.register(self._end, shell)
        return shell

    @staticmethod
    def _end(shell: subprocess.Popen[str]) -> None:
        if shell.stdin:
            shell.stdin.close()
        shell.wait(timeout=10)


_reaper = _Reaper()


class Server:
    """A process in a session of its own, its output in `<folder>/<name>.log`.

    `kill9` and `stop` wait until it is gone; `pause` and `resume` are SIGSTOP and SIGCONT for the whole group.
    """

    def __init__(
        self, name: str, *, folder: Path, command: Sequence[str], env: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.command = list(command)
        self.env = dict(env) if env is not None else dict(os.environ)
        self.log = folder / f"{name}.log"
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        if self._popen is None:
            raise RuntimeError(f"{self.name} was not started; call start() first")
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def exit_code(self) -> int | None:
        return None if self._popen is None else self._popen.poll()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._popen = subprocess.Popen(
                self.command, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        _reaper.tell("add", self._popen.pid)

    def send(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    def stop(self, number: int = signal.SIGTERM, *, timeout: float = 30.0) -> None:
        """Asks it to end by `number`; whatever of its group is left after `timeout` seconds is killed."""
        if not self._popen:
            return
        if self.running:
            self.send(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._popen.wait(timeout)
        self.kill9()

    def kill9(self) -> None:
        """Kills the process and its group at once, as a power cut would."""
        if not self._popen:
            return
        self._kill_group(signal.SIGKILL)
        self._popen.wait(10)
        _reaper.tell("drop", self._popen.pid)

    def pause(self) -> None:
        self._kill_group(signal.SIGSTOP)

    def resume(self) -> None:
        self._kill_group(signal.SIGCONT)

    def usage(self) -> "Usage":
        """What the process and everything below it used so far; ended children count once their parent waited."""
        return _usage_of(self.pid)

    def output(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def _kill_group(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


class Restartable(ABC):
    """What every server of the tests can, whatever its ``start`` and ``stop`` do."""

    server: Server

    @abstractmethod
    def start(self) -> Self: ...

    @abstractmethod
    def stop(self) -> None: ...

    def restart(self) -> None:
        self.stop()
        self.start()

    def kill9(self) -> None:
        """What it has not written to disk is lost, as in a power cut."""
        self.server.kill9()

    def pause(self) -> None:
        self.server.pause()

    def resume(self) -> None:
        self.server.resume()


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """CPU seconds (user and system) and resident memory in bytes of a tree of processes."""

    cpu: float
    memory: int

    def __sub__(self, earlier: "Usage") -> "Usage":
        """The CPU seconds since `earlier`, with the memory of now."""
        return Usage(cpu=self.cpu - earlier.cpu, memory=self.memory)


def _usage_of(root: int) -> Usage:
    rows = _processes()
    tree, grown = {root}, True
    while grown:
        children = {pid for pid, row in rows.items() if row.parent in tree}
        grown = not children <= tree
        tree |= children
    found = [rows[pid] for pid in tree if pid in rows]
    return Usage(cpu=sum(row.cpu for row in found), memory=sum(row.memory for row in found))


class _Row(NamedTuple):
    parent: int
    cpu: float
    memory: int


def _processes() -> dict[int, _Row]:
    rows = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text(errors="replace").rpartition(") ")[2].split()
            ticks = sum(map(int, fields[11:15]))
            memory = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
            rows[int(path.parent.name)] = _Row(int(fields[1]), ticks / os.sysconf("SC_CLK_TCK"), memory)
    return rows


def wait_for(server: Server, *, port: int, timeout: float = 120.0) -> None:
    """Waits until `port` of the loopback accepts connections; a server that ended meanwhile is told with its log."""
    deadline = time.monotonic() + timeout
    while not accepts(port):
        if not server.running:
            raise RuntimeError(f"{server.name} ended with {server.exit_code}: {server.output()[-2000:]}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{server.name} did not listen on {port} in {timeout:g} s: {server.output()[-2000:]}")
        time.sleep(0.05)


def accepts(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def free_port() -> int:
    """A free loopback port below the ephemeral range, so that a restarted server finds it free again.

    No other process of tests on this machine gets it while this one lives, though nobody listens there for now.
    """
    while True:
        port = 15000 + secrets.randbelow(16000)
        # A name in Linux's abstract namespace is one process's; the open handle stays until that ends.
        claim = _bound(socket.AF_UNIX, f"\0musubi-test-port-{port}")
        probe = claim and _bound(socket.AF_INET, ("127.0.0.1", port))
        if claim and probe:
            probe.close()
            claim.detach()
            return port
        if claim:
            claim.close()


def _bound(family: int, address: tuple[str, int] | str) -> socket.socket | None:
    bound = socket.socket(family)
    try:
        bound.bind(address)
    except OSError:
        bound.close()
        return None
    return bound


def work_folder(prefix: str) -> Path:
    """A new folder that other users may enter (servers drop root), removed when this process ends."""
    folder = Path(tempfile.mkdtemp(prefix=f"musubi-{prefix}-"))
    folder.chmod(0o755)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def program(name: str, *places: str) -> str:
    """The path of a program, looked for in `places` (globs) and on the PATH; raises `Missing` with what to install."""
    for place in places:
        for path in sorted(Path("/").glob(place.lstrip("/")), reverse=True):
            return str(path)
    found = shutil.which(name)
    if not found:
        raise Missing(f"{name} is not installed; run tests/infra/install.sh as root")
    return found
