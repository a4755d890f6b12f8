"""The two answers that come once per mail, read by one pattern each; whatever looks otherwise is IMAPClient's to read.

IMAPClient's general reader takes some 60 us for what these take 5; both give the same for what they both understand.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from mail_ingest_service.sync import Head

_HEAD: Final = re.compile(
    rb"\d+ \((?:(?:UID (?P<uid>\d+)|RFC822\.SIZE (?P<size>\d+)|INTERNALDATE \"(?P<date>[^\"]{20,40})\""
    rb"|FLAGS \((?P<flags>[^()\"]*)\)|MODSEQ \(\d+\))(?: |(?=\)$)))+\)"
)
_BODY: Final = re.compile(rb"\d+ \(UID (\d+) BODY\[\] \{\d+\}")
_BODY_END: Final = re.compile(rb"(?: FLAGS \([^()\"]*\)| MODSEQ \(\d+\))*\)")
_DATE: Final = re.compile(rb" ?(\d{1,2})-([A-Z][a-z]{2})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_MONTHS: Final = {
    name: number for number, name in enumerate(b"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(), start=1)
}

Answer = Sequence[bytes | tuple[bytes, bytes] | None]


def heads_in(answer: Answer) -> dict[int, Head] | None:
    """Heads by UID from ``FETCH (RFC822.SIZE INTERNALDATE FLAGS)``; None if a line has another form."""
    found = {}
    for line in answer:
        head = _head(line) if isinstance(line, bytes) else None
        if head is None:
            return None
        found[head.uid] = head
    return found


def bodies_in(answer: Answer) -> dict[int, bytes] | None:
    """Bytes by UID from ``FETCH (BODY.PEEK[])``; None if a line has another form."""
    found: dict[int, bytes] = {}
    for start, end in zip(answer[::2], answer[1::2], strict=False):
        if not isinstance(start, tuple) or not isinstance(end, bytes):
            return None
        uid = _BODY.fullmatch(start[0])
        if uid is None or not _BODY_END.fullmatch(end):
            return None
        found[int(uid[1])] = start[1]
    return found if len(answer) % 2 == 0 else None


def _head(line: bytes) -> Head | None:
    match = _HEAD.fullmatch(line)
    if match is None or None in (match["uid"], match["size"], match["date"], match["flags"]):
        return None
    received_at = moment(match["date"])
    if received_at is None:
        return None
    flags = tuple(sorted(match["flags"].decode("ascii", "replace").split()))
    return Head(int(match["uid"]), int(match["size"]), received_at, flags)


def moment(text: bytes) -> datetime | None:
    """An INTERNALDATE (RFC 9051 date-time) in UTC; None if it is none."""
    match = _DATE.fullmatch(text)
    if match is None or match[2] not in _MONTHS:
        return None
    offset = timedelta(hours=int(match[8]), minutes=int(match[9])) * (-1 if match[7] == b"-" else 1)
    clock = (int(match[4]), int(match[5]), int(match[6]))
    try:
        return datetime(int(match[3]), _MONTHS[match[2]], int(match[1]), *clock, tzinfo=UTC) - offset
    except (ValueError, OverflowError):
        return None
