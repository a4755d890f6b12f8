"""The page of activities: what one has to do, the soonest first, in a real browser."""

import re
import secrets
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.gateway.small import PASSWORD


@pytest.fixture
def me(system):
    """A colleague with nothing to do yet: the id, that of a group, a client, and the session of a browser."""
    login = f"doer-{secrets.token_hex(4)}"
    data = {"login": login, "password": PASSWORD, "name": "鈴木 一郎", "role": "staff"}
    made = system.admin.post("/staff-users", json=data).raise_for_status().json()
    group = {"name": login, "member_ids": [made["id"]]}
    group_id = system.admin.post("/staff-groups", json=group).raise_for_status().json()["id"]
    token = system.client().post("/sessions", json={"login": login, "password": PASSWORD}).json()["token"]
    return {"id": made["id"], "group_id": group_id, "token": token, "api": system.client(token)}


def in_days(days):
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def plan(api, subject, **data):
    answer = api.post("/activities", json={"kind": "to_do", "subject": subject, **data})
    return answer.raise_for_status().json()


@pytest.mark.parametrize(("language", "theme", "phone"), [("en", "light", False), ("ja", "dark", True)])
def test_what_one_has_to_do_is_listed_done_and_taken_back(desk, system, me, language, theme, phone):
    somebody = desk(language=language, theme=theme, phone=phone)
    somebody.enter(me["token"])
    page = somebody.open("/activities")
    expect(page.locator("#results")).to_contain_text("予定はありません" if language == "ja" else "Nothing to do")
    assert somebody.accessibility_faults() == []

    contact = system.admin.post("/contacts", json={"last_name": "予定"}).raise_for_status().json()
    plan(me["api"], "後で", due_at=in_days(2), about=[{"kind": "contact", "id": contact["id"]}])
    plan(me["api"], "遅れた", due_at=in_days(-1))
    plan(system.admin, "組で", owner_id=me["group_id"], due_at=in_days(1))
    invited = {"kind": "meeting", "starts_at": in_days(3), "attendees": [{"kind": "staff_user", "id": me["id"]}]}
    plan(system.admin, "招かれた", **invited)
    plan(system.admin, f"他人の{language}", due_at=in_days(1))
    page = somebody.open("/activities")
    rows = page.locator("#results li.related-row")
    expect(rows.locator("div > a")).to_have_text(["遅れた", "組で", "後で", "招かれた"])
    expect(rows.nth(0)).to_contain_text("期限超過" if language == "ja" else "Overdue")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert somebody.accessibility_faults() == []
    somebody.picture(f"activities-{language}")

    rows.nth(0).get_by_role("button").click()
    expect(rows.locator("div > a")).to_have_text(["組で", "後で", "招かれた"])
    page.get_by_role("button", name="元に戻す" if language == "ja" else "Undo").click()
    expect(rows).to_have_count(4)
    page.select_option("[name=kind]", "meeting")
    expect(rows.locator("div > a")).to_have_text(["招かれた"])
    page.select_option("[name=state]", "done")
    expect(page.locator("#results .empty")).to_be_visible()
    page.select_option("[name=kind]", "to_do")
    page.select_option("[name=state]", "open")
    page.select_option("[name=whose]", me["id"])
    expect(rows.locator("div > a")).to_have_text(["遅れた", "後で"])
    rows.nth(1).get_by_role("link", name="予定").click()
    expect(page).to_have_url(re.compile(f"/contacts/{contact['id']}$"))


def test_a_long_list_goes_on_and_what_an_address_cannot_choose_is_passed_over(desk, me):
    for number in range(53):
        plan(me["api"], f"第{number}", due_at=in_days(number + 1))
    somebody = desk()
    somebody.enter(me["token"])
    page = somebody.open("/activities?state=never&kind=party&whose=nobody")
    rows = page.locator("#results li.related-row")
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Show more").click()
    expect(rows).to_have_count(53)
    expect(rows.nth(52)).to_contain_text("第52")
