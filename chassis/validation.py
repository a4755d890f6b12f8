"""Checks event data against the JSON Schema published for their type.

The schemas are generated from the marshmallow contracts (``python -m contracts.publish``) and a test fails when they
drift. Validators are compiled once (jsonschema-rs): some 10 us for an event, where marshmallow takes more than 100.
"""

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

import contracts
from contracts.base import CONTRACTS

PUBLISHED = Path(contracts.__file__).parent / "published"


class UnknownEventType(ValueError):
    """No contract has this type."""


class InvalidEvent(ValueError):
    """The data break the contract; the text names the place, never the value (it may be personal)."""


@cache
def _validator(event_type: str) -> Any:
    if event_type not in CONTRACTS:
        raise UnknownEventType(f"{event_type[:100]!r} is no event type of this version: see docs/events.md")
    schema = orjson.loads((PUBLISHED / f"{event_type}.json").read_bytes())
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def check(event_type: str, data: Any) -> None:
    """InvalidEvent with the first fault, UnknownEventType for a type without contract; None if all is well."""
    validator = _validator(event_type)
    try:
        if validator.is_valid(data):
            return
        fault = next(iter(validator.iter_errors(data)))
    except ValueError as error:
        raise InvalidEvent(f"{event_type}: the data are not JSON values: {error}") from error
    place = "/".join(map(str, fault.instance_path)) or "the data"
    raise InvalidEvent(f"{event_type}: {place} breaks {'/'.join(map(str, fault.schema_path))}")
