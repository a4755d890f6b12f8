"""Who asks: a bearer token of a program, or the session cookie of a browser."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from eventlet.semaphore import Semaphore
from flask import Request

from chassis import deadline
from chassis.settings import settings
from contracts.errors import Forbidden, NotAuthenticated, ServiceTimeout, ServiceUnavailable
from gateway.origin import SAFE, is_ours

COOKIE = "musubi_session"
MAX_REMEMBERED = 10_000
FRESH_SECONDS = 5.0  # a revoked token works no longer than this
STALE_SECONDS = 300.0  # … except while the staff service is away
MAX_ASKING = 10  # new tokens looked up at once; half of `rpc_pending`, so that guesses leave room for who logs in
TURN_SECONDS = 1.0  # how long a new token waits for its turn
PATIENCE_SECONDS = 0.2  # how long a request waits for the staff service when an older answer is at hand


class Staff(Protocol):
    """The one call of the staff service that is needed here."""

    def authenticate(self, *, token: str) -> dict[str, Any]:
        """Who the token stands for. NotAuthenticated."""


@dataclass(slots=True)
class Remembered:
    """A principal, and until when it counts without, and with trouble asking again."""

    principal: dict[str, Any]
    fresh_until: float
    stale_until: float


class Authenticator:
    """Asks the staff service who a token stands for, and remembers it for 5 s.

    While the staff service does not answer, what it said within the last 5 minutes counts, so that one dead
    service does not take the others down.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds that never go back."""
        self._clock = clock
        self._known: OrderedDict[str, Remembered] = OrderedDict()
        self._asking = Semaphore(MAX_ASKING)

    def principal(self, token: str, staff: Staff) -> dict[str, Any]:
        """Who the token stands for. NotAuthenticated; ServiceUnavailable or ServiceTimeout for one not seen before."""
        key = _key(token)
        known, now = self._known.get(key), self._clock()
        if known and now < known.fresh_until:
            return known.principal
        if known and now < known.stale_until:
            return self._again(key, known, token, staff)
        return self._ask(key, token, staff)

    def remembers(self, token: str) -> bool:
        """Whether the token stood for somebody within the last 5 minutes."""
        known = self._known.get(_key(token))
        return known is not None and self._clock() < known.stale_until

    def forget(self, token: str) -> None:
        """Ask again at the next request of this token."""
        self._known.pop(_key(token), None)

    def forget_person(self, staff_user_id: str) -> None:
        """Ask again at the next request of any of a person's tokens: some have ended."""
        for key in [key for key, one in self._known.items() if one.principal["staff_user_id"] == staff_user_id]:
            self._known.pop(key, None)

    def _ask(self, key: str, token: str, staff: Staff) -> dict[str, Any]:
        with deadline.within(settings().rpc_timeout):  # waiting for a turn takes of the time for asking
            if not self._asking.acquire(timeout=TURN_SECONDS):
                raise ServiceUnavailable("Too many new tokens have to be looked up. Try again in a moment.")
            try:
                return self._remember(key, staff.authenticate(token=token))
            finally:
                self._asking.release()

    def _again(self, key: str, known: Remembered, token: str, staff: Staff) -> dict[str, Any]:
        try:
            with deadline.within(PATIENCE_SECONDS):
                return self._remember(key, staff.authenticate(token=token))
        except (ServiceTimeout, ServiceUnavailable):
            known.fresh_until = self._clock() + FRESH_SECONDS
            return known.principal
        except NotAuthenticated:
            self._known.pop(key, None)
            raise

    def _remember(self, key: str, principal: dict[str, Any]) -> dict[str, Any]:
        now = self._clock()
        self._known[key] = Remembered(principal, now + FRESH_SECONDS, now + STALE_SECONDS)
        if len(self._known) > MAX_REMEMBERED:
            self._known.popitem(last=False)
        return principal


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def token_of(request: Request) -> str | None:
    """The token that the request carries: in the Authorization header, else in the cookie."""
    authorization = request.authorization
    if authorization is not None:
        return authorization.token if authorization.type == "bearer" else None
    return request.cookies.get(COOKIE) or None


def check_same_origin(request: Request) -> None:
    """Refuse a change that another site's page makes a browser send with our cookie (CSRF). Forbidden."""
    if request.method in SAFE or request.authorization is not None:
        return
    if not is_ours(request):
        raise Forbidden("A change with the session cookie must come from Musubi's own pages. Programs use a token.")
