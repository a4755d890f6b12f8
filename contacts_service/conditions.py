"""Conditions of filters as SQL, on PostgreSQL and SQLite: what each operator means for each type of field."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from sqlalchemy import ColumnElement, Text, and_, cast, extract, false, func, not_, or_, select, true

from chassis import clock
from chassis.folding import Folded
from contacts_service import domain, periods
from contacts_service.filters import Condition
from contacts_service.models import Organization
from contracts.folding import folded, spread

Sql = ColumnElement[Any]

# Where days begin for whoever names no time zone.
HERE = ZoneInfo("Asia/Tokyo")
INDEXED = frozenset((*domain.SEARCHED, *domain.PLACES))


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: the staff user and the groups it is in, where its days and in which month its fiscal years begin."""

    ids: tuple[str, ...] = ()
    zone: ZoneInfo = HERE
    fiscal_year_start: int = periods.APRIL

    def today(self) -> date:
        """The present day of who looks."""
        return clock.now().astimezone(self.zone).date()

    def begin(self, day: date) -> datetime:
        """The moment at which a day begins for who looks."""
        return datetime.combine(day, time(), self.zone)


def _indexed(column: Any, part: str, test: Sql) -> Sql:
    """A test that only rows pass whose ``search`` or ``places`` holds ``part``, which the index finds.

    The planner knows how many those are; it would guess that few of them pass the test as well, and read them all where
    the first fifty would do. Nearly all pass, and that is what it expects of an IS NOT NULL.
    """
    return and_(column.contains(spread(part), autoescape=True), func.nullif(test, false()).is_not(None))


def _text_test(operator: str, value: str) -> Callable[[Any], Sql]:
    tests: dict[str, Callable[[Any, str], Sql]] = {
        "equals": lambda text, part: text == part,
        "contains": lambda text, part: text.contains(part, autoescape=True),
        "starts_with": lambda text, part: text.startswith(part, autoescape=True),
        "ends_with": lambda text, part: text.endswith(part, autoescape=True),
    }
    test = tests[operator]
    # Most hold the value as it was asked for; folding the text of ten thousand rows takes longer than finding them.
    return lambda column: or_(test(column, value), test(Folded(column), folded(value)))


