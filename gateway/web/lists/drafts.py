"""A filter while it is being built: read from the form, changed by its buttons, turned into the API's form.

A draft is as the API's filter (groups of conditions, nested), but a condition may still lack its field or its value.
The form names things by their place: ``c.match``, ``c.0.field``, ``c.0.operator``, ``c.0.value``, ``c.1.match``,
``c.1.0.field`` …
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from gateway.web.lists.operators import OPERATORS, operator

Draft = dict[str, Any]
Form = Mapping[str, list[str]]

PLACE = re.compile(r"c((?:\.\d{1,2}){0,6})\.(match|field|operator|value)")
SEPARATORS = re.compile(r"[,、，\n]")
MOST = 60
LONGEST = 50
DEEPEST = 5


def empty() -> Draft:
    """A group without conditions."""
    return {"match": "all", "conditions": []}


def blank() -> Draft:
    """A condition of which nothing is chosen yet."""
    return {"field": "", "operator": "", "value": None}


def is_group(node: Draft) -> bool:
    """Whether it is a group."""
    return "conditions" in node


def from_form(form: Form, types: Mapping[str, str]) -> Draft:
    """The draft that a form holds. What was chosen under another field before is forgotten.

    A field that there is not stays, and so does an operator that its field has not, which the form names after the
    field: until somebody corrects it or takes it away, the filter cannot be used.
    """
    nodes: dict[tuple[int, ...], dict[str, list[str]]] = {}
    for name, values in form.items():
        if found := PLACE.fullmatch(name):
            place = tuple(int(number) for number in found[1].split(".")[1:])
            nodes.setdefault(place, {})[found[2]] = values
    return _group((), nodes, types)


def _group(place: tuple[int, ...], nodes: Mapping[tuple[int, ...], Any], types: Mapping[str, str]) -> Draft:
    below = sorted({each[: len(place) + 1] for each in nodes if len(each) > len(place) and each[: len(place)] == place})
    parts = [
        _group(each, nodes, types) if "match" in nodes.get(each, {}) else _condition(nodes.get(each, {}), types)
        for each in below[:MOST]
    ]
    match = nodes.get(place, {}).get("match", ["all"])[0]
    return {"match": "any" if match == "any" else "all", "conditions": parts}


def _condition(parts: Mapping[str, list[str]], types: Mapping[str, str]) -> Draft:
    field = parts.get("field", [""])[0]
    if field not in types:
        return {**blank(), "field": field[:LONGEST]}
    known = OPERATORS.get(types[field], {})
    chosen = parts.get("operator", [""])[0]
    if strange := chosen.removeprefix(f"{field} ") if chosen.startswith(f"{field} ") else "":
        return {**blank(), "field": field, "operator": strange[:LONGEST]}
    name = chosen if chosen in known else next(iter(known), "")
    shape = known[name].shape if name else "nothing"
    return {"field": field, "operator": name, "value": value_of(shape, parts.get("value", []))}


def value_of(shape: str, typed: list[str]) -> Any:
    """A value as the API takes it, from what was typed; None where it is not complete."""
    texts = [text.strip() for text in typed if text.strip()]
    if shape == "nothing" or not texts:
        return None
    if shape == "words":
        return [word for text in texts for part in SEPARATORS.split(text) if (word := part.strip())] or None
    if shape in ("choices", "ids"):
        return list(dict.fromkeys(texts))
    if shape in ("numbers", "days"):
        pair = texts if shape == "days" else [_whole(text) for text in texts]
        return pair if len(pair) == 2 else None
    return _whole(texts[0]) if shape in ("number", "span", "hours") else texts[0]


def _whole(text: str) -> Any:
    """The number; what is none stays a text, which the API refuses with a sentence."""
    digits = text.replace(",", "")
    return int(digits) if re.fullmatch(r"-?[0-9]{1,18}", digits) else text


def change(draft: Draft, do: str) -> str:
    """What a button does to the draft: ``add:1.0`` a condition, ``group:1`` a group, ``remove:0.2``.

    The answer is where the keyboard goes on.
    """
    verb, _, where = do.partition(":")
    place = [int(number) for number in where.split(".") if number.isdecimal()]
    if verb == "remove" and place:
        parts = _at(draft, place[:-1])["conditions"]
        del parts[place[-1] : place[-1] + 1]
        return f"{_path(place[:-1])}.add"
    if verb == "group" and len(place) < DEEPEST - 1:
        parts = _at(draft, place)["conditions"]
        parts.append({"match": "any", "conditions": [blank()]})
        return _path([*place, len(parts) - 1, 0])
    parts = _at(draft, place)["conditions"]
    parts.append(blank())
    return _path([*place, len(parts) - 1])


def _path(place: Iterable[int]) -> str:
    return "".join(f".{number}" for number in place)


def _at(draft: Draft, place: Iterable[int]) -> Draft:
    """The group at a place; the outermost one where there is none."""
    node = draft
    for number in place:
        parts = node["conditions"]
        if number >= len(parts) or not is_group(parts[number]):
            return draft
        node = parts[number]
    return node


def complete(draft: Draft, types: Mapping[str, str]) -> tuple[Draft, dict[str, str]]:
    """The filter for the API without what is not complete, and where its parts stand in the draft (path → place)."""
    places: dict[str, str] = {}
    return _complete(draft, types, "filter", "", places), places


def _complete(draft: Draft, types: Mapping[str, str], path: str, place: str, places: dict[str, str]) -> Draft:
    kept: list[Draft] = []
    for number, part in enumerate(draft["conditions"]):
        here, there = f"{place}.{number}".strip("."), f"{path}.conditions.{len(kept)}"
        if is_group(part):
            if (inner := _complete(part, types, there, here, places))["conditions"]:
                kept.append(inner)
        elif finished := _finished(part, types):
            kept.append(finished)
            places[there] = here
    return {"match": draft["match"], "conditions": kept}


def _finished(condition: Draft, types: Mapping[str, str]) -> Draft | None:
    known = operator(types.get(condition["field"], ""), condition["operator"])
    if known is None:
        # The API refuses it. Without it the list would show more than was asked for.
        return condition if condition["field"] else None
    if known.shape == "nothing":
        return {"field": condition["field"], "operator": condition["operator"]}
    return None if condition["value"] is None else condition


def text_of(filter: Draft | None) -> str:
    """The filter as it stands in an address; nothing for an empty one."""
    if not filter or not filter["conditions"]:
        return ""
    return json.dumps(filter, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Draft | None:
    """The filter in an address; None where it cannot be one."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if _sound(found, DEEPEST) else None


