"""What comes in is an event only if its envelope and its data are those of one; what is none is told at once."""

from typing import Any

import orjson
import pytest

from chassis.envelopes import POISON, read_event
from chassis.ids import new_id
from chassis.testing import make_event
from contracts import MailboxRemoved

# Not a new one: every worker of pytest must find tests of the same names.
AN_ID = "0197c5a0-0000-7000-8000-00000000000a"
EVENT = make_event(MailboxRemoved, mailbox_id=new_id())


def test_an_event_is_read_from_its_bytes_and_from_what_they_say() -> None:
    wire = EVENT.to_wire()
    assert read_event(wire) == read_event(orjson.dumps(wire)) == EVENT


@pytest.mark.parametrize(
    "part",
    [
        {"id": "7"},
        {"id": AN_ID.upper()},
        {"id": AN_ID.replace("-", "")},
        {"id": f"{AN_ID}\n"},
        {"id": 7},
        {"id": None},
        {"subject": 7},
        {"subject": None},
        {"correlationid": ["x"]},
        {"source": None},
        {"time": "2026-11-22T10:00:00"},
        {"time": "0001-01-01T00:00:00+09:00"},
        {"time": 7},
        {"type": "mailbox.exploded.v1"},
        {"type": {}},
        {"data": {"mailbox_id": "7"}},
        {"data": None},
    ],
    ids=str,
)
def test_an_envelope_with_one_wrong_part_is_refused(part: dict[str, Any]) -> None:
    with pytest.raises(POISON):
        read_event(EVENT.to_wire() | part)


@pytest.mark.parametrize("content", [b"", b"\xff", b"42", 42, None, "text", [], {}])
def test_what_has_no_envelope_is_refused(content: Any) -> None:
    with pytest.raises(POISON):
        read_event(content)


def test_a_refusal_shows_no_value() -> None:
    with pytest.raises(POISON) as caught:
        read_event(EVENT.to_wire() | {"id": "kanaria@example.jp"})
    assert "kanaria" not in str(caught.value)
