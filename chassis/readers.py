"""Which services read which event, from the table that ``python -m chassis.docs`` generates.

The relay asks the broker to return an event only where a reader is known: an event without readers may go nowhere.
"""

from functools import cache
from pathlib import Path
from typing import cast

import orjson

import contracts

TABLE = Path(contracts.__file__).parent / "published" / "readers.json"


@cache
def readers() -> dict[str, list[str]]:
    """Event type -> names of the services that read it."""
    return cast(dict[str, list[str]], orjson.loads(TABLE.read_bytes())) if TABLE.exists() else {}


def has_readers(event_type: str) -> bool:
    """True if at least one service reads the type."""
    return bool(readers().get(event_type))
