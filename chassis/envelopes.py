"""Reading an event that came in: its envelope and its data are checked before anybody relies on them."""

from typing import Any

import orjson

from chassis import clock
from chassis.validation import InvalidEvent, UnknownEventType, check
from contracts.base import Event
from contracts.fields import identity_or_none

# What reading raises where there is no event; trying again would not help.
POISON = (InvalidEvent, UnknownEventType, ValueError, KeyError, TypeError, AttributeError)


def read_event(content: Any) -> Event:
    """The event in an entry of a message, checked against its contract; one of POISON if it is none."""
    event = Event.from_wire(orjson.loads(content) if isinstance(content, bytes) else content)
    # An id in another form than the stored one would not be found again among those that were entered.
    if not event.id or identity_or_none(event.id) != event.id:
        raise InvalidEvent("the envelope: id is no UUID in lower case")
    texts: tuple[Any, ...] = (event.subject, event.correlation_id)
    if not all(isinstance(text, str) for text in texts):
        raise InvalidEvent("the envelope: subject or correlationid is no text")
    clock.unwire(event.time)
    check(event.type, event.data)
    return event
