"""Who holds a lease: a name that tells a process apart from every other, and by which its end can be seen.

A process that was killed leaves its leases behind. Whoever runs on the same machine, in the same process namespace, can
see that it is gone and need not wait until they expire.
"""

import os
from functools import cache
from pathlib import Path

from chassis.ids import new_id


def new_owner() -> str:
    """A name of this process, at most 64 characters long, never given twice."""
    return f"{_place()}:{os.getpid()}:{new_id()[-12:]}"


def is_gone(owner: str, *, me: str) -> bool:
    """True when the process of that name surely runs no more; False when it runs or nobody here can know."""
    place, _, rest = owner.partition(":")
    pid = rest.partition(":")[0]
    if owner == me or place != _place() or not pid.isdigit():
        return False
    return not _runs(int(pid))


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


@cache
def _place() -> str:
    """Boot of the machine and namespace of process ids; of its own kind where the system does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
        return f"{boot}-{os.readlink('/proc/self/ns/pid')[5:-1]}"
    except OSError:
        return new_id()[-12:]
