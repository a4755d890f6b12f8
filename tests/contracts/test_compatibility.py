"""Within a version fields are only added, and never as required ones: older events may still lie in a queue."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from contracts.publish import PUBLISHED
from tests.contracts.examples import TYPES

ROOT = Path(__file__).parents[2]
CHANGEABLE = {"description", "$defs", "$schema", "$id"}


def breaks(old: Any, new: Any, place: str = "") -> Iterator[str]:
    """The places where a schema asks or allows other things than the older one did, added fields apart."""
    if isinstance(old, dict) and isinstance(new, dict):
        names = (set(old) | (set() if place.endswith("/properties") else set(new))) - CHANGEABLE
        for name in sorted(names):
            yield from breaks(old.get(name), new.get(name), f"{place}/{name}")
    elif old != new:
        yield place


def unfolded(schema: Any, definitions: Any) -> Any:
    """The schema with what its ``$ref``s point at in their place."""
    if isinstance(schema, list):
        return [unfolded(inner, definitions) for inner in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return unfolded(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: unfolded(inner, definitions) for name, inner in schema.items() if name != "$defs"}


def git(*arguments: str) -> str:
    # Without the exception git reads nothing of a tree that another user owns (containers).
    command = ["git", "-c", f"safe.directory={ROOT}", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=True).stdout


def earlier_versions(path: Path) -> Iterator[str]:
    """The committed texts of a file, newest first."""
    name = str(path.relative_to(ROOT))
    for commit in git("log", "--format=%H", "--diff-filter=AM", "--", name).split():
        yield git("show", f"{commit}:{name}")


@pytest.mark.skipif(not (shutil.which("git") and (ROOT / ".git").exists()), reason="no history to compare with")
@pytest.mark.parametrize("event_type", TYPES)
def test_a_published_schema_keeps_every_word_of_the_one_before_it(event_type: str) -> None:
    path = PUBLISHED / f"{event_type}.json"
    present = path.read_text(encoding="utf-8")
    before = next((text for text in earlier_versions(path) if text != present), present)
    old, new = orjson.loads(before), orjson.loads(present)
    assert list(breaks(unfolded(old, old.get("$defs")), unfolded(new, new.get("$defs")))) == []


OLD = {
    "type": "object",
    "description": "as it was",
    "required": ["id", "mail"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "mail": {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}},
    },
}


def changed(**replaced: Any) -> dict[str, Any]:
    return OLD | {"properties": OLD["properties"] | replaced}  # type: ignore[operator] # a dict of dicts


def test_a_field_may_be_added_anywhere() -> None:
    mail = {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}, "lines": {}}}
    assert list(breaks(OLD, changed(mail=mail, label={"type": "string"}) | {"description": "as it is"})) == []


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (changed(id={"type": "integer"}), "/properties/id/type"),
        (changed(mail={"type": "object", "required": ["size"], "properties": {}}), "/properties/mail/properties/size"),
        (OLD | {"required": ["id", "mail", "label"]}, "/required"),
        (OLD | {"required": ["id"]}, "/required"),
        (OLD | {"additionalProperties": False}, "/additionalProperties"),
    ],
    ids=["another type", "a field removed", "a new field required", "a field no longer sure", "closed to new fields"],
)
def test_everything_else_wants_a_new_version(new: dict[str, Any], place: str) -> None:
    assert place in list(breaks(OLD, new))
