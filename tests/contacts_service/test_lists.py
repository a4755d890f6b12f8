"""Lists of contacts and organizations: filters, sort orders, pages, counts, quick search."""

import pytest
import time_machine

from tests.contacts_service.asking import condition, every, some

ME, COLLEAGUE = "01a20e37-0000-7000-8000-000000000001", "01a20e37-0000-7000-8000-000000000002"
TEAM = "01a20e37-0000-7000-8000-000000000003"
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


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("equals", "ｴｲｷﾞｮｳ ﾌﾞ", ["二"]),
        ("equals", "sales dept.", ["三"]),
        ("not_equals", "えいぎょう ぶ", ["一", "三", "四"]),
        ("contains", "部", ["一"]),
        ("contains", "%", []),
        ("contains", "_", []),
        ("not_contains", "えい", ["一", "三", "四"]),
        ("starts_with", "営", ["一"]),
        ("starts_with", "業", []),
        ("ends_with", "DEPT.", ["三"]),
        ("ends_with", "SALES", []),
        ("empty", None, ["四"]),
        ("not_empty", None, ["一", "二", "三"]),
    ],
)
def test_texts_are_compared_without_regard_to_kana_width_and_case(contacts, found, operator, value, expected):
    for name, department in (("一", "営業部"), ("二", "エイギョウ ブ"), ("三", "Ｓａｌｅｓ Dept."), ("四", "")):
        contacts.add(name, department=department)
    assert found(condition("department", operator, value)) == expected


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("description", "contains", "午前", ["田中"]),
        ("salutation", "one_of", ["様", "先生"], ["田中"]),
        ("salutation", "not_one_of", ["様"], ["鈴木"]),
        ("salutation", "empty", None, ["鈴木"]),
        ("do_not_call", "is_true", None, ["田中"]),
        ("do_not_call", "is_false", None, ["鈴木"]),
        ("decision_maker", "is_true", None, ["田中"]),
        ("owner_id", "is_me", None, ["田中"]),
        ("owner_id", "is_not_me", None, ["鈴木"]),
        ("owner_id", "one_of", [COLLEAGUE, TEAM], []),
        ("owner_id", "empty", None, ["鈴木"]),
        ("addresses", "contains", "TANAKA", ["田中"]),
        ("addresses", "not_contains", "tanaka", ["鈴木"]),
        ("addresses", "at_domain", "abc.co.jp", ["田中"]),
        ("addresses", "at_domain", "bc.co.jp", []),
        ("addresses", "empty", None, ["鈴木"]),
        ("phones", "contains", "090-1234", ["田中"]),
        ("phones", "contains", "０９０１２３４５", ["田中"]),
        ("phones", "contains", "8190", ["田中"]),
        ("phones", "contains", "1999", []),
        ("phones", "contains", "内線", ["鈴木"]),
        ("phones", "not_contains", "090", ["鈴木"]),
        ("tags", "any_of", ["ｖｉｐ", "新規"], ["田中"]),
        ("tags", "any_of", ["VI"], []),
        ("tags", "all_of", ["VIP", "展示会"], ["田中"]),
        ("tags", "all_of", ["VIP", "新規"], []),
        ("tags", "none_of", ["VIP"], ["鈴木"]),
        ("tags", "not_empty", None, ["田中"]),
        ("organization_name", "contains", "えーびーしー", ["田中"]),
        ("organization_name", "not_contains", "エービーシー", ["鈴木"]),
        ("organization_name", "empty", None, ["鈴木"]),
        ("reports_to_id", "not_empty", None, ["鈴木"]),
    ],
)
def test_every_type_of_field_has_its_operators(contacts, found, field, operator, value, expected):
    abc = contacts.service.create_organization(data={"name": "株式会社エービーシー"})
    boss = contacts.add(
        "田中",
        "tanaka@abc.co.jp",
        salutation="様",
        description="午前中に電話\n展示会で会った",
        do_not_call=True,
        decision_maker=True,
        owner_id=ME,
        birthday="1980-11-23",
        phones=["090-1234-5678"],
        tags=["VIP", "展示会"],
        organization_id=abc["id"],
    )
    contacts.add("鈴木", reports_to_id=boss["id"], phones=["内線 1999"] if "内" in str(value) else [])
    assert found(condition(field, operator, value), viewer={"staff_user_id": ME, "group_ids": []}) == expected


def test_mine_is_also_what_my_groups_are_in_charge_of(contacts, found):
    contacts.add("田中", owner_id=TEAM)
    contacts.add("鈴木", owner_id=COLLEAGUE)
    assert found(condition("owner_id", "is_me"), viewer={"staff_user_id": ME, "group_ids": [TEAM]}) == ["田中"]


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("on", "2026-11-23", [23]),
        ("before", "2026-11-22", [21]),
        ("after", "2026-11-23", [24]),
        ("between", ["2026-11-22", "2026-11-23"], [22, 23]),
        ("in_period", "today", [23]),
        ("in_period", "yesterday", [22]),
        ("in_period", "this_week", [22, 23, 24]),
        ("in_period", "last_week", [21]),
        ("in_period", "this_year", [21, 22, 23, 24]),
        ("in_last_days", 1, [22, 23]),
        ("in_next_days", 1, [23, 24]),
        ("more_days_ago_than", 1, [21]),
        ("empty", None, [0]),
    ],
)
@time_machine.travel(NOW, tick=False)
def test_days_are_those_of_who_looks(contacts, operator, value, expected):
    for number in (21, 22, 23, 24):
        contacts.add(str(number), last_action_on=f"2026-11-{number}")
    contacts.add("0")
    page = contacts.service.contacts(filter=every(condition("last_action_on", operator, value)), sort="created_at")
    assert [int(item["last_name"]) for item in page["items"]] == expected


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
    ("operator", "value", "expected"),
    [
        ("equals", 100, ["B"]),
        ("not_equals", 100, ["A", "C"]),
        ("less_than", 100, ["A"]),
        ("between", [5, 100], ["A", "B"]),
    ],
)
def test_numbers_of_organizations(contacts, operator, value, expected):
    for name, employees in (("A", 5), ("B", 100), ("C", None)):
        contacts.service.create_organization(data={"name": name, "employees": employees})
    page = contacts.service.organizations(filter=every(condition("employees", operator, value)), sort="name")
    assert [item["name"] for item in page["items"]] == expected


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
