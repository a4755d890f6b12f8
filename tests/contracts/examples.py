"""The committed examples: one real event per type, with ids and times that never change."""

import os
import re
from pathlib import Path
from typing import Any

import orjson

import contracts
from contracts.base import CONTRACTS, EventContract

FOLDER = Path(contracts.__file__).parent / "examples"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z")
WRITE_ANEW = os.environ.get("MUSUBI_WRITE_EXAMPLES") == "1"

TYPES = sorted(CONTRACTS)


def path_of(event_type: str) -> Path:
    """Where the example of a type lies."""
    return FOLDER / f"{event_type}.json"


def example_of(contract: type[EventContract]) -> dict[str, Any]:
    """The example as it would come from the broker."""
    wire: dict[str, Any] = orjson.loads(path_of(contract.type).read_bytes())
    return wire


def write(wire: dict[str, Any]) -> None:
    """Keep an event as the example of its type."""
    FOLDER.mkdir(exist_ok=True)
    path_of(wire["type"]).write_bytes(orjson.dumps(normalised(wire), option=orjson.OPT_INDENT_2) + b"\n")


def normalised(wire: dict[str, Any]) -> dict[str, Any]:
    """The event with the ids 1, 2, 3 … in order of appearance and every moment the same."""
    ids: dict[str, str] = {}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        if isinstance(value, str) and UUID.match(value):
            return ids.setdefault(value, f"01939f2e-0000-7000-8000-{len(ids) + 1:012d}")
        if isinstance(value, str) and MOMENT.match(value):
            return "2026-11-22T01:00:00.000000Z"
        return value

    result: dict[str, Any] = plain(wire)
    return result


def shape(value: Any) -> Any:
    """Keys and types without the values; a list has the shape of its entries."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in sorted(value.items())}
    if isinstance(value, list):
        return [shape(inner) for inner in value[:1]]
    if isinstance(value, str) and UUID.match(value):
        return "id"
    if isinstance(value, str) and MOMENT.match(value):
        return "moment"
    return type(value).__name__
