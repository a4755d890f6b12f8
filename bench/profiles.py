"""Where a process spends its time, by py-spy (PyPI) if that is installed: ``pip install py-spy``."""

import collections
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

# py-spy names the line at the end of each frame; samples of one function belong together.
_WHERE = re.compile(r":\d+\)$")
Stacks = collections.Counter[tuple[str, ...]]

RATE = 100
SHOWN = 30


class Profile:
    """Samples what works in a process and its children from now on until ``finish``; what waits is left out (--gil)."""

    def __init__(self, pid: int) -> None:
        spy = shutil.which("py-spy") or shutil.which("py-spy", path=str(Path(sys.executable).parent))
        if not spy:
            raise SystemExit("A profile needs py-spy: install it by `.venv/bin/pip install py-spy`.")
        self._file = Path(tempfile.mkdtemp(prefix="musubi-profile-")) / "stacks"
        command = [spy, "record", "--pid", str(pid), "--format", "raw", "--rate", str(RATE), "--subprocesses", "--gil"]
        options = ["--duration", "100000", "--output", str(self._file)]
        self._process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def finish(self) -> str:
        """The functions in which most samples were taken, themselves and with what they called, in percent."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)
        stacks = _stacks(self._file.read_text())
        shutil.rmtree(self._file.parent)
        total = max(sum(stacks.values()), 1)
        tables = (_table("itself", _own(stacks), total), _table("with callees", _all(stacks), total))
        return "\n".join([f"{total} samples", *tables])


def _stacks(text: str) -> Stacks:
    found: Stacks = collections.Counter()
    for line in text.splitlines():
        frames, _, count = line.rpartition(" ")
        found[tuple(_WHERE.sub(")", frame) for frame in frames.split(";"))] += int(count)
    return found


def _own(stacks: Stacks) -> collections.Counter[str]:
    own: collections.Counter[str] = collections.Counter()
    for frames, count in stacks.items():
        own[frames[-1]] += count
    return own


def _all(stacks: Stacks) -> collections.Counter[str]:
    whole: collections.Counter[str] = collections.Counter()
    for frames, count in stacks.items():
        for frame in set(frames):
            whole[frame] += count
    return whole


def _table(title: str, counts: collections.Counter[str], total: int) -> str:
    lines = [f"  {100 * count / total:5.1f} %  {name}" for name, count in counts.most_common(SHOWN)]
    return "\n".join([f"  {title}:", *lines])
