"""JSON bodies within bounds: an attacker's nesting, length or odd characters end here, not in a service."""

from typing import Any

import orjson
from flask import Request
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser

from contracts.errors import Invalid
from gateway.problems import BodyTooLarge, MalformedRequest

MAX_BYTES = 1_000_000
MAX_DEPTH = 20
MAX_VALUES = 50_000


class BoundedParser(FlaskParser):
    """webargs' parser that reads JSON within bounds and refuses what a schema does not know, in the query too."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "query": RAISE}

    def _raw_load_json(self, req: Request) -> Any:
        # One byte more, so that a longer body of unknown length is told from one that just fits.
        req.max_content_length = MAX_BYTES + 1
        body = req.get_data(cache=True)
        if not body:
            raise Invalid("The body is missing. Send a JSON object; {} where nothing is to be said.")
        return parse(body)


def parse(body: bytes) -> Any:
    """The JSON value of a body. BodyTooLarge above 1 MB, MalformedRequest when it is broken, too deep or too long."""
    if len(body) > MAX_BYTES:
        raise BodyTooLarge(f"A JSON body may have {MAX_BYTES:,} bytes. Send less at once.")
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise MalformedRequest(f"The body is not valid JSON: {error.msg} at character {error.pos}.") from error
    check(value)
    return value


def check(value: Any) -> None:
    """Refuse nesting deeper than 20, more than 50,000 values, and NUL characters. MalformedRequest."""
    level, count = [value], 0
    for _ in range(MAX_DEPTH):
        count += len(level)
        if count > MAX_VALUES:
            raise MalformedRequest(f"The body holds more than {MAX_VALUES:,} values. Send less at once.")
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise MalformedRequest(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _inside(value: Any) -> list[Any]:
    if isinstance(value, str) and "\x00" in value:
        raise MalformedRequest("The body holds a NUL character (U+0000). Leave it out.")
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
