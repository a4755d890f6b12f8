"""Reading an event that came in: its envelope and its data are checked before anybody relies on them."""

import re
from typing import Any

import orjson

from chassis import clock
from chassis.validation import InvalidEvent, UnknownEventType, check
from contracts.base import Event

# What reading raises where there is no event; trying again would not help.
POISON = (InvalidEvent, UnknownEventType, ValueError, KeyError, TypeError, AttributeError)
# As PostgreSQL writes it: an id in another form would not be found again among those that were entered.
UUID_TEXT = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def read_event(content: Any) -> Event:
    """The event in an entry of a message, checked against its contract; one of POISON if it is none."""
    event = Event.from_wire(orjson.loads(content) if isinstance(content, bytes) else content)
    if not UUID_TEXT.fullmatch(event.id):
        raise InvalidEvent("the envelope: id is no UUID in lower case")
    texts: tuple[Any, ...] = (event.subject, event.correlation_id)
    if not all(isinstance(text, str) for text in texts):
        raise InvalidEvent("the envelope: subject or correlationid is no text")
    clock.unwire(event.time)
    check(event.type, event.data)
    return event
