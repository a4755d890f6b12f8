"""Time at the border: aware datetimes inside, RFC 3339 in UTC outside."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def wire(moment: datetime) -> str:
    """``2026-11-22T20:00:00.000000Z``: always microseconds and Z, so that strings sort like moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def unwire(text: str) -> datetime:
    """The moment that RFC 3339 text means. ValueError if it is none or has no offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone: end it with Z or an offset")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{text!r} is before or after all time") from error
