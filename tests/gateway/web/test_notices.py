"""The bell: what others did to one's records, and what is due, in a real browser."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.gateway.small import PASSWORD
from tests.infra import eventually


@pytest.fixture
def me(system):
    """A colleague of whom no other test's records are: who it is, a client, and the session of a browser."""
    login = f"bell-{secrets.token_hex(4)}"
    data = {"login": login, "password": PASSWORD, "name": "鈴木 一郎", "role": "staff"}
    made = system.admin.post("/staff-users", json=data).raise_for_status().json()
    answer = system.client().post("/sessions", json={"login": login, "password": PASSWORD}).json()
    return {"id": made["id"], "token": answer["token"], "api": system.client(answer["token"])}


def entrusted(system, me, name):
    """A contact that somebody else writes down for one."""
    data = {"last_name": name, "owner_id": me["id"], "notify_owner": True}
    return system.admin.post("/contacts", json=data).raise_for_status().json()


def unread(me, number):
    eventually(lambda: me["api"].get("/notices").json()["unread"] == number)


@pytest.mark.parametrize(("language", "theme", "phone"), [("en", "light", False), ("ja", "dark", True)])
def test_the_bell_tells_what_is_new_without_a_reload_and_leads_there(desk, system, me, language, theme, phone):
    somebody = desk(language=language, theme=theme, phone=phone)
    somebody.enter(me["token"])
    somebody.page.clock.install()
    page = somebody.open("/contacts")
    bell = page.locator(".bell")
    bell.focus()
    page.keyboard.press("Enter")
    empty = "活動の予定時刻" if language == "ja" else "You are told here"
    expect(page.locator("#notices")).to_contain_text(empty)
    assert somebody.accessibility_faults() == []
    page.keyboard.press("Escape")
    expect(bell).to_be_focused()

    contact = entrusted(system, me, "甲")
    unread(me, 1)
    page.clock.fast_forward(31_000)
    expect(page.locator(".bell-number")).to_have_text("1")
    expect(page.locator("#bell-said")).to_contain_text("1")
    soon = (datetime.now(UTC) + timedelta(minutes=10)).isoformat()
    task = {"kind": "to_do", "subject": "甲様に連絡", "due_at": soon, "reminder_minutes": 15}
    me["api"].post("/activities", json=task).raise_for_status()
    unread(me, 2)
    page.clock.fast_forward(31_000)
    expect(page.locator(".bell-number")).to_have_text("2")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    bell.click()
    rows = page.locator("#notices li")
    expect(rows.nth(0)).to_contain_text("リマインダー：甲様に連絡" if language == "ja" else "Reminder: 甲様に連絡")
    expect(rows.nth(1)).to_contain_text("管理者さんが「甲」を登録" if language == "ja" else "管理者 added 甲")
    assert somebody.accessibility_faults() == []
    somebody.picture(f"bell-{language}")
    rows.nth(1).get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/contacts/{contact['id']}$"))
    expect(page.locator(".bell-number")).to_have_text("1")
    bell.click()
    page.locator("#notices form button").click()
    expect(page.locator("#notices .unread")).to_have_count(0)
    expect(page.locator(".bell-number")).to_have_count(0)
    page.locator("#notices .dropdown-item").click()
    expect(page.locator("main li")).to_have_count(2)
    assert somebody.accessibility_faults() == []
    somebody.picture(f"notices-{language}")


def test_what_one_does_oneself_rings_no_bell_and_what_a_colleague_changes_is_named(system, me):
    contact = entrusted(system, me, "乙")
    path, version = f"/contacts/{contact['id']}", {"If-Match": '"1"'}
    me["api"].patch(path, json={"title": "部長"}, headers=version).raise_for_status()
    system.admin.patch(path, json={"title": "社長"}, headers={"If-Match": '"2"'}).raise_for_status()
    unread(me, 2)
    page = me["api"].get("/notices", params={"limit": 1}).json()
    assert (page["items"][0]["changed"], page["items"][0]["actor"]["name"]) == (["title"], "管理者")
    assert me["api"].get(f"{system.url}{page['next']}").json()["items"][0]["what"] == "created"
