"""The rules of staff: which role gives which scopes, what a password must be, how log-in slows a guesser down."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from contracts.errors import Conflict, Forbidden, Invalid, TooManyRequests

SCOPES = ("read", "write", "admin")
ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    "admin": frozenset({"read", "write", "admin"}),
    "staff": frozenset({"read", "write"}),
    "read_only": frozenset({"read"}),
}
MAX_OWNERS = 1_000
# With which list somebody begins: a saved one's id, or the word of one that everybody has.
PREFERENCES = ("first_contacts", "first_organizations")
MAX_PREFERENCE = 50
SESSION_LIFE = timedelta(hours=12)
USE_NOTED_EVERY = timedelta(minutes=1)
TOKEN_DAYS = 365
# Until it is renewed or withdrawn: a program that reads a calendar cannot ask anybody for another address.
CALENDAR_LIFE = timedelta(days=365 * 100)
MIN_PASSWORD, MAX_PASSWORD, MAX_AGENT = 10, 200, 300
# Tries without any wait. ``pair`` is an account tried from one address, so that a stranger's wrong guesses do not keep
# out the owner, who is elsewhere. An address is shared by an office and gets more. What many addresses guess adds up
# for the account; so much is free that one of them, slowed down as it is, needs ten days without a log-in of the owner.
FREE_TRIES = {"pair": 5, "ip": 50, "account": 1_000}
# Longer would let a stranger keep a colleague at the same address out by guessing wrong on purpose.
LONGEST_WAIT = timedelta(minutes=15)
FORGET_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Throttle:
    """The failed log-ins of one bucket: an account, an address, or both together, known to us only by their hash."""

    failures: int
    last_failed_at: datetime | None
    blocked_until: datetime | None


def canonical_login(login: str) -> str:
    """The form a log-in name is stored and looked up in: width and case do not matter."""
    return unicodedata.normalize("NFKC", login).strip().casefold()


def bucket(kind: str, value: str) -> str:
    """The key of a throttle; a hash, so that the table names nobody."""
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()[:40]}"


def token_digest(token: str) -> str:
    """What is stored of a token. It holds 256 random bits, so a plain SHA-256 cannot be guessed back."""
    return hashlib.sha256(token.encode()).hexdigest()


def shown_agent(agent: str | None) -> str | None:
    """What a program says of itself, as it is kept: printable, of bounded length."""
    words = "".join(sign for sign in agent or "" if sign.isprintable())
    return words[:MAX_AGENT] or None


def effective_scopes(role: str, granted: Iterable[str] | None) -> list[str]:
    """What a token may do now: what it was granted, as far as its owner's present role still gives it."""
    of_role = ROLE_SCOPES.get(role, frozenset())
    return [scope for scope in SCOPES if scope in of_role and (granted is None or scope in granted)]


def preferences(kept: Mapping[str, str] | None, changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """What a person prefers, each known word filled in; empty: nothing. Invalid for what cannot be preferred."""
    wanted = changes or {}
    faults = {name: ["There is no such preference."] for name in wanted.keys() - set(PREFERENCES)}
    faults |= {name: ["Is too long."] for name, text in wanted.items() if len(text) > MAX_PREFERENCE}
    if faults:
        raise Invalid("This cannot be preferred.", fields=faults)
    return {name: wanted.get(name, (kept or {}).get(name, "")) for name in PREFERENCES}


def check_grant(role: str, scopes: Iterable[str]) -> None:
    """Refuse a token that could do more than its owner. Forbidden."""
    beyond = set(scopes) - ROLE_SCOPES.get(role, frozenset())
    if beyond:
        raise Forbidden(f"You do not have the scope {', '.join(sorted(beyond))} yourself: leave it out.")


def check_login(login: str) -> str:
    """The canonical log-in name. Invalid when empty, too long, or with spaces or control characters."""
    canonical = canonical_login(login)
    if not canonical or len(canonical) > 100 or not canonical.isprintable() or " " in canonical:
        raise Invalid(
            "The log-in name cannot be used.",
            fields={"login": ["Take 1 to 100 letters, digits or signs, without spaces."]},
        )
    return canonical


def check_password(password: str, *, login: str) -> None:
    """Refuse a password that is too short, too long for the hash to be cheap, or the log-in name. Invalid."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise _bad_password(f"Take {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    if canonical_login(password) == login:
        raise _bad_password("Take another one than the log-in name.")


def check_keeps_an_admin(user_role: str, active: bool, *, other_admins: int) -> None:
    """Refuse to demote or close the last admin: nobody could undo it. Conflict."""
    if other_admins == 0 and (user_role != "admin" or not active):
        raise Conflict("This is the last admin. Make somebody else an admin first.")


def check_not_throttled(throttles: Iterable[Throttle], *, now: datetime) -> None:
    """Refuse a log-in while its account or address has to wait. TooManyRequests with the seconds to wait."""
    waits = [throttle.blocked_until - now for throttle in throttles if throttle.blocked_until]
    longest = max(waits, default=timedelta(0))
    if longest > timedelta(0):
        seconds = int(longest.total_seconds()) + 1
        raise TooManyRequests(f"Too many failed log-ins. Try again in {seconds} seconds.", retry_after=seconds)


def after_failure(throttle: Throttle, kind: str, *, now: datetime) -> Throttle:
    """The throttle with one failure more; a bucket that was quiet for a day starts anew."""
    quiet = throttle.last_failed_at is None or now - throttle.last_failed_at > FORGET_AFTER
    failures = 1 if quiet else throttle.failures + 1
    wait = wait_after(failures, free=FREE_TRIES[kind])
    return Throttle(failures, now, now + wait if wait else None)


def wait_after(failures: int, *, free: int) -> timedelta:
    """The wait after so many failures in a row: none for the free ones, then 2, 4, 8 … seconds up to the longest."""
    if failures < free:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - free + 1, 20)), LONGEST_WAIT)


def _bad_password(what: str) -> Invalid:
    return Invalid("The password cannot be used.", fields={"password": [what]})
