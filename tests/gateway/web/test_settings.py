"""Staff settings and one's own profile, in a real browser."""

import pytest
from playwright.sync_api import expect

READER, FIRST, SECOND = "sanshou", "first password 1", "second password 2"


@pytest.fixture
def somebody(desk, session):
    somebody = desk()
    somebody.enter(session)
    return somebody


def test_a_staff_user_is_made_given_a_group_and_closed(somebody, system):
    page = somebody.open("/settings/users")
    page.click("text=New staff user")
    page.fill("#name", "設定 次郎")
    page.fill("#login", "settei")
    page.fill("#password", "short")
    page.click("main button:has-text('Save')")
    expect(page.locator("#password-error")).to_be_visible()
    expect(page.locator("#login")).to_have_value("settei")
    page.fill("#password", "long enough 42")
    page.click("main button:has-text('Save')")
    page.wait_for_selector("#toasts >> text=The staff user is there.")
    page.click("text=Groups")
    page.click("text=New group")
    page.fill("#name", "設定班")
    page.check("label:has-text('設定 次郎') input")
    page.click("main button:has-text('Save')")
    page.wait_for_selector("#toasts >> text=The group is there.")
    [group] = [each for each in system.admin.get("/staff-groups").json()["items"] if each["name"] == "設定班"]
    assert len(group["member_ids"]) == 1
    page.click("main >> text=Staff users")
    page.click("text=設定 次郎")
    page.uncheck("input[name=active]")
    page.click("main button:has-text('Save')")
    expect(page.locator("tr:has-text('設定 次郎')")).to_contain_text("Closed")
    somebody.faults.clear()  # Chromium notes the status 422


def test_a_token_is_shown_once_works_and_is_revoked(somebody, system):
    page = somebody.open("/settings")
    page.fill("#token_name", "画面のトークン")
    page.click("text=Create a token")
    token = page.input_value("#made")
    client = system.client(token)
    assert client.get("/contacts").status_code == 200
    assert client.post("/contacts", json={"last_name": "誰か"}).status_code == 403
    page.click("[aria-label='Revoke 画面のトークン']")
    page.click("text=Revoke it")
    page.wait_for_selector("#toasts >> text=The token is revoked.")
    expect(page.locator("text=画面のトークン")).to_have_count(0)


def test_who_may_only_read_is_offered_no_more_and_changes_the_password(desk, system):
    data = {"login": READER, "name": "参照 三郎", "role": "read_only", "password": FIRST}
    assert system.admin.post("/staff-users", json=data).status_code == 201
    reader = desk()
    page = reader.open("/login?next=/contacts")
    page.fill("#login", READER)
    page.fill("#password", FIRST)
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('Contacts')")
    expect(page.locator("[data-pick], [data-shortcut=n]")).to_have_count(0)
    page.click(".places >> text=Settings")
    expect(page.locator(".which a")).to_have_text(["Profile", "Calendar"])
    for name, text in (("password", "wrong password"), ("new_password", SECOND), ("again", SECOND)):
        page.fill(f"#{name}", text)
    page.click("text=Change the password")
    expect(page.locator("#password-error")).to_have_text("This is not your present password.")
    for name, text in (("password", FIRST), ("new_password", SECOND), ("again", SECOND)):
        page.fill(f"#{name}", text)
    page.click("text=Change the password")
    page.wait_for_selector("#toasts >> text=The password is changed.")
    assert system.client().post("/sessions", json={"login": READER, "password": FIRST}).status_code == 401
    assert system.client().post("/sessions", json={"login": READER, "password": SECOND}).status_code == 201
    reader.faults.clear()  # Chromium notes the status 422


def test_sessions_are_seen_and_ended_elsewhere_and_by_an_admin(desk, system, session):
    login = {"login": "tanmatsu", "password": FIRST}
    data = {**login, "name": "端末 四郎", "role": "staff"}
    user = system.admin.post("/staff-users", json=data).json()["id"]
    phone, old, here = (
        system.client(system.client(**{"User-Agent": agent}).post("/sessions", json=login).json()["token"])
        for agent in ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "curl/8.5.0", "x")
    )
    somebody = desk()
    somebody.enter(here.headers["Authorization"].removeprefix("Bearer "))
    page = somebody.open("/settings")
    rows = page.get_by_role("region", name="Where you are logged in").locator("li")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("This one")
    rows.filter(has_text="Safari · iPhone").get_by_role("button").click()
    expect(page.get_by_text("Logged out there.")).to_be_visible()
    expect(rows).to_have_count(2)
    assert [phone.get("/contacts").status_code, old.get("/contacts").status_code] == [401, 200]
    page.get_by_role("button", name="Log out everywhere else").click()
    expect(page.get_by_text("You are logged out everywhere else.", exact=True)).to_be_visible()
    expect(rows).to_have_count(1)
    assert [old.get("/contacts").status_code, here.get("/contacts").status_code] == [401, 200]
    assert here.get(f"/staff-users/{user}/sessions").status_code == 403
    admin = desk(language="ja", phone=True)
    admin.enter(session)
    page = admin.open(f"/settings/users/{user}")
    expect(page.get_by_role("region", name="端末 四郎 さんのログイン中の端末").locator("li")).to_have_count(1)
    page.get_by_role("button", name="すべての端末でログアウト").click()
    expect(page.get_by_text("現在ログインしていません。")).to_be_visible()
    assert here.get("/contacts").status_code == 401


def test_how_addresses_are_copied_is_an_admins_choice(somebody, system):
    before = system.admin.get("/settings/contacts").json()["address_copy"]
    page = somebody.open("/settings/contacts")
    page.check("input[value=never]")
    page.click("main button:has-text('Save')")
    page.wait_for_selector("#toasts >> text=The settings are saved.")
    assert system.admin.get("/settings/contacts").json()["address_copy"] == "never"
    page.check(f"input[value={before}]")
    with page.expect_navigation():
        page.click("main button:has-text('Save')")
    assert system.admin.get("/settings/contacts").json()["address_copy"] == before
