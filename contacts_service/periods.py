"""Spans of days that people name by where today lies: this week, last month, the next 30 days. Pure, as domain.py.

Weeks begin on Sunday, as Japanese calendars show them; quarters with January, April, July and October.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

Span = tuple[date, date]

ONE = timedelta(days=1)


def _day(offset: int) -> Callable[[date], Span]:
    return lambda today: (today + offset * ONE, today + offset * ONE)


def _week(offset: int) -> Callable[[date], Span]:
    def week(today: date) -> Span:
        first = today - (today.isoweekday() % 7) * ONE + offset * 7 * ONE
        return first, first + 6 * ONE

    return week


def _months(count: int, offset: int) -> Callable[[date], Span]:
    """``count`` months (1: a month, 3: a quarter, 12: a year), ``offset`` of them away from the present ones."""

    def months(today: date) -> Span:
        begun = (today.year * 12 + today.month - 1) // count + offset
        return _first_of(begun * count), _first_of((begun + 1) * count) - ONE

    return months


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


SHORT_PERIODS: Mapping[str, Callable[[date], Span]] = {
    "today": _day(0),
    "tomorrow": _day(1),
    "this_week": _week(0),
    "next_week": _week(1),
    "this_month": _months(1, 0),
    "next_month": _months(1, 1),
}
PERIODS: Mapping[str, Callable[[date], Span]] = {
    **SHORT_PERIODS,
    "yesterday": _day(-1),
    "last_week": _week(-1),
    "last_month": _months(1, -1),
    "this_quarter": _months(3, 0),
    "last_quarter": _months(3, -1),
    "next_quarter": _months(3, 1),
    "this_year": _months(12, 0),
    "last_year": _months(12, -1),
    "next_year": _months(12, 1),
}


def span(operator: str, value: str | int, today: date) -> tuple[date | None, date | None]:
    """The first and the last day that a relative condition means; None: without end."""
    if operator == "in_period":
        return PERIODS[str(value)](today)
    days = int(value) * ONE
    if operator == "in_last_days":
        return today - days, today
    if operator == "in_next_days":
        return today, today + days
    return None, today - days - ONE


def month_days(period: str, today: date) -> list[int]:
    """The days of the year, as month × 100 + day, on which an anniversary falls into a short period.

    29 February counts on the 28th in years without it.
    """
    first, last = SHORT_PERIODS[period](today)
    days = [first + number * ONE for number in range((last - first).days + 1)]
    found = [each.month * 100 + each.day for each in days]
    return [*found, 229] if any((each + ONE).month == 3 and each.day == 28 for each in days) else found
