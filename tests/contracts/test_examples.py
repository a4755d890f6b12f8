"""One example per event: its emitter really publishes such a one, each of its readers accepts it.

``MUSUBI_WRITE_EXAMPLES=1 python -m pytest tests/contracts`` writes the examples anew from what the emitters publish.
"""

from typing import Any

import pytest
from sqlalchemy import select

from chassis.readers import readers
from chassis.validation import check
from contracts.base import CONTRACTS, Event
from tests.contracts.emitters import EMITTING
from tests.contracts.examples import FOLDER, TYPES, WRITE_ANEW, example_of, normalised, shape, write
from tests.contracts.office import Office

READING = [(event_type, reader) for event_type, names in readers().items() for reader in names]


@pytest.mark.parametrize("event_type", TYPES)
def test_the_emitter_publishes_what_the_example_shows(office: Office, event_type: str) -> None:
    contract = CONTRACTS[event_type]
    EMITTING[contract](office)
    wire = office.said(contract)[-1].to_wire()
    if WRITE_ANEW:
        write(wire)
    assert shape(wire) == shape(example_of(contract))
    assert example_of(contract) == normalised(example_of(contract))


@pytest.mark.parametrize(("event_type", "reader"), READING)
def test_the_reader_accepts_the_example(office: Office, event_type: str, reader: str) -> None:
    event = arriving(example_of(CONTRACTS[event_type]))
    office.tell(reader, event)
    assert handled(getattr(office, reader).db) == [event.id]


@pytest.mark.parametrize(("event_type", "reader"), READING)
def test_a_reader_ignores_fields_that_it_does_not_know(office: Office, event_type: str, reader: str) -> None:
    event = arriving(grown(example_of(CONTRACTS[event_type])))
    office.tell(reader, event)
    assert handled(getattr(office, reader).db) == [event.id]


def test_every_type_has_an_example_and_every_example_a_type() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.json")) == TYPES


def arriving(wire: dict[str, Any]) -> Event:
    """The event as the chassis hands it to a reader: checked against its schema."""
    event = Event.from_wire(wire)
    check(event.type, event.data)
    return event


def grown(wire: Any) -> Any:
    """The event as a newer emitter may send it: one more field in every object."""
    if isinstance(wire, dict):
        return {key: grown(value) for key, value in wire.items()} | {"added_later": "新しい"}
    return [grown(value) for value in wire] if isinstance(wire, list) else wire


def handled(db: Any) -> list[str]:
    """The ids in the inbox."""
    with db.session() as session:
        return list(session.scalars(select(db.metadata.tables["inbox"].c.event_id)))
