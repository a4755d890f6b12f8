"""Event data are checked against the published schema; what is said of a fault names the place and never the value."""

from typing import Any

import pytest

from chassis.validation import InvalidEvent, UnknownEventType, check
from contracts import LeadConverted, MailboxRemoved
from tests.contracts.examples import example_of

TYPE = MailboxRemoved.type
CANARY = "kanaria"


def test_data_that_obey_the_contract_pass() -> None:
    check(TYPE, example_of(MailboxRemoved)["data"])


def test_fields_of_a_newer_version_pass() -> None:
    check(TYPE, example_of(MailboxRemoved)["data"] | {"added_later": CANARY})


@pytest.mark.parametrize(
    "data",
    [
        {"mailbox_id": CANARY},
        {"mailbox_id": [CANARY]},
        {"mailbox_id": None, "name": CANARY},
        {"mailbox": CANARY},
        {"name": CANARY},
        [CANARY],
        CANARY,
        None,
        {"mailbox_id": CANARY.encode()},
        {"name": {CANARY}},
        {7: CANARY},
        {"mailbox_id": f"{CANARY}\ud800"},
        {"mailbox_id": float("nan")},
    ],
    ids=repr,
)
def test_what_breaks_the_contract_is_refused_without_a_word_of_its_values(data: Any) -> None:
    with pytest.raises(InvalidEvent) as refusal:
        check(TYPE, data)
    assert str(refusal.value).startswith(f"{TYPE}: ")
    assert CANARY not in str(refusal.value)


def test_a_fault_deep_inside_is_named_by_its_place() -> None:
    data = example_of(LeadConverted)["data"] | {"contact_id": "CON1", "organization_id": None}
    with pytest.raises(InvalidEvent, match=r"^lead\.converted\.v1: contact_id breaks "):
        check(LeadConverted.type, data)


@pytest.mark.parametrize("event_type", ["mailbox.removed.v2", "", "../../etc/passwd", "x" * 10_000])
def test_a_type_without_contract_is_refused_in_a_short_sentence(event_type: str) -> None:
    with pytest.raises(UnknownEventType, match="no event type of this version") as refusal:
        check(event_type, {})
    assert len(str(refusal.value)) < 200
