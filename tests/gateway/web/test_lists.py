"""Narrowing, sorting and arranging lists, in a real browser."""

import json
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from chassis.engine import make_engine
from contacts_service import periods
from contacts_service.models import ListView
from gateway.web.lists import fields
from gateway.web.lists.kinds import KINDS
from gateway.web.lists.operators import PERIODS, SHORT_PERIODS, operator


@pytest.fixture(scope="session")
def neighbours(system, people):
    """Three in Tottori, where nobody else lives, of whom one is a manager."""
    titles = ("課長", "主任", "係員")
    for number, title in enumerate(titles):
        data = {"last_name": f"米子{number}", "title": title, "mailing_state": "鳥取県", "tags": ["関西"]}
        assert system.admin.post("/contacts", json=data).status_code == 201
    return titles


@pytest.fixture
def somebody(desk, session, neighbours):
    somebody = desk()
    somebody.enter(session)
    somebody.open("/contacts")
    return somebody


def rows(page):
    return page.locator("tbody tr:not(.more)")


def filter_in(url):
    return json.loads(parse_qs(urlsplit(url).query).get("filter", ["{}"])[0])


def chips(page, text):
    expect(page.locator(".chips")).to_have_text(text, use_inner_text=True)


def choose(page, place, field, value=None):
    page.select_option(f"[id='c.{place}.field']", field)
    expect(page.locator(f"[id='c.{place}.operator']")).to_be_visible()
    if value is not None:
        page.fill(f"[id='c.{place}.value']", value)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_field_has_a_name_for_people_a_place_and_operators(system, kind):
    found = system.reader.get(f"{kind.path}/fields").json()["items"]
    names = [field["name"] for field in found]
    assert [name for name in names if fields.label(name) == name] == []
    assert "Further" not in [title for title, _ in fields.groups(kind.groups, names)]
    assert [
        f"{one['name']} {word}" for one in found for word in one["operators"] if not operator(one["type"], word)
    ] == []


def test_every_period_has_a_name_for_people():
    assert set(PERIODS) == set(periods.PERIODS)
    assert set(SHORT_PERIODS) == set(periods.SHORT_PERIODS)


def choose_by_keyboard(page, place, field):
    """The clock of the page stands still meanwhile: while keys are pressed nothing is asked for."""
    select = page.locator(f"[id='c.{place}.field']")
    expect(select).to_be_focused()
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 60"))
    for _ in range(select.locator("option").all_inner_texts().index(field)):
        page.keyboard.press("ArrowDown")
    page.clock.resume()
    expect(page.locator(f"[id='c.{place}.value']")).to_be_visible()
    expect(select).to_be_focused()


def test_who_lives_in_tottori_and_is_a_manager_is_found_by_the_keyboard(somebody):
    page = somebody.page
    page.clock.install()
    page.focus("#filter-button")
    page.keyboard.press("Enter")
    choose_by_keyboard(page, "0", "Lives in: prefecture, state")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("鳥取")
    expect(page.locator(".list-said strong")).to_have_text("3 contacts")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    choose_by_keyboard(page, "1", "Title")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.insert_text("課長")
    expect(page.locator(".list-said strong")).to_have_text("1 contact")
    expect(rows(page)).to_contain_text("米子0")
    chips(page, "Lives in: prefecture, state contains “鳥取” and Title contains “課長”")
    page.reload()
    expect(rows(page)).to_have_count(1)
    page.click(".chip:has-text('課長') a")
    expect(rows(page)).to_have_count(3)


def test_groups_lie_in_groups_and_the_address_keeps_them(somebody):
    page = somebody.page
    page.click("#filter-button")
    choose(page, "0", "tags", "関西")
    page.click("[id='c.group']")
    choose(page, "1.0", "title", "主任")
    page.click("[id='c.1.add']")
    choose(page, "1.1", "title", "係員")
    expect(rows(page)).to_have_count(2)
    inner = [{"field": "title", "operator": "contains", "value": title} for title in ("主任", "係員")]
    tagged = {"field": "tags", "operator": "any_of", "value": ["関西"]}
    wanted = {"match": "all", "conditions": [tagged, {"match": "any", "conditions": inner}]}
    page.wait_for_url(lambda url: filter_in(url) == wanted)
    expect(page.locator(".chips")).to_contain_text("(Title contains “主任” or Title contains “係員”)")
    page.reload()
    page.click("#filter-button")
    expect(page.locator("[id='c.1.1.value']")).to_have_value("係員")
    page.click("[id='c.1.match'] ~ button")
    expect(rows(page)).to_have_count(3)


def test_what_cannot_be_a_value_is_said_at_its_condition(somebody):
    page = somebody.page
    page.click("#filter-button")
    page.select_option("[id='c.0.field']", "created_at")
    page.select_option("[id='c.0.operator']", "in_last_days")
    page.fill("input[id='c.0.value']", "99999")
    expect(page.locator("[id='c.0.error']")).to_be_visible()
    expect(page.locator("[id='c.0.value']")).to_have_attribute("aria-invalid", "true")
    page.fill("[id='c.0.value']", "7")
    expect(page.locator("[id='c.0.error']")).to_have_count(0)
    expect(page.locator(".chips")).to_contain_text("Created in the last 7 days")
    page.select_option("[id='c.0.operator']", "in_last_hours")
    page.fill("input[id='c.0.value']", "24")
    expect(page.locator(".chips")).to_contain_text("Created in the last 24 hours")
    page.select_option("[id='c.0.operator']", "in_period")
    page.select_option("select[id='c.0.value']", "this_fiscal_year")
    expect(page.locator(".chips")).to_contain_text("Created: this fiscal year")
    expect(page.locator(".list-said strong")).to_contain_text("contacts")


