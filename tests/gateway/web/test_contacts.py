"""The list of contacts and a contact's page, in a real browser."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(desk, session, people):
    somebody = desk()
    somebody.enter(session)
    return somebody.open("/contacts")


def rows(page):
    return page.locator("tbody tr:not(.more)")


def test_the_list_finds_as_one_types_and_the_url_says_what(page):
    page.fill("#q", "画面０７")
    page.wait_for_url("**/contacts?q=*")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("画面07 花子")
    expect(page.locator(".list-said [role=status]")).to_have_text("1 contact")
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.locator("#q")).to_have_value("画面０７")


def test_more_are_appended_and_the_back_button_comes_to_the_same_place(page, system):
    expect(rows(page)).to_have_count(50)
    everybody = system.reader.get("/contacts/count").json()["count"]
    expect(page.locator(".list-said [role=status]")).to_have_text(f"{everybody} contacts")
    page.click("text=Show more")
    page.wait_for_url("**shown=100")
    expect(rows(page).nth(59)).to_be_attached()
    page.click("tbody tr:nth-child(55) .row-link")
    page.wait_for_selector(".record-head")
    page.go_back()
    expect(rows(page).nth(59)).to_be_attached()


def test_the_quick_search_is_for_the_keyboard(page):
    page.keyboard.press("/")
    page.keyboard.insert_text("画面07")
    options = page.locator("#quick-search-list [role=option]")
    expect(options.first).to_contain_text("画面07")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chosen = options.first.get_attribute("id") or ""
    expect(page.locator("#quick-search")).to_have_attribute("aria-activedescendant", chosen)
    page.keyboard.press("Enter")
    expect(page.locator(".record-head h1")).to_contain_text("画面07")


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(page):
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_the_help_tells_the_keys_and_closes_by_escape(page):
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_a_contact_has_its_links_and_its_address_as_here(page, people):
    page.goto(page.url.split("/contacts")[0] + f"/contacts/{people[3]['id']}")
    links = {"03-1234-0003": "tel:+81312340003", "gamen3@screens.example": "mailto:gamen3@screens.example"}
    for text, address in links.items():
        expect(page.locator(f".blocks >> text={text}")).to_have_attribute("href", address)
    expect(page.locator(".blocks")).to_contain_text("〒100-0005")
    expect(page.locator(".record-head")).to_contain_text("結び商事株式会社")


def link(page, row):
    return page.locator(f"tbody tr:nth-child({row}) .row-link")


def test_the_rows_of_a_list_are_gone_through_by_the_keyboard(desk, session, people):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/contacts?q=画面")
    page.keyboard.press("k")
    expect(link(page, 1)).to_be_focused()
    page.keyboard.press("j")
    expect(link(page, 2)).to_be_focused()
    page.focus("tbody tr:nth-child(2) [data-pick]")
    page.keyboard.press("k")
    expect(link(page, 1)).to_be_focused()
    page.focus("#q")
    page.keyboard.press("j")
    expect(page.locator("#q")).to_have_value(re.compile("j"))
    expect(page.get_by_role("heading", name="Nobody found")).to_be_visible()
    page = somebody.open("/contacts?q=画面")
    link(page, 50).focus()
    page.keyboard.press("j")
    expect(page.locator(".more a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows(page)).to_have_count(60)
    somebody.settled()
    page.keyboard.press("j")
    expect(link(page, 51)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("画面09")


def test_a_record_leads_to_the_next_one_of_the_list_one_came_from(desk, session, people):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/contacts/{people[59]['id']}")
    expect(page.locator("#neighbours")).to_be_hidden()
    page = somebody.open("/contacts?q=画面")
    link(page, 1).click()
    expect(page.locator("h1")).to_contain_text("画面59")
    following = page.get_by_role("link", name="Next record")
    expect(following).to_have_attribute("href", re.compile(people[58]["id"]))
    expect(page.get_by_role("link", name="Previous record")).to_be_disabled()
    assert somebody.accessibility_faults() == []
    somebody.picture("neighbours")
    page.keyboard.press("Control+ArrowRight")
    expect(page.locator("h1")).to_contain_text("画面58")
    page.keyboard.press("e")
    expect(page.locator("#f-last_name")).to_be_focused()
    page.keyboard.press("Control+ArrowLeft")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()
    page.click("nav.page-tabs >> text=Changes")
    page.wait_for_url(f"**/{people[58]['id']}/changes")
    expect(following).to_have_attribute("href", re.compile(people[57]["id"]))
    page.keyboard.press("Control+ArrowLeft")
    page.wait_for_url(f"**/{people[59]['id']}/changes")
    # The list was shown as far as its fiftieth; it goes on.
    page = somebody.open("/contacts?q=画面")
    link(page, 50).click()
    expect(page.locator("h1")).to_contain_text("画面10")
    following.click()
    expect(page.locator("h1")).to_contain_text("画面09")
    expect(page.get_by_role("link", name="Previous record")).to_have_attribute("href", re.compile(people[10]["id"]))
