"""Named crash points, by which the fault tests end a process at the worst moments.

``MUSUBI_CRASH_AT=after_commit:3`` ends the process without any clean-up at the third passage of that point.
"""

import os
from collections import Counter

from chassis.settings import FaultSettings, load

POINTS = ("after_fetch", "before_commit", "after_commit", "after_publish", "after_effect", "before_ack")
CRASH_EXIT_CODE = 137

_name, _, _count = load(FaultSettings).crash_at.partition(":")
_passages: Counter[str] = Counter()


def point(name: str) -> None:
    """End the process here if the environment says so; nothing otherwise."""
    if name != _name:
        return
    _passages[name] += 1
    if _passages[name] == int(_count or 1):
        os._exit(CRASH_EXIT_CODE)