def test_organizations_and_people_are_chosen_from_suggestions(somebody):
    page = somebody.page
    page.click("#filter-button")
    choose(page, "0", "organization_id")
    page.fill("[id='c.0.value.words']", "結び商事")
    page.click("[id='c.0.value.list'] [role=option]")
    expect(page.locator(".chips")).to_have_text("Organization is 結び商事株式会社")
    expect(page.locator(".list-said strong")).to_have_text("60 contacts")
    page.click("[id='c.add']")
    choose(page, "1", "owner_id")
    mine = {"field": "owner_id", "operator": "is_me"}
    page.wait_for_url(lambda url: filter_in(url)["conditions"][1:] == [mine])


def test_the_headers_sort_up_and_down(somebody):
    page = somebody.page
    page.click("thead a:has-text('Name')")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    first = rows(page).first.inner_text()
    page.click("thead a:has-text('Name')")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    expect(rows(page).first).not_to_have_text(first, use_inner_text=True)


ODD = [
    {"field": "mailing_state", "operator": "contains", "value": "鳥取県"},
    {"field": "employees", "operator": "equals", "value": 1},
    {"match": "any", "conditions": [{"field": "title", "operator": "is", "value": 1.5}]},
    {"field": "birthday", "operator": "between", "value": ["x"]},
    {"field": "department", "operator": "contains"},
    {"field": "created_at", "operator": "in_last_days", "value": []},
]


def wrong_at(page):
    """Where the builder marks a control, with what is said there."""
    marked = page.locator("#builder [aria-invalid=true]")
    return [(one.get_attribute("name"), said(page, one.get_attribute("aria-describedby"))) for one in marked.all()]


def said(page, id):
    return page.locator(f"[id='{id}']").inner_text()


NO_VALUE = '{"match":"all","conditions":[{"field":"owner_id","operator":"one_of","value":[{"a":[]}]}]}'


@pytest.mark.parametrize("filter", ["nonsense", NO_VALUE])
def test_a_filter_that_cannot_be_read_is_told_and_nothing_breaks(somebody, filter):
    page = somebody.open(f"/contacts?filter={filter}")
    expect(page.locator("text=The filter cannot be used")).to_be_visible()
    expect(page.locator("#builder [role=alert]")).to_be_visible()


@pytest.mark.parametrize("kept", ["in the address", "in a saved list"])
def test_a_filter_with_what_is_gone_says_at_each_condition_what_to_do(somebody, system, kept):
    page, filter = somebody.page, {"match": "all", "conditions": ODD}
    if kept == "in the address":
        somebody.open(f"/contacts?{urlencode({'filter': json.dumps(filter), 'sort': 'shoe_size'})}")
    else:
        somebody.open(f"/contacts?view={saved_before_an_update(system, filter)}")
    expect(page.locator("text=The filter cannot be used")).to_be_visible()
    field, operator, *days, text, number = wrong_at(page)
    assert field == (
        "c.1.field",
        "There is no such field to filter by: choose another one, or take the condition away.",
    )
    strange = "There is no such comparison for this field: choose another one, or remove the condition."
    assert operator == ("c.2.0.operator", strange)
    assert {name for name, _ in days} == {"c.3.value"}
    assert text == ("c.4.value", "Type what to look for.")
    assert number == ("c.5.value", "Must be a number of days from 1 to 3,660.")
    expect(page.locator("[id='c.1.field']")).to_be_focused()
    expect(page.locator("[id='c.1.field'] option:checked")).to_have_text("employees (no such field)")
    assert somebody.accessibility_faults() == []
    somebody.picture("filter-gone")
    # Another change leaves them marked: the list never holds more than was asked for.
    page.fill("[id='c.0.value']", "鳥取")
    expect(page.locator(".chips")).to_contain_text("“鳥取”")
    expect(page.locator("[id='c.1.error']")).to_be_visible()
    page.select_option("[id='c.1.field']", "title")
    expect(page.locator("[id='c.1.error']")).to_have_count(0)
    page.click("[id='c.2.match'] ~ button")
    expect(rows(page)).to_have_count(3)


def saved_before_an_update(system, filter):
    """The id of a saved list whose filter was right when it was saved."""
    data = {"record_kind": "contact", "name": "前の版で保存", "filter": {"match": "all", "conditions": []}}
    id = system.admin.post("/list-views", json=data).json()["id"]
    engine = make_engine(system.processes.env["MUSUBI_DATABASE_URL"].replace("{service}", "contacts"))
    with engine.begin() as connection:
        connection.execute(
            update(ListView).where(ListView.id == id).values(filter=filter, sort="shoe_size", shared=True)
        )
    engine.dispose()
    return id
