"""What processes cost: CPU seconds of a tree of processes, and the most memory that it ever held, from /proc."""

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.infra.process import Server

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)
_SHARE = re.compile(r"^Pss:\s+(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """CPU seconds since a mark; bytes of memory: the sum of each process' own peak."""

    cpu: float
    memory: int


class Meters:
    """Marks the CPU of several servers now; ``read`` says what they used since."""

    def __init__(self, servers: Mapping[str, Server]) -> None:
        self._servers = dict(servers)
        self.mark()

    def mark(self) -> None:
        """Count from now on."""
        self._marks = {name: server.usage().cpu for name, server in self._servers.items()}

    def read(self) -> dict[str, Cost]:
        """Of each server, its children included."""
        return {
            name: Cost(cpu=server.usage().cpu - self._marks[name], memory=peak_memory(server.pid))
            for name, server in self._servers.items()
        }


def peak_memory(root: int) -> int:
    """The peaks of a process and its children, summed. Of back ends that share memory, their share of it now."""
    pids = list(tree(root))
    shared = len(pids) > 1 and "postgres" in _text(root, "comm")
    return sum(_kilobytes(pid, "smaps_rollup", _SHARE) if shared else _kilobytes(pid, "status", _PEAK) for pid in pids)


def memory_shares(root: int) -> int:
    """What a process and its children hold now; pages that they share are counted once."""
    return sum(_kilobytes(pid, "smaps_rollup", _SHARE) for pid in tree(root))


def resident(root: int) -> int:
    """What a process and its children hold now; shared pages count in each."""
    return sum(_kilobytes(pid, "status", _RESIDENT) for pid in tree(root))


def tree(root: int) -> Iterator[int]:
    """A process and everything below it."""
    yield root
    for task in _tasks(root):
        for child in _text(root, f"task/{task}/children").split():
            yield from tree(int(child))


def load() -> str:
    """The load of the machine in the last minute, for the reader of the figures."""
    return f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def _tasks(pid: int) -> list[str]:
    with contextlib.suppress(OSError):
        return os.listdir(f"/proc/{pid}/task")
    return []


def _kilobytes(pid: int, page: str, pattern: re.Pattern[str]) -> int:
    found = pattern.search(_text(pid, page))
    return int(found[1]) * 1024 if found else 0


def _text(pid: int, page: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/{page}").read_text()
    return ""
