"""Ids of records and events: UUIDv7 (RFC 9562), so that they sort by the time they were made."""

import uuid_utils


def new_id() -> str:
    """A fresh UUIDv7 as a string of 36 characters."""
    return str(uuid_utils.uuid7())
