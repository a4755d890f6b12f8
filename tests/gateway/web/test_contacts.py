"""The list of contacts and a contact's page, in a real browser."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(desk, people):
    somebody = desk()
    somebody.open("/login")
    return somebody.log_in()


def rows(page):
    return page.locator("tbody tr:not(.more)")


def test_the_list_finds_as_one_types_and_the_url_says_what(page):
    page.fill("#q", "画面０７")
    page.wait_for_url("**/contacts?q=*")
    expect(rows(page)).to_have_count(1)
    assert "画面07 花子" in rows(page).inner_text()
    expect(page.locator(".list-said [role=status]")).to_have_text("1 contact")
    page.reload()
    assert rows(page).count() == 1
    assert page.input_value("#q") == "画面０７"


def test_more_are_appended_and_the_back_button_comes_to_the_same_place(page, system):
    assert rows(page).count() == 50
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
    page.keyboard.type("画面07")
    page.wait_for_selector("#quick-search-list [role=option]")
    page.keyboard.press("ArrowDown")
    chosen = page.get_attribute("#quick-search", "aria-activedescendant")
    assert page.get_attribute(f"#{chosen}", "aria-selected") == "true"
    page.keyboard.press("Enter")
    page.wait_for_selector(".record-head")
    assert "画面07" in page.inner_text("h1")


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_help_tells_the_keys_and_closes_by_escape(page):
    page.keyboard.press("?")
    assert page.is_visible("#help")
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")


def test_a_contact_has_its_links_and_its_address_as_here(page, people):
    page.goto(page.url.split("/contacts")[0] + f"/contacts/{people[3]['id']}")
    assert page.get_attribute("text=03-1234-0003", "href") == "tel:+81312340003"
    assert page.get_attribute("text=gamen3@screens.example", "href") == "mailto:gamen3@screens.example"
    assert "〒100-0005" in page.inner_text(".blocks")
    assert "結び商事株式会社" in page.inner_text(".record-head")
