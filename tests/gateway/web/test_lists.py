"""Narrowing, sorting and arranging lists, in a real browser."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from gateway.web.lists import fields
from gateway.web.lists.kinds import KINDS
from gateway.web.lists.operators import operator


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


def filter_in(page):
    return json.loads(parse_qs(urlsplit(page.url).query)["filter"][0])


def choose(page, place, field, value=None):
    page.select_option(f"[id='c.{place}.field']", field)
    page.wait_for_selector(f"[id='c.{place}.operator']")
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


def test_who_lives_in_tottori_and_is_a_manager_is_found_by_the_keyboard(somebody):
    page = somebody.page
    page.focus("#filter-button")
    page.keyboard.press("Enter")
    page.keyboard.type("Lives in: pref")
    page.wait_for_selector("[id='c.0.value']")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("鳥取")
    expect(page.locator(".list-said strong")).to_have_text("3 contacts")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("[id='c.1.field']:focus")
    page.keyboard.type("Title")
    page.wait_for_selector("[id='c.1.value']")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.type("課長")
    expect(page.locator(".list-said strong")).to_have_text("1 contact")
    assert "米子0" in rows(page).inner_text()
    said = page.locator(".chips").inner_text().split("\n")
    assert said == ["Lives in: prefecture, state contains “鳥取”", "and", "Title contains “課長”"]
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
    assert filter_in(page) == {"match": "all", "conditions": [tagged, {"match": "any", "conditions": inner}]}
    assert "(Title contains “主任” or Title contains “係員”)" in page.locator(".chips").inner_text()
    page.reload()
    page.click("#filter-button")
    assert page.input_value("[id='c.1.1.value']") == "係員"
    assert somebody.accessibility_faults() == []
    somebody.picture("filter")
    page.click("[id='c.1.match'] ~ button")
    expect(rows(page)).to_have_count(3)


def test_what_cannot_be_a_value_is_said_at_its_condition(somebody):
    page = somebody.page
    page.click("#filter-button")
    page.select_option("[id='c.0.field']", "created_at")
    page.wait_for_selector("[id='c.0.operator']")
    page.select_option("[id='c.0.operator']", "in_last_days")
    page.fill("input[id='c.0.value']", "99999")
    expect(page.locator("[id='c.0.error']")).to_be_visible()
    assert page.get_attribute("[id='c.0.value']", "aria-invalid") == "true"
    page.fill("[id='c.0.value']", "7")
    expect(page.locator("[id='c.0.error']")).to_have_count(0)
    assert "Created in the last 7 days" in page.locator(".chips").inner_text()


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
    assert filter_in(page)["conditions"][1] == {"field": "owner_id", "operator": "is_me"}


def test_the_headers_sort_up_and_down(somebody):
    page = somebody.page
    page.click("thead a:has-text('Name')")
    expect(page.locator("th[aria-sort=ascending]")).to_have_text("Name")
    first = rows(page).first.inner_text()
    page.click("thead a:has-text('Name')")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Name")
    assert rows(page).first.inner_text() != first


def test_a_filter_that_cannot_be_read_is_told_and_nothing_breaks(somebody):
    page = somebody.open("/contacts?filter=nonsense")
    assert page.is_visible("text=The filter cannot be used")
    assert page.is_visible("#builder")
