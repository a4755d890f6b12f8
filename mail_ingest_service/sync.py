"""Which mails next: the arithmetic of a folder's cursor. Pure; the clock and chance come in as arguments.

IMAP gives every mail of a folder a UID that only grows, and the folder a UIDVALIDITY: as long as it stays the same, a
UID means the same mail for ever (RFC 9051 §2.3.1.1). So one pair of numbers says what has been read, and whoever saves
it in the same commit as the rows can be killed at any moment: what was committed is not read again, what was not is.

Four things spoil that simple picture, and each has its rule here.

* The folder was deleted and made anew, or restored from a backup: UIDVALIDITY differs and the old UIDs mean nothing. We
  read it again from the start; what we have already is known by the SHA-256 of its bytes, so nothing doubles. A server
  that changes UIDVALIDITY all the time would keep us reading for ever: after MAX_RESYNCS within RESYNC_WINDOW we stop
  and say so.
* ``UID n:*`` answers with the last mail even if its UID is below n (``*`` is the highest UID there is): only UIDs above
  the cursor count. We ask in windows that end at UIDNEXT instead, which also keeps each answer line short.
* A mail goes away between SEARCH and FETCH: the server answers nothing for it. That is no error; the cursor passes it.
* Flags change and mails vanish behind the cursor: a second number, MODSEQ (RFC 7162), says since when; servers without
  it are asked for all flags, and the number of mails tells whether a look at all the UIDs is worth it.

Batches are cut by number *and* bytes, so that memory has a bound however large the mails are.

        examine                      same UIDVALIDITY, UIDNEXT ahead
    ┌──► SELECTED ─────────────────────────────────────────► READING ──┐ fetch, parse, commit(rows, cursor, outbox)
    │       │  │  UIDVALIDITY differs                        ▲   ▲     │ until no UID is left
    │       │  └──────────────► RESYNC (cursor 0, kept mails ┘   └─────┤
    │       │                     found again by hash)                 ▼
    │       │  nothing new                                          CURRENT ── flags, vanished ──► WAIT
    │       └──────────────────────────────────────────────────────────▲                            │
    │                                                                                                │ IDLE speaks, poll
    └──────────────────────────────── any error: BACK OFF (grows, with jitter) ◄─────────────────────┘ time, a person
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = 50_000
FIRST_COUNT, MAX_COUNT = 50, 300
MAX_BYTES = 8 * 1024 * 1024
BIG = 1024 * 1024
CHUNK = 1024 * 1024
HEAD_COUNT = 600

MAX_RESYNCS = 5
RESYNC_WINDOW = timedelta(hours=24)

FIRST_PAUSE = 1.0
FIRST_PAUSE_REFUSED = 60.0
LONGEST_PAUSE = 900.0
PUSH_FALLBACK = 300.0
IDLE_REISSUE = 540.0


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a folder has been read. ``uidvalidity`` None: never yet."""

    uidvalidity: int | None = None
    last_uid: int = 0
    modseq: int | None = None
    resyncs: int = 0
    resynced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """What the server says on EXAMINE. ``uidnext`` and ``modseq`` None: it does not say."""

    uidvalidity: int
    uidnext: int | None
    exists: int
    modseq: int | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """A mail before its bytes are fetched: ``size`` in bytes as the server counts, ``received_at`` its INTERNALDATE."""

    uid: int
    size: int
    received_at: datetime
    flags: tuple[str, ...] = ()


class TooManyResyncs(Exception):
    """The server keeps changing UIDVALIDITY; reading the folder again would never end."""


def resumed(cursor: Cursor, status: Status, *, now: datetime) -> Cursor:
    """The cursor to go on from. TooManyResyncs if the folder was made anew too often of late."""
    if cursor.uidvalidity == status.uidvalidity:
        return cursor
    if cursor.uidvalidity is None:
        return replace(cursor, uidvalidity=status.uidvalidity, last_uid=0, modseq=None)
    recent = cursor.resynced_at is not None and now - cursor.resynced_at < RESYNC_WINDOW
    resyncs = cursor.resyncs + 1 if recent else 1
    if resyncs > MAX_RESYNCS:
        raise TooManyResyncs
    return Cursor(status.uidvalidity, 0, None, resyncs, cursor.resynced_at if recent else now)


def windows(cursor: Cursor, status: Status) -> Iterator[tuple[int, int | None]]:
    """Ranges of UIDs to search, lowest first, both ends included; None as end means ``*``."""
    if status.uidnext is None:
        yield cursor.last_uid + 1, None
        return
    for low in range(cursor.last_uid + 1, status.uidnext, WINDOW):
        yield low, min(low + WINDOW, status.uidnext) - 1


def unread(found: Iterable[int], cursor: Cursor) -> list[int]:
    """The UIDs above the cursor, ascending, each once."""
    return sorted({uid for uid in found if uid > cursor.last_uid})


def groups(uids: list[int], size: int = HEAD_COUNT) -> Iterator[list[int]]:
    """The UIDs in slices of at most ``size``."""
    return (uids[start : start + size] for start in range(0, len(uids), size))


def batches(heads: Iterable[Head], *, max_count: int = MAX_COUNT, max_bytes: int = MAX_BYTES) -> Iterator[list[Head]]:
    """Cut ascending heads into batches of at most ``max_count`` mails and ``max_bytes``; a big mail is alone.

    The first ones are smaller: the sooner it comes, the sooner everybody behind has something to do.
    """
    batch: list[Head] = []
    size, count = 0, min(FIRST_COUNT, max_count)
    for head in heads:
        full = len(batch) >= count or size + head.size > max_bytes or head.size > BIG
        if batch and (full or batch[-1].size > BIG):
            yield batch
            batch, size, count = [], 0, min(2 * count, max_count)
        batch.append(head)
        size += head.size
    if batch:
        yield batch


def pieces(size: int, *, length: int = CHUNK) -> Iterator[tuple[int, int]]:
    """(offset, length) of the partial fetches of a mail; one more than ``size`` asks for, since servers miscount."""
    return ((offset, length) for offset in range(0, size + length, length))


def passed(cursor: Cursor, batch: list[Head]) -> Cursor:
    """The cursor after a batch; the mails in it that were gone are passed as well."""
    return replace(cursor, last_uid=max([cursor.last_uid, *(head.uid for head in batch)]))


def vanished(known: Iterable[int], present: Iterable[int]) -> list[int]:
    """UIDs that were there once and are no longer, ascending."""
    return sorted(set(known) - set(present))


def changed_flags(known: Mapping[int, str], seen: Mapping[int, str]) -> dict[int, str]:
    """Flags that differ from what we hold, for mails we hold."""
    return {uid: flags for uid, flags in seen.items() if uid in known and known[uid] != flags}


def pause(failures: int, refresh: str, *, jitter: float, refused: bool = False) -> float | None:
    """Seconds until the next look; None: only when a person asks. ``jitter`` lies between 0 and 1.

    After failures it doubles up to LONGEST_PAUSE, and chance takes up to a quarter off, so that a thousand mailboxes do
    not come back to a recovered server in the same second. ``refused``: what failed will not pass by itself (a
    password), and asking often may lock the account.
    """
    if failures:
        first = FIRST_PAUSE_REFUSED if refused else FIRST_PAUSE
        return min(first * 2.0 ** min(failures - 1, 20), LONGEST_PAUSE) * (1 - jitter / 4)
    if refresh == "none":
        return None
    return PUSH_FALLBACK if refresh == "push" else float(refresh) * 60
