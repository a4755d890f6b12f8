"""Spans of days that people name by where today lies: this week, last month, the next 30 days. Pure, as domain.py.

Weeks begin on Sunday, as Japanese calendars show them; quarters with January, April, July and October; fiscal years
(年度) and their quarters with the month that is set, April where nobody set one.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

Span = tuple[date, date]
# Today and the month in which the fiscal year begins, to a span.
Period = Callable[[date, int], Span]

ONE, MOMENT = timedelta(days=1), timedelta(microseconds=1)
APRIL = 4


def _day(offset: int) -> Period:
    return lambda today, _: (today + offset * ONE, today + offset * ONE)


def _week(offset: int) -> Period:
    def week(today: date, _: int) -> Span:
        first = today - (today.isoweekday() % 7) * ONE + offset * 7 * ONE
        return first, first + 6 * ONE

    return week


def _months(count: int, offset: int, *, fiscal: bool = False) -> Period:
    """``count`` months (1: a month, 3: a quarter, 12: a year), ``offset`` of them away from the present ones."""

    def months(today: date, fiscal_year_start: int) -> Span:
        shift = fiscal_year_start - 1 if fiscal else 0
        begun = (today.year * 12 + today.month - 1 - shift) // count + offset
        return _first_of(begun * count + shift), _first_of((begun + 1) * count + shift) - ONE

    return months


def _first_of(month: int) -> date:
    return date(month // 12, month % 12 + 1, 1)


SHORT_PERIODS: Mapping[str, Period] = {
    "today": _day(0),
    "tomorrow": _day(1),
    "this_week": _week(0),
    "next_week": _week(1),
    "this_month": _months(1, 0),
    "next_month": _months(1, 1),
}
PERIODS: Mapping[str, Period] = {
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
    "this_fiscal_quarter": _months(3, 0, fiscal=True),
    "last_fiscal_quarter": _months(3, -1, fiscal=True),
    "next_fiscal_quarter": _months(3, 1, fiscal=True),
    "this_fiscal_year": _months(12, 0, fiscal=True),
    "last_fiscal_year": _months(12, -1, fiscal=True),
    "next_fiscal_year": _months(12, 1, fiscal=True),
}
# By a number of days, seen from today; None: without end.
DAYS: Mapping[str, Callable[[date, timedelta], tuple[date | None, date | None]]] = {
    "in_last_days": lambda today, days: (today - days, today),
    "in_next_days": lambda today, days: (today, today + days),
    "days_ago": lambda today, days: (today - days, today - days),
    "days_ahead": lambda today, days: (today + days, today + days),
    "more_days_ago_than": lambda today, days: (None, today - days - ONE),
    "more_days_ahead_than": lambda today, days: (today + days + ONE, None),
}
# By a number of hours, seen from now.
HOURS: Mapping[str, Callable[[datetime, timedelta], tuple[datetime | None, datetime | None]]] = {
    "in_last_hours": lambda now, hours: (now - hours, now),
    "in_next_hours": lambda now, hours: (now, now + hours),
    "more_hours_ago_than": lambda now, hours: (None, now - hours - MOMENT),
    "more_hours_ahead_than": lambda now, hours: (now + hours + MOMENT, None),
}


def span(
    operator: str, value: str | int, today: date, fiscal_year_start: int = APRIL
) -> tuple[date | None, date | None]:
    """The first and the last day that a relative condition means; None: without end."""
    if operator == "in_period":
        return PERIODS[str(value)](today, fiscal_year_start)
    return DAYS[operator](today, int(value) * ONE)


def month_days(period: str, today: date) -> list[int]:
    """The days of the year, as month × 100 + day, on which an anniversary falls into a short period.

    29 February counts on the 28th in years without it.
    """
    first, last = SHORT_PERIODS[period](today, APRIL)
    days = [first + number * ONE for number in range((last - first).days + 1)]
    found = [each.month * 100 + each.day for each in days]
    return [*found, 229] if any((each + ONE).month == 3 and each.day == 28 for each in days) else found
