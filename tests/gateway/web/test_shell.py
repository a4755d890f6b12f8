"""The door and the frame, in a real browser."""

import re

import httpx
import pytest
from playwright.sync_api import expect

from gateway.web.app import MAX_STRANGERS_FORM
from tests.gateway.small import PASSWORD


def test_who_wanted_a_page_gets_there_after_the_log_in(desk, people):
    somebody = desk()
    page = somebody.open(f"/contacts/{people[0]['id']}")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    expect(somebody.log_in().locator("h1")).to_contain_text("画面00")
    expect(page).to_have_url(re.compile(people[0]["id"] + "$"))


def test_a_browser_that_calls_itself_by_other_letters_than_ascii_can_log_in(system):
    typed = {"login": "root", "password": PASSWORD}
    headers = {b"User-Agent": "Mözilla 火狐".encode(), b"Sec-Fetch-Site": b"same-origin"}
    answer = httpx.post(f"{system.url}/login", data=typed, headers=headers, timeout=30)
    assert (answer.status_code, "musubi_session" in answer.cookies) == (303, True)


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_the_log_in_leads_nowhere_else(desk, wanted):
    somebody = desk()
    somebody.open(f"/login?next={wanted}")
    assert somebody.log_in().url.startswith(somebody.url + "/contacts")


def test_a_wrong_password_is_said_at_the_field_and_the_name_stays(desk):
    somebody = desk(language="ja")
    page = somebody.open("/login")
    somebody.log_in("wrong")
    expect(page.locator("#login")).to_have_value("root")
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#password-error")).to_have_text("ログイン名またはパスワードが違います。")
    somebody.faults.clear()  # Chromium notes the status 401


def test_language_and_theme_stay_chosen(desk):
    somebody = desk(language="ja")
    page = somebody.open("/login")
    page.click("button[value=en]")
    page.click("button[value=dark]")
    expect(page.locator("h1")).to_have_text("Log in")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_after_the_log_out_the_session_is_over(desk):
    somebody = desk()
    somebody.open("/login")
    page = somebody.log_in()
    page.click(".user")
    page.click("text=Log out")
    page.wait_for_selector("#toasts >> text=You are logged out.")
    assert "/login" in somebody.open("/contacts").url


def test_no_script_sees_the_session(desk):
    somebody = desk()
    somebody.open("/login")
    page = somebody.log_in()
    assert "musubi_session" not in page.evaluate("document.cookie")
    [session] = [cookie for cookie in somebody.context.cookies() if cookie["name"] == "musubi_session"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Strict"


def test_another_site_cannot_make_the_browser_change_anything(system):
    answer = system.client().post(f"{system.url}/logout", headers={"Origin": "https://elsewhere.example"})
    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/%5celsewhere.example", "/%5c/elsewhere.example/?a=1"])
def test_a_link_of_another_site_leads_to_no_other_site(system, path):
    answer = httpx.get(system.url + path, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 200
    assert 'content="0; url=/"' in answer.text
    assert "elsewhere" not in answer.text


ODD_ADDRESS = "http://["


def test_what_no_browser_sends_is_refused_or_passed_over(system, session):
    """An address, a cookie, a version and a key that are none."""
    own = {"Sec-Fetch-Site": "same-origin"}
    with httpx.Client(base_url=system.url, headers=own) as stranger:
        assert stranger.get("/login", params={"next": "//["}).status_code == 200
        assert stranger.post("/logout", headers={"Origin": ODD_ADDRESS}).status_code == 403
        # A cookie may hold any byte (RFC 6265 has it in quotes).
        cookie = {"Cookie": 'musubi_session="\\303\\251"'}
        assert stranger.get("/contacts", headers=cookie).headers["Location"].startswith("/login")
        away = stranger.get("/contacts", headers={"HX-Request": "true", "HX-Current-URL": ODD_ADDRESS})
        assert away.headers["HX-Redirect"] == "/login?next=/"
    with httpx.Client(base_url=system.url, headers=own, cookies={"musubi_session": session}) as root:
        made = system.admin.post("/staff-groups", json={"name": "判"}).json()
        changed = root.post(f"/settings/groups/{made['id']}", data={"name": "版", "version": "٣"})
        assert changed.status_code == 412
        assert root.post("/settings/tokens", data={"name": "t", "once": "鍵 鍵"}).status_code == 422


@pytest.mark.parametrize("path", ["/login", "/preferences"])
def test_a_form_of_a_stranger_is_taken_up_to_its_limit_alone(system, path):
    head = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    for language, advice in (("en", "Check what you typed"), ("ja", "入力内容を確認")):
        asked = {**head, "Accept-Language": language}
        with httpx.Client(base_url=system.url, headers=asked) as stranger:
            whole, beyond = (b"login=" + b"x" * (size - 6) for size in (MAX_STRANGERS_FORM, MAX_STRANGERS_FORM + 1))
            assert stranger.post(path, content=whole).status_code in (303, 422)
            for body, status in ((beyond, 413), (iter([beyond]), 411)):
                refused = stranger.post(path, content=body)
                assert (refused.status_code, advice in refused.text) == (status, True)


def test_what_is_not_there_is_said_within_the_frame(desk, session):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/nothing")
    expect(page.locator("h1")).to_have_text("There is nothing here")
    expect(page.locator(".places >> text=Contacts")).to_be_visible()
    somebody.faults.clear()  # Chromium notes the status 404
