"""Every page and every dialog in both languages: free of barriers, within its window, nothing left in English.

Each is looked at once in each language: light or dark, on a desk or a phone, and in the other language the other way.
"""

import re

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

from gateway.web.app import create_screens
from tests.gateway.web.conftest import AXE, Desk
from tests.gateway.web.screens import PARTS, SCREENS
from tests.gateway.web.stock import Stock
from tests.gateway.web.test_language import HERE

FITS = "document.documentElement.scrollWidth <= innerWidth"
# The words of what is to be seen, and those that are told beside it.
SAID = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()).flatMap((one) => [
    ...[...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()),
    ...["aria-label", "placeholder", "title", "alt"].map((name) => one.getAttribute(name) ?? "")])"""


@pytest.fixture(scope="session")
def stock(system):
    return Stock(system).fill()


@pytest.fixture(scope="module")
def viewers(browser, system, session):
    """Somebody logged in at a browser in each language, for all pages."""
    found = {language: Desk(browser, system.url, language=language) for language in ("ja", "en")}
    for one in found.values():
        one.enter(session)
        one.page.add_init_script(path=AXE)
    yield found
    for one in found.values():
        one.context.close()


@pytest.fixture(scope="session")
def english():
    """What the screens say otherwise in Japanese."""
    with (HERE / "locale" / "ja.po").open("rb") as file:
        return {one.id for one in read_po(file) if isinstance(one.id, str) and one.id not in ("", one.string)}


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_is_free_of_barriers_and_fits(viewers, stock, english, name, language):
    somebody, screen = viewers[language], SCREENS[name]
    somebody.faults.clear()
    look = list(SCREENS).index(name) ^ (3 if language == "en" else 0)
    theme, phone = ("dark" if look & 1 else "light"), bool(look & 2)
    somebody.look(theme=theme, phone=phone)
    page = somebody.open(screen.path.format(**stock, kept=stock[f"kept-{language}"]))
    for opener in screen.opening:
        opener(page)
    somebody.settled()
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
    somebody.picture(f"{name}-{language}-{theme}-{'phone' if phone else 'desk'}")
    assert page.evaluate(FITS)
    assert somebody.accessibility_faults() == []
    if language == "ja":
        assert english & set(page.evaluate(SAID)) == set()
    assert [fault for fault in somebody.faults if not screen.refused or "status of 4" not in fault] == []


def test_every_page_is_in_the_table():
    addresses = create_screens("http://127.0.0.1:1").url_map
    known = addresses.bind("")
    some_id = "00000000-0000-7000-8000-000000000000"
    paths = [screen.path for name, screen in SCREENS.items() if name != "error"]
    looked_at = {one_of_a_kind(known.match(re.sub(r"{[^}]*}", some_id, path).partition("?")[0])[0]) for path in paths}
    there = {one_of_a_kind(rule.endpoint) for rule in addresses.iter_rules() if "GET" in (rule.methods or ())}
    assert there - looked_at == PARTS


def one_of_a_kind(endpoint):
    """What is chosen for a record is chosen in one form, whatever it is."""
    return re.sub("choose_.*", "choose", endpoint)
