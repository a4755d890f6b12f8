"""The operators of filters: what they are called, how a condition reads in plain words, what its value looks like.

``shape``, the form of the value: nothing, word, words, choices, ids, number, numbers, day, days, span (of days), hours,
period, short_period.
"""

from dataclasses import dataclass

from gateway.web.language import msg


@dataclass(frozen=True, slots=True)
class Operator:
    """``label``: in the list of operators. ``says``: a condition in plain words."""

    label: str
    says: str
    shape: str = "nothing"


EMPTY = Operator(msg("is empty"), msg("%(field)s is empty"))
FILLED = Operator(msg("is filled in"), msg("%(field)s is filled in"))
_EMPTY = {"empty": EMPTY, "not_empty": FILLED}
IS, IS_NOT = msg("%(field)s is %(value)s"), msg("%(field)s is not %(value)s")
HAS, HAS_NOT = msg("%(field)s contains %(value)s"), msg("%(field)s does not contain %(value)s")
_HOLDS = {
    "contains": Operator(msg("contains"), HAS, "word"),
    "not_contains": Operator(msg("does not contain"), HAS_NOT, "word"),
}


def _one_of(shape: str) -> dict[str, Operator]:
    return {
        "one_of": Operator(msg("is one of"), IS, shape),
        "not_one_of": Operator(msg("is none of"), IS_NOT, shape),
    }


_DAYS = {
    "in_period": Operator(msg("is in"), msg("%(field)s: %(value)s"), "period"),
    "in_last_days": Operator(msg("in the last … days"), msg("%(field)s in the last %(value)s days"), "span"),
    "in_next_days": Operator(msg("in the next … days"), msg("%(field)s in the next %(value)s days"), "span"),
    "days_ago": Operator(msg("exactly … days ago"), msg("%(field)s exactly %(value)s days ago"), "span"),
    "days_ahead": Operator(msg("in exactly … days"), msg("%(field)s in exactly %(value)s days"), "span"),
    "more_days_ago_than": Operator(msg("more than … days ago"), msg("%(field)s more than %(value)s days ago"), "span"),
    "more_days_ahead_than": Operator(msg("in more than … days"), msg("%(field)s in more than %(value)s days"), "span"),
    "on": Operator(msg("is on"), msg("%(field)s on %(value)s"), "day"),
    "not_on": Operator(msg("is not on"), msg("%(field)s not on %(value)s"), "day"),
    "before": Operator(msg("is before"), msg("%(field)s before %(value)s"), "day"),
    "after": Operator(msg("is after"), msg("%(field)s after %(value)s"), "day"),
    "between": Operator(msg("is from … to …"), msg("%(field)s from %(value)s"), "days"),
}
_HOURS = {
    "in_last_hours": Operator(msg("in the last … hours"), msg("%(field)s in the last %(value)s hours"), "hours"),
    "in_next_hours": Operator(msg("in the next … hours"), msg("%(field)s in the next %(value)s hours"), "hours"),
    "more_hours_ago_than": Operator(
        msg("more than … hours ago"), msg("%(field)s more than %(value)s hours ago"), "hours"
    ),
    "more_hours_ahead_than": Operator(
        msg("in more than … hours"), msg("%(field)s in more than %(value)s hours"), "hours"
    ),
}
# The first of a type is what a new condition begins with.
OPERATORS: dict[str, dict[str, Operator]] = {
    "text": {
        **_HOLDS,
        "equals": Operator(msg("is exactly"), IS, "word"),
        "not_equals": Operator(msg("is not exactly"), IS_NOT, "word"),
        "starts_with": Operator(msg("begins with"), msg("%(field)s begins with %(value)s"), "word"),
        "ends_with": Operator(msg("ends with"), msg("%(field)s ends with %(value)s"), "word"),
        **_EMPTY,
    },
    "choice": {**_one_of("choices"), **_EMPTY},
    "number": {
        "equals": Operator(msg("is exactly"), IS, "number"),
        "not_equals": Operator(msg("is not exactly"), IS_NOT, "number"),
        "at_least": Operator(msg("is at least"), msg("%(field)s at least %(value)s"), "number"),
        "at_most": Operator(msg("is at most"), msg("%(field)s at most %(value)s"), "number"),
        "greater_than": Operator(msg("is more than"), msg("%(field)s more than %(value)s"), "number"),
        "less_than": Operator(msg("is less than"), msg("%(field)s less than %(value)s"), "number"),
        "between": Operator(msg("is from … to …"), msg("%(field)s from %(value)s"), "numbers"),
        **_EMPTY,
    },
    "flag": {
        "is_true": Operator(msg("is: yes"), msg("%(field)s: yes")),
        "is_false": Operator(msg("is: no"), msg("%(field)s: no")),
    },
    "date": {
        **_DAYS,
        "anniversary_in": Operator(msg("has its day of the year in"), msg("%(field)s is %(value)s"), "short_period"),
        **_EMPTY,
    },
    "moment": {**_DAYS, **_HOURS},
    "reference": {**_one_of("ids"), **_EMPTY},
    "owner": {
        "is_me": Operator(msg("is me"), msg("%(field)s: me")),
        "is_not_me": Operator(msg("is not me"), msg("%(field)s: not me")),
        **_one_of("ids"),
        **_EMPTY,
    },
    "addresses": {
        **_HOLDS,
        "at_domain": Operator(msg("is at the domain"), msg("%(field)s at %(value)s"), "word"),
        **_EMPTY,
    },
    "phones": {**_HOLDS, **_EMPTY},
    "tags": {
        "any_of": Operator(msg("has any of"), msg("%(field)s: any of %(value)s"), "words"),
        "all_of": Operator(msg("has all of"), msg("%(field)s: all of %(value)s"), "words"),
        "none_of": Operator(msg("has none of"), msg("%(field)s: none of %(value)s"), "words"),
        **_EMPTY,
    },
}
SHORT_PERIODS = {
    "today": msg("today"),
    "tomorrow": msg("tomorrow"),
    "this_week": msg("this week"),
    "next_week": msg("next week"),
    "this_month": msg("this month"),
    "next_month": msg("next month"),
}
PERIODS = {
    **SHORT_PERIODS,
    "yesterday": msg("yesterday"),
    "last_week": msg("last week"),
    "last_month": msg("last month"),
    "this_quarter": msg("this quarter"),
    "last_quarter": msg("last quarter"),
    "next_quarter": msg("next quarter"),
    "this_year": msg("this year"),
    "last_year": msg("last year"),
    "next_year": msg("next year"),
    "this_fiscal_quarter": msg("this fiscal quarter"),
    "last_fiscal_quarter": msg("last fiscal quarter"),
    "next_fiscal_quarter": msg("next fiscal quarter"),
    "this_fiscal_year": msg("this fiscal year"),
    "last_fiscal_year": msg("last fiscal year"),
    "next_fiscal_year": msg("next fiscal year"),
}


def operator(type_name: str, name: str) -> Operator | None:
    """One of the operators of a type of field; None where there is no such."""
    return OPERATORS.get(type_name, {}).get(name)
