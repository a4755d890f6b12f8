"""The envelope is CloudEvents 1.0 in structured JSON: the official SDK reads it, and it keeps the letter of the text.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
"""

import re

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from chassis import clock
from contracts.base import CONTRACTS, Event, schema_url
from contracts.publish import published
from tests.contracts.examples import TYPES, example_of


def wire_of(event_type: str) -> bytes:
    """An event as bytes of the broker."""
    return orjson.dumps(Event.from_wire(example_of(CONTRACTS[event_type])).to_wire())


@pytest.mark.parametrize("event_type", TYPES)
def test_the_official_sdk_reads_every_event_and_its_extensions(event_type: str) -> None:
    example = example_of(CONTRACTS[event_type])
    event = JSONFormat().read(CloudEvent, wire_of(event_type))
    assert (event.get_type(), event.get_id(), event.get_subject()) == (event_type, example["id"], example["subject"])
    assert event.get_source() == f"musubi/{CONTRACTS[event_type].source}"
    assert event.get_extension("correlationid") == example["correlationid"]
    assert event.get_data() == example["data"]
    assert event.get_time() == clock.unwire(example["time"])


@pytest.mark.parametrize("event_type", TYPES)
def test_names_and_values_of_attributes_keep_to_the_specification(event_type: str) -> None:
    wire = orjson.loads(wire_of(event_type))
    data = wire.pop("data")
    assert isinstance(data, dict)
    assert [name for name in wire if not re.fullmatch(r"[a-z0-9]{1,20}", name)] == []
    assert [name for name, value in wire.items() if not isinstance(value, str) or not value] == []
    assert wire["datacontenttype"] == "application/json"


@pytest.mark.parametrize("event_type", TYPES)
def test_the_data_schema_of_an_event_is_the_published_one(event_type: str) -> None:
    [text] = [text for name, text in published().items() if name == f"{event_type}.json"]
    assert orjson.loads(text)["$id"] == example_of(CONTRACTS[event_type])["dataschema"] == schema_url(event_type)


@pytest.mark.parametrize("event_type", TYPES)
def test_an_event_is_the_same_after_its_way_over_the_wire(event_type: str) -> None:
    event = Event.from_wire(example_of(CONTRACTS[event_type]))
    assert Event.from_wire(orjson.loads(orjson.dumps(event.to_wire()))) == event


def test_an_event_that_begins_a_chain_names_no_cause() -> None:
    event = Event("1", "x.made.v1", "contacts", "s", "2026-11-22T01:00:00.000000Z", "1", None, {})
    assert "causationid" not in event.to_wire()
    assert Event.from_wire(event.to_wire()) == event
