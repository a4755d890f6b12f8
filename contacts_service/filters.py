"""Filters of lists: groups of conditions (ALL, ANY), nested; the operators of each type of field. Pure, as domain.py.

A filter is ``{"match": "all" | "any", "conditions": [...]}``; a condition is such a group again, or
``{"field", "operator", "value"}``. What is typed is checked here once, and becomes ``Group`` and ``Condition``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contacts_service import fields, periods
from contacts_service.checks import Fault, day, identity, lines, one_line, whole
from contracts.errors import Invalid

Values = dict[str, Any]

_GROUP, _CONDITION = {"match", "conditions"}, {"field", "operator", "value"}
MAX_DEPTH = 5
MAX_CONDITIONS = 50
MAX_CHOICES = 200
MAX_VALUE = 255
LONGEST_SPAN = 3_660
MOST_HOURS = 8_784


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, its value checked: ``None``, a text, a number, a date, a pair of those, a list of texts."""

    field: str
    type: str
    operator: str
    value: Any


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions that must all hold, or any one of them. An empty group holds for every record."""

    match_all: bool
    parts: tuple["Condition | Group", ...]


def _nothing(value: Any) -> None:
    if value is not None:
        raise Fault("This operator takes no value: leave it out.")


def _word(value: Any) -> str:
    if value is None or not (text := one_line(value, limit=MAX_VALUE)):
        raise Fault("Type what to look for.")
    return text


def _choices(value: Any) -> list[str]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CHOICES:
        raise Fault(f"Must be a list of 1 to {MAX_CHOICES} values.")
    return [_word(item) for item in value]


def _ids(value: Any) -> list[str]:
    return [str(identity(item)) for item in _choices(value)]


def _number(value: Any) -> int:
    if (found := whole(value)) is None:
        raise Fault("Type a number.")
    return found


def _day(value: Any) -> Any:
    if (found := day(value)) is None:
        raise Fault("Choose a day.")
    return found


def _pair(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def pair(value: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise Fault("Must be a list of two: from, to.")
        first, last = (check(item) for item in value)
        if last < first:
            raise Fault("The second comes before the first: exchange them.")
        return [first, last]

    return pair


def _days(value: Any) -> int:
    if not _within(value, LONGEST_SPAN):
        raise Fault(f"Must be a number of days from 1 to {LONGEST_SPAN:,}.")
    return int(value)


def _hours(value: Any) -> int:
    if not _within(value, MOST_HOURS):
        raise Fault(f"Must be a number of hours from 1 to {MOST_HOURS:,}.")
    return int(value)


def _within(value: Any, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _one_of(known: Any) -> Callable[[Any], str]:
    def chosen(value: Any) -> str:
        if value not in known:
            raise Fault(f"Must be one of: {', '.join(known)}.")
        return str(value)

    return chosen


_EMPTY = {"empty": _nothing, "not_empty": _nothing}
_DAYS: dict[str, Callable[[Any], Any]] = {
    "on": _day,
    "not_on": _day,
    "before": _day,
    "after": _day,
    "between": _pair(_day),
    "in_period": _one_of(periods.PERIODS),
    **dict.fromkeys(periods.DAYS, _days),
}
# Which operators each type of field has, and what their value must be.
OPERATORS: Mapping[str, Mapping[str, Callable[[Any], Any]]] = {
    "text": {
        "equals": _word,
        "not_equals": _word,
        "contains": _word,
        "not_contains": _word,
        "starts_with": _word,
        "ends_with": _word,
        **_EMPTY,
    },
    "choice": {"one_of": _choices, "not_one_of": _choices, **_EMPTY},
    "number": {
        "equals": _number,
        "not_equals": _number,
        "less_than": _number,
        "at_most": _number,
        "greater_than": _number,
        "at_least": _number,
        "between": _pair(_number),
        **_EMPTY,
    },
    "flag": {"is_true": _nothing, "is_false": _nothing},
    "date": {**_DAYS, "anniversary_in": _one_of(periods.SHORT_PERIODS), **_EMPTY},
    # No record is without its moments.
    "moment": {**_DAYS, **dict.fromkeys(periods.HOURS, _hours)},
    "reference": {"one_of": _ids, "not_one_of": _ids, **_EMPTY},
    "owner": {"is_me": _nothing, "is_not_me": _nothing, "one_of": _ids, "not_one_of": _ids, **_EMPTY},
    "addresses": {"contains": _word, "not_contains": _word, "at_domain": _word, **_EMPTY},
    "phones": {"contains": _word, "not_contains": _word, **_EMPTY},
    "tags": {"any_of": _choices, "all_of": _choices, "none_of": _choices, **_EMPTY},
}
_TYPE_OF_CHECK: Mapping[Callable[[Any], Any], str] = {
    one_line: "text",
    lines: "text",
    fields.needed: "text",
    fields.source: "text",
    fields.flag: "flag",
    day: "date",
    whole: "number",
    identity: "reference",
    fields.owner: "owner",
    fields.addresses: "addresses",
    fields.phones: "phones",
    fields.tags: "tags",
}


def types_of(checks: Mapping[str, Callable[[Any], Any]]) -> dict[str, str]:
    """The type of each field that a filter may name, in the order of the fields."""
    own = {name: _TYPE_OF_CHECK.get(check, "choice") for name, check in checks.items()}
    further = {"organization_name": "text"} if "organization_id" in checks else {}
    return {"number": "text", **own, **further, "created_at": "moment", "updated_at": "moment", "modified_by": "owner"}


def parsed(data: Any, types: Mapping[str, str]) -> Group:
    """The filter that ``data`` means; an empty one for None. Invalid names each fault by its place in the filter."""
    faults: dict[str, list[str]] = {}
    reader = _Reader(types, faults)
    group = reader.group({"match": "all", "conditions": []} if data is None else data, "filter", 1)
    if faults:
        raise Invalid("The filter cannot be used: correct the conditions that are named.", fields=faults)
    return group


class _Misfit(Fault):
    """What is wrong with one ``part`` of a condition: ``.field``, ``.operator``, ``.value``, or with all of it."""

    def __init__(self, part: str, sentence: str) -> None:
        super().__init__(sentence)
        self.part = part


def _condition(data: Any, types: Mapping[str, str]) -> Condition:
    if not isinstance(data, dict) or set(data) - _CONDITION:
        raise _Misfit("", "Must be a condition: field, operator, value.")
    name, operator = data.get("field"), data.get("operator")
    if not isinstance(name, str) or name not in types:
        raise _Misfit(".field", "There is no such field to filter by: choose another one, or take the condition away.")
    operators = OPERATORS[types[name]]
    if not isinstance(operator, str) or operator not in operators:
        raise _Misfit(".operator", f"Must be one of: {', '.join(operators)}.")
    try:
        return Condition(name, types[name], operator, operators[operator](data.get("value")))
    except Fault as fault:
        raise _Misfit(".value", str(fault)) from fault


class _Reader:
    """Reads a filter and collects its faults, each under the path of its condition: ``filter.conditions.0.value``."""

    def __init__(self, types: Mapping[str, str], faults: dict[str, list[str]]) -> None:
        self.types, self.faults = types, faults
        self.count = 0

    def group(self, data: Any, path: str, depth: int) -> Group:
        parts: list[Condition | Group] = []
        conditions = data.get("conditions") if isinstance(data, dict) else None
        if not isinstance(conditions, list) or data.get("match") not in ("all", "any") or set(data) - _GROUP:
            self._fault(path, 'Must be a group: {"match": "all" or "any", "conditions": […]}.')
        elif depth > MAX_DEPTH:
            self._fault(path, f"Groups lie at most {MAX_DEPTH} deep in one another: make it flatter.")
        else:
            for number, part in enumerate(conditions):
                self.count += 1
                if self.count > MAX_CONDITIONS:
                    self._fault("filter", f"Holds more than {MAX_CONDITIONS} conditions: take some out.")
                    break
                where = f"{path}.conditions.{number}"
                is_group = isinstance(part, dict) and "conditions" in part
                parts.append(self.group(part, where, depth + 1) if is_group else self.condition(part, where))
        return Group(isinstance(data, dict) and data.get("match") != "any", tuple(parts))

    def condition(self, data: Any, path: str) -> Condition:
        try:
            return _condition(data, self.types)
        except _Misfit as misfit:
            self._fault(path + misfit.part, str(misfit))
            return Condition("", "", "", None)

    def _fault(self, path: str, sentence: str) -> None:
        self.faults[path] = [sentence]
