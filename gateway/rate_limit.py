"""A request limit for each principal: a bucket that drains evenly (GCRA), one number of memory each, no thread."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MAX_PRINCIPALS = 50_000


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a request may go on, how many more may follow at once, and the seconds until one may again."""

    allowed: bool
    remaining: int
    retry_after: float


class RateLimit:
    """``per_minute`` requests a minute for each key; a quiet key may send that many at once."""

    def __init__(self, per_minute: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds that never go back."""
        self.per_minute = per_minute
        self._interval = 60 / per_minute
        self._clock = clock
        self._full_at: OrderedDict[str, float] = OrderedDict()

    def hit(self, key: str) -> Verdict:
        """Count one request of ``key``."""
        now = self._clock()
        debt = max(0.0, self._full_at.get(key, now) - now) + self._interval
        if debt > 60 + 1e-9:
            return Verdict(False, 0, debt - 60)
        self._full_at[key] = now + debt
        self._full_at.move_to_end(key)
        if len(self._full_at) > MAX_PRINCIPALS:
            self._full_at.popitem(last=False)
        return Verdict(True, int((60 - debt) / self._interval + 1e-9), 0.0)

    def take_back(self, key: str) -> None:
        """Count one request of ``key`` less: it turned out to be none that this limit is for."""
        if key in self._full_at:
            self._full_at[key] -= self._interval