def _sound(node: Any, deepest: int) -> bool:
    """Whether it has the shape of a filter, so that it can be shown; whether it means something, the API knows."""
    if not isinstance(node, dict) or not isinstance(node.get("conditions"), list) or deepest == 0:
        return False
    conditions = node["conditions"]
    return (
        node.get("match") in ("all", "any")
        and len(conditions) <= MOST
        and all(_part(each, deepest) for each in conditions)
    )


def _part(node: Any, deepest: int) -> bool:
    if isinstance(node, dict) and "conditions" in node:
        return _sound(node, deepest - 1)
    if not isinstance(node, dict) or not all(isinstance(node.get(name), str) for name in ("field", "operator")):
        return False
    value = node.get("value")
    return all(
        each is None or isinstance(each, str | int | float) for each in (value if isinstance(value, list) else [value])
    )


def without(filter: Draft, number: int) -> Draft:
    """The filter without one of its outermost conditions."""
    parts = filter["conditions"]
    return {**filter, "conditions": parts[:number] + parts[number + 1 :]}


def ids_in(filter: Draft, types: Mapping[str, str], wanted: str) -> set[str]:
    """The ids that conditions on fields of a type name, to look up what they are called."""
    found: set[str] = set()
    for part in filter["conditions"]:
        if is_group(part):
            found |= ids_in(part, types, wanted)
        elif types.get(part["field"]) == wanted and isinstance(part.get("value"), list):
            found |= {each for each in part["value"] if isinstance(each, str)}
    return found