def _text(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    if condition.field == "organization_name":
        return _organization_name(model, condition, viewer)
    column, operator = getattr(model, condition.field), condition.operator
    if operator in ("empty", "not_empty"):
        return column == "" if operator == "empty" else column != ""
    if operator.startswith("not_"):
        return not_(_text_test(operator.removeprefix("not_"), condition.value)(column))
    test = _text_test(operator, condition.value)(column)
    indexed = model.places if condition.field in domain.PLACES else model.search
    return _indexed(indexed, condition.value, test) if condition.field in INDEXED else test


def _organization_name(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    if condition.operator in ("empty", "not_empty"):
        return _presence(model.organization_id, condition.operator)
    positive = Condition("name", "text", condition.operator.removeprefix("not_"), condition.value)
    theirs = model.organization_id.in_(select(Organization.id).where(_text(Organization, positive, viewer)))
    return theirs if positive.operator == condition.operator else or_(model.organization_id.is_(None), not_(theirs))


def _presence(column: Any, operator: str) -> Sql:
    found: Sql = column.is_(None) if operator == "empty" else column.is_not(None)
    return found


def _choice(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    column, operator = getattr(model, condition.field), condition.operator
    if operator in ("empty", "not_empty"):
        return _text(model, condition, viewer)
    return column.in_(condition.value) if operator == "one_of" else column.not_in(condition.value)


def _reference(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    column, operator = getattr(model, condition.field), condition.operator
    if operator in ("empty", "not_empty"):
        return _presence(column, operator)
    ids = viewer.ids if operator.endswith("_me") else condition.value
    if operator in ("one_of", "is_me"):
        return column.in_(ids)
    return or_(column.is_(None), column.not_in(ids))


def _number(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    column, value = getattr(model, condition.field), condition.value
    tests: dict[str, Callable[[], Sql]] = {
        "equals": lambda: column == value,
        "not_equals": lambda: or_(column.is_(None), column != value),
        "less_than": lambda: column < value,
        "at_most": lambda: column <= value,
        "greater_than": lambda: column > value,
        "at_least": lambda: column >= value,
        "between": lambda: column.between(*value),
    }
    test = tests.get(condition.operator)
    return test() if test else _presence(column, condition.operator)


def _flag(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    found: Sql = getattr(model, condition.field).is_(condition.operator == "is_true")
    return found


def _date(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    column = getattr(model, condition.field)
    if condition.operator in ("empty", "not_empty"):
        return _presence(column, condition.operator)
    if condition.operator == "anniversary_in":
        days = periods.month_days(condition.value, viewer.today())
        return (extract("month", column) * 100 + extract("day", column)).in_(days)
    if condition.operator == "not_on":
        return or_(column.is_(None), column != condition.value)
    first, last = _span(condition, viewer)
    return and_(true() if first is None else column >= first, true() if last is None else column <= last)


def _moment(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    column, operator = getattr(model, condition.field), condition.operator
    if operator in periods.HOURS:
        begin, end = periods.HOURS[operator](clock.now(), timedelta(hours=condition.value))
        return and_(true() if begin is None else column >= begin, true() if end is None else column <= end)
    first, last = _span(condition, viewer)
    within = and_(
        true() if first is None else column >= viewer.begin(first),
        true() if last is None else column < viewer.begin(last + timedelta(days=1)),
    )
    return not_(within) if operator == "not_on" else within


def _span(condition: Condition, viewer: Viewer) -> tuple[date | None, date | None]:
    operator, value = condition.operator, condition.value
    if operator in ("on", "not_on"):
        return value, value
    if operator == "before":
        return None, value - timedelta(days=1)
    if operator == "after":
        return value + timedelta(days=1), None
    if operator == "between":
        return value[0], value[1]
    return periods.span(operator, value, viewer.today(), viewer.fiscal_year_start)


def _holds(column: Any, part: str) -> Sql:
    """Whether the JSON text of a list holds a folded part."""
    return Folded(cast(column, Text)).contains(part, autoescape=True)


def _listed(column: Any, condition: Condition) -> Sql:
    nothing: Sql = cast(column, Text) == "[]"
    return nothing if condition.operator == "empty" else not_(nothing)


def _addresses(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    if condition.operator in ("empty", "not_empty"):
        return _listed(model.addresses, condition)
    wanted = folded(condition.value)
    if condition.operator == "at_domain":
        end = f"@{wanted.removeprefix('@')}"
        return _indexed(model.search, end, _holds(model.addresses, f'{end}"'))
    found = _holds(model.addresses, wanted)
    return _indexed(model.search, wanted, found) if condition.operator == "contains" else not_(found)


def _phones(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    """By digits, as people dial them here: 090 finds +8190; what has no digits by its text."""
    if condition.operator in ("empty", "not_empty"):
        return _listed(model.phones, condition)
    typed = folded(condition.value)
    digits = "".join(filter(str.isdigit, typed))
    found = _holds(model.phones, digits.removeprefix("0") or typed)
    return _indexed(model.search, digits or typed, found) if condition.operator == "contains" else not_(found)


def _tags(model: Any, condition: Condition, viewer: Viewer) -> Sql:
    if condition.operator in ("empty", "not_empty"):
        return _listed(model.tags, condition)
    words = {tag: orjson.dumps(folded(tag)).decode() for tag in condition.value}
    tests = [_indexed(model.search, tag, _holds(model.tags, word)) for tag, word in words.items()]
    joined = and_(*tests) if condition.operator == "all_of" else or_(*tests)
    return not_(joined) if condition.operator == "none_of" else joined


SQL: dict[str, Callable[[Any, Condition, Viewer], Sql]] = {
    "text": _text,
    "choice": _choice,
    "number": _number,
    "flag": _flag,
    "date": _date,
    "moment": _moment,
    "reference": _reference,
    "owner": _reference,
    "addresses": _addresses,
    "phones": _phones,
    "tags": _tags,
}
