"""What is published of the contracts: generated files that do not drift, names that are facts, bounded fields."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from chassis import docs
from contracts.base import CONTRACTS
from contracts.publish import PUBLISHED, published
from tests.contracts.examples import TYPES

NAME = re.compile(r"(?P<subject>[a-z]+(_[a-z]+)*)\.([a-z]+_)*(?P<verb>(?!(in|out)\.)[a-z]+)(_in|_out)?\.v[1-9][0-9]*\Z")
REGULAR = re.compile(r"[a-z]+[^e]ed\Z")  # "opened", but not "need" or "feed"
IRREGULAR = {"bound", "done", "found", "given", "held", "left", "lost", "made", "met", "paid", "read", "sent"}
IRREGULAR |= {"undone", "won"}


def is_a_fact(event_type: str) -> bool:
    """True for ``<subject>.<past participle>.v<N>``; the participle may have an object before it (``mail_joined``).

    And a particle after it (``opted_out``).
    """
    name = NAME.match(event_type)
    return name is not None and bool(REGULAR.match(name["verb"]) or name["verb"] in IRREGULAR)


def strings_in(schema: Any) -> Iterator[dict[str, Any]]:
    """Every part of a schema that allows a string or a list."""
    if isinstance(schema, dict):
        types = schema.get("type", [])
        if {"string", "array"} & set([types] if isinstance(types, str) else types):
            yield schema
        for inner in schema.values():
            yield from strings_in(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from strings_in(inner)


def is_bounded(schema: dict[str, Any]) -> bool:
    return bool({"maxLength", "maxItems", "enum", "const"} & set(schema)) or schema.get("format") in {
        "uuid",
        "date",
        "date-time",
    }


def test_the_published_schemas_are_those_of_the_contracts() -> None:
    committed = {path.name: path.read_text(encoding="utf-8") for path in PUBLISHED.glob("*.v*.json")}
    assert committed == published(), "run: make contracts"


@pytest.mark.parametrize("path", docs.generated(), ids=lambda path: path.name)
def test_a_generated_page_is_what_would_be_written_now(path: Any) -> None:
    assert path.read_text(encoding="utf-8") == docs.generated()[path], "run: make contracts"


@pytest.mark.parametrize("event_type", TYPES)
def test_a_type_is_named_for_something_that_has_happened(event_type: str) -> None:
    assert is_a_fact(event_type)


@pytest.mark.parametrize(
    "event_type",
    [
        "contact.create.v1",
        "contact.new.v1",
        "mailbox.feed.v1",
        "Contact.created.v1",
        "contact.created",
        "contact.created.v0",
        "contact.created.v1.draft",
        "created.v1",
        "send_mail.v1",
        "contact.joined_mail.v1",
    ],
)
def test_an_order_or_a_state_is_no_name_of_an_event(event_type: str) -> None:
    assert not is_a_fact(event_type)


@pytest.mark.parametrize("event_type", TYPES)
def test_a_contract_says_when_and_once_per_what_it_is_emitted(event_type: str) -> None:
    said = " ".join((CONTRACTS[event_type].__doc__ or "").split())
    assert said.startswith("Emitted when ")
    assert "once per " in said.lower()


@pytest.mark.parametrize("event_type", TYPES)
def test_no_text_and_no_list_of_an_event_can_grow_without_end(event_type: str) -> None:
    schema = orjson.loads((PUBLISHED / f"{event_type}.json").read_bytes())
    assert [part for part in strings_in(schema) if not is_bounded(part)] == []


def test_a_text_without_a_limit_is_seen_wherever_it_stands() -> None:
    free = {"type": ["string", "null"]}
    schema = {"properties": {"a": {"type": "array", "maxItems": 3, "items": free}, "b": {"anyOf": [free]}}}
    assert [part for part in strings_in(schema) if not is_bounded(part)] == [free, free]
