"""Password hashing: Argon2id with OWASP's least parameters, on real threads, so that the event loop goes on."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from eventlet import tpool
from eventlet.semaphore import Semaphore

from contracts.errors import TooManyRequests

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Compared against when there is no such user, so that the answer takes as long as for one that exists.
NOBODY = HASHER.hash("nobody has this password")
MAX_WAITING = 50
_threads = Semaphore(4)


def hash_password(password: str) -> str:
    """The hash to store. TooManyRequests when too many wait for their turn."""
    return str(_on_a_thread(HASHER.hash, password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one of this hash; no hash: False, after the same time."""
    matches = _on_a_thread(_matches, password_hash or NOBODY, password)
    return bool(matches and password_hash)


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return bool(HASHER.check_needs_rehash(password_hash))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _on_a_thread(function, *args):  # type: ignore[no-untyped-def]  # gives back what the function gives back
    if -_threads.balance >= MAX_WAITING:
        raise TooManyRequests("Too many log-ins at once. Try again in 2 seconds.", retry_after=2)
    with _threads:
        return tpool.execute(function, *args)
