"""Every operator of every type of field, and every period, on both databases. What has no case here fails."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine

from chassis.settings import SettingError
from contacts_service import filters, models, periods
from tests.contacts_service.asking import condition, every
from tests.contacts_service.conftest import Contacts
from tests.contacts_service.databases import KINDS

ME, COLLEAGUE = "01a20e37-0000-7000-8000-000000000001", "01a20e37-0000-7000-8000-000000000002"
TEAM = "01a20e37-0000-7000-8000-000000000003"
TOKYO = ZoneInfo("Asia/Tokyo")
# A Monday; the days of who looks are those of Tokyo, where it is still Sunday in UTC.
NOW = datetime(2026, 11, 23, 0, 30, tzinfo=TOKYO)
HOUR = timedelta(hours=1)
# As titles, descriptions, cities and names of organizations.
TEXTS = {"一": "営業部", "二": "エイギョウ ブ", "三": "Ｓａｌｅｓ Dept.", "四": ""}
CREATED = {"一": NOW - 72 * HOUR, "二": NOW - 23 * HOUR, "三": NOW, "四": NOW + 63 * HOUR}
EMPLOYEES = {"一": 5, "二": 100, "三": 101, "四": None}
PEOPLE: dict[str, dict[str, Any]] = {
    "一": {
        "salutation": "様",
        "do_not_call": True,
        "last_action_on": "2026-11-21",
        "owner_id": ME,
        "addresses": ["tanaka@abc.co.jp"],
        "phones": ["090-1234-5678"],
        "tags": ["VIP", "展示会"],
    },
    "二": {
        "salutation": "先生",
        "last_action_on": "2026-11-22",
        "owner_id": TEAM,
        "addresses": ["suzuki@xabc.co.jp"],
        "phones": ["内線 1999"],
        "tags": ["新規"],
    },
    "三": {
        "last_action_on": "2026-11-25",
        "owner_id": COLLEAGUE,
        "phones": ["03-1234-5678"],
        "tags": ["VIPPO"],
    },
    "四": {},
}

# Found by the index of words, by none, by the index of places, through another table.
TEXT_FIELDS = ("title", "description", "mailing_city", "organization_name")
# By type and operator: each value with whom it finds.
CASES: dict[tuple[str, str], list[tuple[Any, str]]] = {
    ("text", "equals"): [("ｴｲｷﾞｮｳ ﾌﾞ", "二"), ("sales dept.", "三"), ("営業", "")],
    ("text", "not_equals"): [("えいぎょう ぶ", "一三四")],
    ("text", "contains"): [("部", "一"), ("ES de", "三"), ("%", ""), ("_", "")],
    ("text", "not_contains"): [("えい", "一三四")],
    ("text", "starts_with"): [("営", "一"), ("業", "")],
    ("text", "ends_with"): [("DEPT.", "三"), ("SALES", "")],
    ("text", "empty"): [(None, "四")],
    ("text", "not_empty"): [(None, "一二三")],
    ("choice", "one_of"): [(["様"], "一"), (["様", "先生"], "一二")],
    ("choice", "not_one_of"): [(["様"], "二三四")],
    ("choice", "empty"): [(None, "三四")],
    ("choice", "not_empty"): [(None, "一二")],
    ("number", "equals"): [(100, "二")],
    ("number", "not_equals"): [(100, "一三四")],
    ("number", "less_than"): [(100, "一")],
    ("number", "at_most"): [(100, "一二")],
    ("number", "greater_than"): [(100, "三")],
    ("number", "at_least"): [(100, "二三")],
    ("number", "between"): [([5, 100], "一二"), ([6, 99], "")],
    ("number", "empty"): [(None, "四")],
    ("number", "not_empty"): [(None, "一二三")],
    ("flag", "is_true"): [(None, "一")],
    ("flag", "is_false"): [(None, "二三四")],
    ("date", "on"): [("2026-11-22", "二")],
    ("date", "not_on"): [("2026-11-22", "一三四")],
    ("date", "before"): [("2026-11-22", "一")],
    ("date", "after"): [("2026-11-22", "三")],
    ("date", "between"): [(["2026-11-21", "2026-11-22"], "一二"), (["2026-11-23", "2026-11-24"], "")],
    ("date", "in_period"): [("yesterday", "二")],
    ("date", "in_last_days"): [(1, "二"), (2, "一二")],
    ("date", "in_next_days"): [(1, ""), (2, "三")],
    ("date", "days_ago"): [(1, "二"), (2, "一"), (3, "")],
    ("date", "days_ahead"): [(1, ""), (2, "三")],
    ("date", "more_days_ago_than"): [(1, "一"), (2, "")],
    ("date", "more_days_ahead_than"): [(1, "三"), (2, "")],
    ("date", "empty"): [(None, "四")],
    ("date", "not_empty"): [(None, "一二三")],
    ("date", "anniversary_in"): [("this_week", "二三")],
    ("moment", "on"): [("2026-11-22", "二"), ("2026-11-23", "三")],
    ("moment", "not_on"): [("2026-11-22", "一三四")],
    ("moment", "before"): [("2026-11-22", "一")],
    ("moment", "after"): [("2026-11-22", "三四")],
    ("moment", "between"): [(["2026-11-20", "2026-11-22"], "一二"), (["2026-11-21", "2026-11-21"], "")],
    ("moment", "in_period"): [("today", "三")],
    ("moment", "in_last_days"): [(1, "二三"), (3, "一二三")],
    ("moment", "in_next_days"): [(1, "三"), (2, "三四")],
    ("moment", "days_ago"): [(1, "二"), (3, "一")],
    ("moment", "days_ahead"): [(1, ""), (2, "四")],
    ("moment", "more_days_ago_than"): [(2, "一"), (3, "")],
    ("moment", "more_days_ahead_than"): [(1, "四"), (2, "")],
    ("moment", "in_last_hours"): [(22, "三"), (23, "二三")],
    ("moment", "in_next_hours"): [(62, "三"), (63, "三四")],
    ("moment", "more_hours_ago_than"): [(22, "一二"), (23, "一")],
    ("moment", "more_hours_ahead_than"): [(62, "四"), (63, "")],
    ("reference", "one_of"): [(["一"], "一"), (["一", "二"], "一二")],
    ("reference", "not_one_of"): [(["一"], "二三四")],
    ("reference", "empty"): [(None, "四")],
    ("reference", "not_empty"): [(None, "一二三")],
    ("owner", "is_me"): [(None, "一二")],
    ("owner", "is_not_me"): [(None, "三四")],
    ("owner", "one_of"): [([COLLEAGUE, TEAM], "二三")],
    ("owner", "not_one_of"): [([COLLEAGUE, TEAM], "一四")],
    ("owner", "empty"): [(None, "四")],
    ("owner", "not_empty"): [(None, "一二三")],
    ("addresses", "contains"): [("TANAKA", "一")],
    ("addresses", "not_contains"): [("tanaka", "二三四")],
    ("addresses", "at_domain"): [("abc.co.jp", "一"), ("@xabc.co.jp", "二"), ("bc.co.jp", "")],
    ("addresses", "empty"): [(None, "三四")],
    ("addresses", "not_empty"): [(None, "一二")],
    ("phones", "contains"): [
        ("090-1234", "一"),
        ("０９０１２３４５", "一"),
        ("8190", "一"),
        ("内線", "二"),
        ("999", "二"),
    ],
    ("phones", "not_contains"): [("1234", "二四")],
    ("phones", "empty"): [(None, "四")],
    ("phones", "not_empty"): [(None, "一二三")],
    ("tags", "any_of"): [(["ｖｉｐ", "新規"], "一二"), (["VI"], "")],
    ("tags", "all_of"): [(["VIP", "展示会"], "一"), (["VIP", "新規"], "")],
    ("tags", "none_of"): [(["VIP"], "二三四")],
    ("tags", "empty"): [(None, "四")],
    ("tags", "not_empty"): [(None, "一二三")],
}
FIELDS = {
    "text": TEXT_FIELDS,
    "choice": ("salutation",),
    "number": ("employees",),
    "flag": ("do_not_call",),
    "date": ("last_action_on",),
    "moment": ("created_at",),
    "reference": ("organization_id", "reports_to_id"),
    "owner": ("owner_id",),
    "addresses": ("addresses",),
    "phones": ("phones",),
    "tags": ("tags",),
}
# The first and the last day of each, seen from NOW.
SPANS = {
    "today": ("2026-11-23", "2026-11-23"),
    "tomorrow": ("2026-11-24", "2026-11-24"),
    "yesterday": ("2026-11-22", "2026-11-22"),
    "this_week": ("2026-11-22", "2026-11-28"),
    "next_week": ("2026-11-29", "2026-12-05"),
    "last_week": ("2026-11-15", "2026-11-21"),
    "this_month": ("2026-11-01", "2026-11-30"),
    "next_month": ("2026-12-01", "2026-12-31"),
    "last_month": ("2026-10-01", "2026-10-31"),
    "this_quarter": ("2026-10-01", "2026-12-31"),
    "next_quarter": ("2027-01-01", "2027-03-31"),
    "last_quarter": ("2026-07-01", "2026-09-30"),
    "this_year": ("2026-01-01", "2026-12-31"),
    "next_year": ("2027-01-01", "2027-12-31"),
    "last_year": ("2025-01-01", "2025-12-31"),
    "this_fiscal_quarter": ("2026-10-01", "2026-12-31"),
    "next_fiscal_quarter": ("2027-01-01", "2027-03-31"),
    "last_fiscal_quarter": ("2026-07-01", "2026-09-30"),
    "this_fiscal_year": ("2026-04-01", "2027-03-31"),
    "next_fiscal_year": ("2027-04-01", "2028-03-31"),
    "last_fiscal_year": ("2025-04-01", "2026-03-31"),
}
DAY, MOMENT = timedelta(days=1), timedelta(microseconds=1)


def begin(day):
    return datetime.combine(day, datetime.min.time(), TOKYO)


def edges():
    """The last moment before and the first one of every day on which a period begins, or another one has ended."""
    days = {date.fromisoformat(first) for first, _ in SPANS.values()}
    days |= {date.fromisoformat(last) + DAY for _, last in SPANS.values()}
    return sorted(edge for day in days for edge in (begin(day) - MOMENT, begin(day)))


@pytest.fixture(scope="module", params=KINDS)
def filled(request, databases):
    """Four people with their organizations, as above; and somebody at each edge of a period."""
    contacts = Contacts(databases.empty(request.param, models))
    ids: dict[str, dict[str, str]] = {"organization_id": {}, "reports_to_id": {}}
    for name, text in TEXTS.items():
        with time_machine.travel(CREATED[name], tick=False):
            data = {"name": text or "四", "employees": EMPLOYEES[name]}
            firm = contacts.service.create_organization(data=data)["id"]
            boss = contacts.add(f"{name}の上司")["id"]
            own = {"organization_id": firm, "reports_to_id": boss} if text else {}
            contacts.add(name, title=text, description=text, mailing_city=text, **own, **PEOPLE[name])
            ids["organization_id"][name], ids["reports_to_id"][name] = firm, boss
    for edge in edges():
        with time_machine.travel(edge, tick=False):
            contacts.add(edge.isoformat(), last_action_on=str(edge.date()), birthday=f"1980{edge:-%m-%d}")
    yield contacts, ids
    contacts.service.db.engine.dispose()


def found(contacts, *conditions):
    """The last names of those that the conditions find."""
    viewer = {"staff_user_id": ME, "group_ids": [TEAM]}
    page = contacts.service.contacts(filter=every(*conditions), viewer=viewer, sort="number", limit=200)
    assert page["next"] is None
    return {item["last_name"] for item in page["items"]}


def firms_found(contacts, *conditions):
    page = contacts.service.organizations(filter=every(*conditions))
    return {name for name, text in TEXTS.items() for item in page["items"] if item["name"] == (text or "四")}


@pytest.mark.parametrize(
    ("type_name", "operator"), [(name, each) for name, operators in filters.OPERATORS.items() for each in operators]
)
@time_machine.travel(NOW, tick=False)
def test_each_operator_of_each_type_of_field_finds_whom_it_should(filled, type_name, operator):
    contacts, ids = filled
    search = firms_found if type_name == "number" else found
    for field in FIELDS[type_name]:
        for value, expected in CASES[type_name, operator]:
            meant = [ids[field][name] for name in value] if type_name == "reference" and value else value
            hits = search(contacts, condition(field, operator, meant)) & set(TEXTS)
            assert "".join(sorted(hits, key=list(TEXTS).index)) == expected, (field, value)


@pytest.mark.parametrize("case", CASES)
def test_no_case_of_an_operator_is_there_without_it_and_each_tells_some_from_others(case):
    type_name, operator = case
    assert operator in filters.OPERATORS[type_name]
    assert any(expected not in ("", "".join(TEXTS)) for _, expected in CASES[case])


@pytest.mark.parametrize("period", periods.PERIODS)
@time_machine.travel(NOW, tick=False)
def test_each_period_holds_its_days_and_moments_and_no_others(filled, period):
    contacts, _ = filled
    first, last = (date.fromisoformat(day) for day in SPANS[period])
    everybody = {edge.isoformat(): edge.date() for edge in edges()}
    within = {name for name, day in everybody.items() if first <= day <= last}
    assert 0 < len(within) < len(everybody)
    for field in ("last_action_on", "created_at"):
        assert found(contacts, condition(field, "in_period", period)) & set(everybody) == within
    if period in periods.SHORT_PERIODS:
        days = {(day.month, day.day) for day in (first + number * DAY for number in range((last - first).days + 1))}
        born = {name for name, day in everybody.items() if (day.month, day.day) in days}
        assert found(contacts, condition("birthday", "anniversary_in", period)) & set(everybody) == born


@pytest.mark.parametrize(
    ("month", "today", "period", "first", "last"),
    [
        (4, "2026-03-31", "this_fiscal_year", "2025-04-01", "2026-03-31"),
        (4, "2026-04-01", "this_fiscal_year", "2026-04-01", "2027-03-31"),
        (4, "2026-03-31", "next_fiscal_quarter", "2026-04-01", "2026-06-30"),
        (1, "2026-11-23", "this_fiscal_year", "2026-01-01", "2026-12-31"),
        (12, "2026-11-23", "this_fiscal_year", "2025-12-01", "2026-11-30"),
        (3, "2028-02-29", "last_fiscal_year", "2026-03-01", "2027-02-28"),
        (2, "2026-11-23", "this_fiscal_quarter", "2026-11-01", "2027-01-31"),
        (2, "2026-11-23", "last_fiscal_quarter", "2026-08-01", "2026-10-31"),
        (2, "2026-11-23", "this_quarter", "2026-10-01", "2026-12-31"),
    ],
)
def test_a_fiscal_year_begins_in_its_month(month, today, period, first, last):
    found = periods.span("in_period", period, date.fromisoformat(today), month)
    assert [str(day) for day in found] == [first, last]


@time_machine.travel(NOW, tick=False)
def test_the_month_in_which_the_fiscal_year_begins_is_a_setting(filled, monkeypatch):
    contacts, _ = filled
    monkeypatch.setenv("MUSUBI_FISCAL_YEAR_START", "10")
    since_october = [
        condition("created_at", "in_period", "this_fiscal_year"),
        condition("last_name", "contains", "2026-"),
    ]
    assert min(found(contacts, *since_october)) == begin(date(2026, 10, 1)).isoformat()
    monkeypatch.setenv("MUSUBI_FISCAL_YEAR_START", "13")
    with pytest.raises(SettingError, match="MUSUBI_FISCAL_YEAR_START must be a whole number from 1 to 12"):
        found(contacts, *since_october)
