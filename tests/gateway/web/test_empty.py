"""A system in which nothing is yet says on every page what to do, and offers it."""

import pytest
from playwright.sync_api import expect

from tests.gateway.web.test_screens import FITS

BEGIN = {
    "/contacts": ["/contacts/new", "/imports?kind=contact"],
    "/organizations": ["/organizations/new", "/imports?kind=organization"],
    "/contacts?view=starred": ["/contacts?view=all"],
    "/organizations/duplicates": ["/organizations"],
    "/mass-changes": ["/contacts", "/organizations"],
    "/settings/groups": ["/settings/groups/new"],
    "/imports": [],
    "/recycle-bin": [],
}


@pytest.fixture
def fresh(system):
    """The system before any other test writes down anything: whoever asks for it comes first."""
    assert system.reader.get("/contacts").json()["items"] == []


@pytest.mark.parametrize(("language", "theme", "phone"), [("ja", "dark", True), ("en", "light", False)])
def test_where_nothing_is_yet_a_page_says_what_to_do_and_offers_it(fresh, desk, session, language, theme, phone):
    somebody = desk(language=language, theme=theme, phone=phone)
    somebody.enter(session)
    for path, ways in BEGIN.items():
        page = somebody.open(path)
        expect(page.locator(".empty-title")).to_be_visible()
        found = page.locator(".empty-action a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        assert (path, found) == (path, ways)
        assert page.evaluate(FITS)
        assert somebody.accessibility_faults() == []
        somebody.picture(f"nothing{path.replace('/', '-')}-{language}-{theme}-{'phone' if phone else 'desk'}")
    page = somebody.open("/contacts")
    page.locator(".empty-action a").first.click()
    expect(page.locator("#drawer #f-last_name")).to_be_focused()
    somebody.open("/contacts").locator(".empty-action a").last.click()
    expect(page.locator("#file")).to_be_visible()
