"""Date fields of received mail, in the forms that mailers write them. Pure; never raises."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_DATE: Final = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s*)?(\d{1,2})[\s-]+([A-Za-z]{3})[a-z]*\.?[\s-]+(\d{2,4})\s+(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:\.\d+)?\s*([+-]\d{4}|[A-Z]{1,4})?"
)
_ASCTIME: Final = re.compile(
    r"[A-Za-z]{3}\s+([A-Za-z]{3})\s+(\d{1,2})\s+(\d{1,2}):(\d{2}):(\d{2})\s+(?:([A-Z]{3,4})\s+)?(\d{4})"
)
_MONTHS: Final = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}
_ZONES: Final = {
    "JST": 540,
    "KST": 540,
    "EST": -300,
    "EDT": -240,
    "CST": -360,
    "CDT": -300,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
    "CET": 60,
    "CEST": 120,
    "BST": 60,
}


def parse_date(value: str) -> datetime | None:
    """A Date field as an aware time in UTC, or None when it is none, or none that a calendar has."""
    value = value.strip()[:200]
    try:
        return _rfc_date(value) or _asctime(value)
    except (ValueError, OverflowError):
        return None


def _rfc_date(value: str) -> datetime | None:
    if not (found := _DATE.match(value)):
        return None
    day, month, year, hour, minute, second, zone = found.groups()
    return _utc(int(year), month, int(day), int(hour), int(minute), int(second or 0), zone or "")


def _asctime(value: str) -> datetime | None:
    if found := _ASCTIME.match(value):
        month, day, hour, minute, second, zone, year = found.groups()
        return _utc(int(year), month, int(day), int(hour), int(minute), int(second), zone or "")
    stamp = datetime.fromisoformat(value) if value[:4].isdigit() else None
    return _within(stamp.replace(tzinfo=stamp.tzinfo or UTC).astimezone(UTC)) if stamp else None


def _utc(year: int, month: str, day: int, hour: int, minute: int, second: int, zone: str) -> datetime | None:
    if year < 100:
        year += 2000 if year < 70 else 1900
    number = _MONTHS.get(month[:3].lower())
    if not number:
        return None
    local = datetime(
        year, number, day, hour, minute, min(second, 59), tzinfo=timezone(timedelta(minutes=_zone_minutes(zone)))
    )
    return _within(local.astimezone(UTC))


def _within(moment: datetime) -> datetime | None:
    return moment if moment.year >= 1970 else None


def _zone_minutes(zone: str) -> int:
    if zone[:1] in {"+", "-"}:
        minutes = int(zone[1:3]) * 60 + int(zone[3:5])
        return -minutes if zone[0] == "-" else minutes
    return _ZONES.get(zone, 0)
