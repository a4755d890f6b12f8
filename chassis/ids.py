"""Ids of records and events: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

from datetime import datetime

import uuid_utils


def new_id() -> str:
    """A fresh UUIDv7 as a string of 36 characters."""
    return str(uuid_utils.uuid7())


def lowest_id(moment: datetime) -> str:
    """The id before all that are made from a moment on (to the millisecond): what is younger sorts after it."""
    stamp = f"{int(moment.timestamp() * 1000):012x}"
    return f"{stamp[:8]}-{stamp[8:]}-7000-8000-000000000000"
