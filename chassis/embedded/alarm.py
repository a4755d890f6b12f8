"""Actions at their time, for the embedded broker: one thread that sleeps until the next action is due."""

from __future__ import annotations

import _thread
import logging
import threading
import time
from collections.abc import Callable, Hashable

_log = logging.getLogger(__name__)

#: Seconds until an action that failed on the operating system (a full disk) is tried again.
RETRY_PAUSE = 1.0


class Alarm:
    """All methods are called with the lock held; actions run with it held. Times are `time.monotonic()`."""

    def __init__(self, lock: threading.Lock) -> None:
        self._changed = threading.Condition(lock)
        self._due: dict[Hashable, tuple[float, Callable[[], None]]] = {}
        self._wakes_at = float("inf")
        self._is_running = False
        self._is_stopped = False

    def __len__(self) -> int:
        return len(self._due)

    def at(self, when: float, key: Hashable, action: Callable[[], None]) -> None:
        """Run the action at `when`; one of the same key that was set for earlier stays."""
        if key in self._due and self._due[key][0] <= when:
            return
        self._due[key] = (when, action)
        if not self._is_running:
            # Not threading.Thread: its start() waits for the new thread, and would yield to other greenlets here.
            self._is_running = True
            _thread.start_new_thread(self._run, ())
        elif when < self._wakes_at:
            self._changed.notify()

    def cancel(self, key: Hashable) -> None:
        """Forget an action."""
        self._due.pop(key, None)

    def stop(self) -> None:
        """End the thread; what was due is dropped."""
        self._is_stopped = True
        self._due.clear()
        self._changed.notify()

    def _run(self) -> None:
        with self._changed:
            while not self._is_stopped:
                self._wakes_at = min((when for when, _ in self._due.values()), default=float("inf"))
                pause = self._wakes_at - time.monotonic()
                if pause > 0:
                    self._changed.wait(None if pause == float("inf") else pause)
                else:
                    self._run_due()

    def _run_due(self) -> None:
        now = time.monotonic()
        for key in [key for key, (when, _) in self._due.items() if when <= now]:
            _, action = self._due.pop(key, (None, None))
            if action is not None:
                self._try(key, action)

    def _try(self, key: Hashable, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            _log.error("the embedded broker will try again in %s s: %s", RETRY_PAUSE, error)
            self.at(time.monotonic() + RETRY_PAUSE, key, action)
