"""Lists of contacts and organizations: filters, sort orders, pages, quick search. Operators: test_operators.py."""

import pytest
import time_machine

from tests.contacts_service.asking import condition, every, some

# 2026-11-23 is a Monday; 00:30 in Tokyo, still Sunday in London.
NOW = "2026-11-22T15:30:00Z"


@pytest.fixture
def found(contacts):
    """The last names that a filter finds, in the order of their number."""

    def names(*conditions, **asked):
        page = contacts.service.contacts(filter=every(*conditions), sort="created_at", **asked)
        return [item["last_name"] for item in page["items"]]

    return names


def test_lives_in_tokyo_and_title_is_manager(contacts, found):
    contacts.add("田中", mailing_state="東京都", title="営業部長")
    contacts.add("鈴木", mailing_state="東京都", title="主任")
    contacts.add("佐藤", mailing_state="大阪府", title="部長")
    assert found(condition("mailing_state", "equals", "東京都"), condition("title", "contains", "部長")) == ["田中"]


@pytest.mark.parametrize(("zone", "expected"), [("Asia/Tokyo", ["後"]), ("Europe/London", ["前", "後"])])
def test_moments_belong_to_the_days_of_who_looks(contacts, found, zone, expected):
    with time_machine.travel("2026-11-22T14:59:00Z", tick=False):
        contacts.add("前")
    with time_machine.travel(NOW, tick=False):
        contacts.add("後")
        assert found(condition("created_at", "in_period", "today"), viewer={"time_zone": zone}) == expected


@time_machine.travel("2027-02-28T03:00:00Z", tick=False)
def test_birthdays_come_every_year_that_of_29_february_too(contacts, found):
    for name, day in (("一", "1980-02-28"), ("二", "2000-02-29"), ("三", "1990-03-01")):
        contacts.add(name, birthday=day)
    assert found(condition("birthday", "anniversary_in", "today")) == ["一", "二"]
    assert found(condition("birthday", "anniversary_in", "this_week")) == ["一", "二", "三"]


def test_groups_of_conditions_lie_in_one_another(contacts, found):
    for name, state, title in (
        ("一", "東京都", "部長"),
        ("二", "大阪府", "部長"),
        ("三", "東京都", ""),
        ("四", "奈良県", "部長"),
    ):
        contacts.add(name, mailing_state=state, title=title)
    either = some(condition("mailing_state", "equals", "東京都"), condition("mailing_state", "equals", "大阪府"))
    assert found(either, condition("title", "not_empty")) == ["一", "二"]
    assert found(some(), every()) == ["一", "二", "三", "四"]


@pytest.mark.parametrize(
    "written", ["たなか", "タナカ", "ﾀﾅｶ", "田中", "TANAKA", "ｔａｎａｋａ@", "太郎 田中", "田", "12345678", "展示"]
)
def test_quick_search_finds_one_however_the_name_is_written(contacts, written):
    contacts.add(
        "田中",
        "tanaka@abc.co.jp",
        first_name="太郎",
        last_name_kana="タナカ",
        phones=["03-1234-5678"],
        tags=["展示会"],
    )
    contacts.add("佐藤")
    assert [item["last_name"] for item in contacts.service.contacts(query=written)["items"]] == ["田中"]
    assert contacts.service.contacts_count(query=written) == {"count": 1, "exact": True}


@pytest.mark.parametrize(
    ("written", "typed"), [("髙橋", "高橋"), ("高橋", "髙橋"), ("山﨑", "山崎"), ("渡邊", "渡辺"), ("𠮷田", "吉田")]
)
def test_old_forms_of_kanji_are_found_by_the_usual_ones(contacts, written, typed):
    contacts.add(written)
    assert [item["last_name"] for item in contacts.service.contacts(query=typed)["items"]] == [written]


@pytest.mark.parametrize(
    "sort", ["name", "-name", "birthday", "-birthday", "updated_at", "-title", "do_not_call", "number"]
)
def test_pages_in_any_order_hold_every_record_once(contacts, sort):
    names = ["ア", "い", "ウ", "え", "オ", "か", "キ"]
    for number, name in enumerate(names):
        extra = {"birthday": f"1980-01-0{number}"} if number % 3 else {}
        contacts.add(name, last_name_kana=name, title=str(number % 2), do_not_call=number > 3, **extra)
    whole = [item["last_name"] for item in contacts.service.contacts(sort=sort)["items"]]
    assert sorted(whole) == sorted(names)
    paged: list[str] = []
    cursor = None
    while cursor or not paged:
        page = contacts.service.contacts(sort=sort, limit=2, cursor=cursor)
        paged += [item["last_name"] for item in page["items"]]
        cursor = page["next"]
    assert paged == whole
    if sort.endswith("name"):
        assert whole == (names if sort == "name" else names[::-1])


def test_what_was_changed_is_found_by_what_it_holds_now(contacts, found):
    made = contacts.add("田中", mailing_city="中央区")
    contacts.service.update_contact(id=made["id"], data={"last_name": "鈴木", "mailing_city": "北区"}, version=1)
    assert found(query="田中") == []
    assert found(condition("mailing_city", "equals", "北区"), query="鈴木") == ["鈴木"]
