"""One real Chromium before one really running system; each test has a browser profile of its own.

A test fails where a page writes an error to the console or asks for an address that is not ours.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from gateway.web import api
from gateway.web.api import COOKIE
from gateway.web.app import create_screens
from tests.gateway.conftest import System, running_system
from tests.gateway.small import PASSWORD
from tests.infra import infrastructure_required

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BUILD = Path(__file__).parents[3] / "build" / "screens"
AXE = BUILD / "axe.min.js"
# Where pictures of the screens go, for who wants to look at them.
SHOTS = os.environ.get("MUSUBI_SCREENSHOTS")
PHONE, DESK = {"width": 390, "height": 780}, {"width": 1280, "height": 800}
# A module runs when the page is there already: before that a key or a word of a test is heard by nobody.
MARK_LOADED = "addEventListener('load', () => document.documentElement.toggleAttribute('data-loaded', true))"
LOADING = "html:not([data-loaded])"
ASKING = ".htmx-request, .htmx-swapping, .htmx-settling"
# The style sheets that it would fetch anew tell no more than the page as it is shown, and take as long as the rest.
FIND_FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"], preload: false})).violations.map(
    (one) => [one.id, ...one.nodes.map((node) => node.html.slice(0, 200))])"""


# As patient as the rest: five seconds are little on a machine that does other work besides.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """First who needs a system in which nothing is yet."""
    items.sort(key=lambda item: "fresh" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """Another one than that of the API's tests: what those write down stands in no list of a screen."""
    with running_system() as system:
        yield system


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    missing = [what for what in (CHROMIUM, AXE) if not Path(what).exists()]
    if missing:
        (pytest.fail if infrastructure_required() else pytest.skip)(f"not there: {missing}; make test installs them")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def people(system) -> list[dict[str, Any]]:
    """Sixty contacts of one organization: more than a page of the list."""
    firm = system.admin.post("/organizations", json={"name": "結び商事株式会社"}).json()
    made = []
    for number in range(60):
        data: dict[str, Any] = {"last_name": f"画面{number:02}", "first_name": "花子", "last_name_kana": "ガメン"}
        data |= {"addresses": [f"gamen{number}@screens.example"], "phones": [f"03-1234-{number:04}"]}
        data |= {"organization_id": firm["id"], "title": "部長", "mailing_postal_code": "100-0005"}
        data |= {"mailing_state": "東京都", "mailing_city": "千代田区", "mailing_street": "丸の内1-1"}
        answer = system.admin.post("/contacts", json=data)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    return made


@pytest.fixture(scope="session")
def session(system) -> str:
    """The token of a browser that is logged in: the log-in itself takes time."""
    answer = system.client().post("/sessions", json={"login": "root", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["token"])


@pytest.fixture
def screens(system, session) -> Iterator[FlaskClient]:
    """The screens in this process, before the running system: for what a test must change in them. Logged in."""
    client = create_screens(system.url).test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    client.set_cookie(COOKIE, session)
    yield client
    api.network.close()


class Desk:
    """Somebody at a browser."""

    def __init__(
        self,
        browser: Browser,
        url: str,
        *,
        language: str = "en",
        theme: Any = "light",
        phone: bool = False,
        zone: str = "Asia/Tokyo",
    ) -> None:
        # Colours on their way from one to the other are no fault.
        still: Any = {"reduced_motion": "reduce", "timezone_id": zone}
        size: Any = PHONE if phone else DESK
        self.context = browser.new_context(locale=language, color_scheme=theme, viewport=size, **still)
        self.context.set_default_timeout(PATIENCE)
        self.url, self.faults = url, list[str]()
        self.page: Page = self.context.new_page()
        self.page.add_init_script(MARK_LOADED)
        # Playwright goes on with what it was asked when this is no longer to be seen.
        self.page.add_locator_handler(self.page.locator(LOADING), lambda: None)
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda asked: self._check(asked.url))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning"):
            self.faults.append(said.text)

    def _check(self, asked: str) -> None:
        if not asked.startswith((self.url, "data:")):
            self.faults.append(f"asked for {asked}")

    def open(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.settled()

    def look(self, *, theme: Any, phone: bool) -> None:
        """Go on in another light and at another size."""
        size: Any = PHONE if phone else DESK
        self.page.emulate_media(color_scheme=theme)
        self.page.set_viewport_size(size)

    def log_in(self, password: str = PASSWORD) -> Page:
        self.page.fill("#login", "root")
        self.page.fill("#password", password)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self.settled()

    def settled(self) -> Page:
        """The page, once it has what it fetches by itself."""
        expect(self.page.locator(LOADING)).to_have_count(0)
        expect(self.page.locator(ASKING)).to_have_count(0)
        return self.page

    def enter(self, session: str) -> None:
        """Be logged in."""
        cookie: Any = {"name": "musubi_session", "value": session, "url": self.url}
        self.context.add_cookies([cookie | {"httpOnly": True, "sameSite": "Strict"}])

    def accessibility_faults(self) -> Any:
        # Playwright's own channel: the page's policy lets no script in that is not ours.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text())
        return self.page.evaluate(FIND_FAULTS)

    def picture(self, name: str) -> None:
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


@pytest.fixture
def desk(browser, system) -> Iterator[Any]:
    """Call it for somebody at a browser: `desk(language="ja", theme="dark", phone=True)`; `session` logs them in."""
    desks = list[Desk]()

    def sit_down(**manner: Any) -> Desk:
        desks.append(Desk(browser, system.url, **manner))
        return desks[-1]

    yield sit_down
    for one in desks:
        one.context.close()
    assert [fault for one in desks for fault in one.faults] == []
