"""Saved lists, columns, and many records changed at once, in a real browser."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="session")
def four(system):
    """Four contacts, of whom one is the customer of nobody else's test."""
    made = []
    for number in range(4):
        data = {"last_name": f"一括{number}", "department": "一括部", "addresses": [f"many{number}@screens.example"]}
        answer = system.admin.post("/contacts", json=data)
        assert answer.status_code == 201, answer.text
        made.append(answer.json())
    return made


@pytest.fixture
def page(desk, session, four):
    somebody = desk()
    somebody.enter(session)
    return somebody.open("/contacts?view=all&q=一括")


def rows(page):
    return page.locator("tbody tr:not(.more)")


def pick(page, *numbers):
    for number in numbers:
        page.check(f"tbody tr:nth-child({number}) [data-pick]")


def test_a_list_is_saved_renamed_begun_with_everywhere_deleted_and_brought_back(page, desk, session, system):
    page.click("[data-open=columns-dialog]")
    page.check("#columns-dialog input[value=department]")
    page.click("#columns-dialog li:has(input[value=department]) [data-move=up]")
    page.click("text=Show it like this")
    page.click("[data-open=save-dialog]")
    page.fill("#new-name", "一括の人")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('一括の人')")
    expect(page.locator("thead")).to_contain_text("Department")
    page.click("summary[aria-label=Lists]")
    page.click("text=Rename or share")
    page.fill("#old-name", "みんなの一括")
    page.click("#rename-dialog >> text=Share it with everybody")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('みんなの一括')")
    page.click("summary[aria-label=Lists]")
    page.click("text=Begin with this list")
    page.wait_for_selector("#toasts >> text=You begin with this list")
    elsewhere = desk(phone=True)
    elsewhere.enter(session)
    expect(elsewhere.open("/contacts").get_by_role("heading", name="みんなの一括")).to_be_visible()
    page.goto(page.url.split("?")[0])
    page.wait_for_selector("h1:has-text('みんなの一括')")
    page.click("summary[aria-label=Lists]")
    page.click("text=Delete this list")
    page.wait_for_selector("h1:has-text('Contacts')")
    assert system.admin.get("/sessions/current").json()["preferences"]["first_contacts"] == ""
    page.click("#toasts >> text=Undo")
    page.wait_for_selector("h1:has-text('みんなの一括')")
    expect(page.locator("thead")).to_contain_text("Department")


def test_a_name_that_is_refused_is_told_at_its_field_and_what_was_chosen_stays(desk, session):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/contacts?view=all&q=一括")
    page.click("[data-open=columns-dialog]")
    page.check("#columns-dialog input[value=department]")
    page.click("text=Show it like this")
    page.click("[data-open=save-dialog]")
    page.fill("#new-name", " ")
    page.check("#save-dialog input[name=shared]")
    page.keyboard.press("Enter")
    expect(page.locator("#save-dialog #new-name-error")).to_have_text("Is required: fill it in.")
    expect(page.locator("#new-name")).to_be_focused()
    expect(page.locator("#save-dialog input[name=shared]")).to_be_checked()
    page.fill("#new-name", "今度は名前")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("今度は名前")
    expect(page.locator("thead")).to_contain_text("Department")
    page.click("summary[aria-label=Lists]")
    page.click("text=Rename or share")
    page.fill("#old-name", " ")
    page.keyboard.press("Enter")
    expect(page.locator("#rename-dialog #old-name-error")).to_have_text("Is required: fill it in.")
    assert somebody.accessibility_faults() == []
    somebody.faults.clear()  # Chromium notes the status 422


def test_many_get_a_value_and_tags_at_once(page, system, four):
    page.check("[data-pick-all]")
    page.click("text=Change a field")
    page.select_option("#bulk-field", "title")
    page.fill("#bulk-value-of", "一括係")
    page.click("text=Change it")
    page.wait_for_selector("#toasts >> text=Changed: 4 contacts")
    page.check("[data-pick-all]")
    page.click("#bulk >> text=Tags")
    page.fill("#add_tags", "一括、試験")
    with page.expect_response("**/contacts/bulk"):
        page.keyboard.press("Enter")
    found = [system.admin.get(f"/contacts/{each['id']}").json() for each in four]
    assert {each["title"] for each in found} == {"一括係"}
    assert [each["tags"] for each in found] == [["一括", "試験"]] * 4


def test_what_is_deleted_comes_back_by_undo(page):
    expect(rows(page)).to_have_count(4)
    pick(page, 1, 2)
    page.click("#bulk >> text=Delete")
    expect(rows(page)).to_have_count(2)
    page.click("#toasts >> text=Undo")
    page.wait_for_selector("#toasts >> text=Everything is as it was before.")
    expect(rows(page)).to_have_count(4)


def test_what_is_refused_is_named_with_its_reason(page):
    pick(page, 1)
    page.click("text=Change a field")
    page.select_option("#bulk-field", "reports_to_id")
    page.fill("#pick-value", "一括")
    name = page.inner_text("tbody tr:nth-child(1) .row-link")
    page.click(f"#pick-value-list [role=option]:has-text('{name}')")
    page.click("text=Change it")
    expect(page.locator(".refused li")).to_contain_text(name)


def test_the_recycle_bin_tells_who_deleted_what_and_gives_it_back(page, system):
    gone = system.admin.post("/contacts", json={"last_name": "ごみ箱太郎"}).json()
    system.admin.delete(f"/contacts/{gone['id']}")
    page.click(".places >> text=Recycle bin")
    page.fill("#q", "ごみ箱太郎")
    page.wait_for_url("**q=*")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("管理者")
    page.click("tbody >> text=Restore")
    page.wait_for_selector("#toasts >> text=Restored: 1 contact")
    page.wait_for_selector("text=Nothing found")
    assert system.admin.get(f"/contacts/{gone['id']}").status_code == 200


def test_a_contact_of_a_deleted_organization_stays_and_the_bin_says_why(page, system):
    firm = system.admin.post("/organizations", json={"name": "閉店商会"}).json()
    gone = system.admin.post("/contacts", json={"last_name": "閉店主", "organization_id": firm["id"]}).json()
    for path in (f"/contacts/{gone['id']}", f"/organizations/{firm['id']}"):
        assert system.admin.delete(path).status_code == 204
    page.click(".places >> text=Recycle bin")
    page.fill("#q", "閉店主")
    page.wait_for_url("**q=*")
    expect(rows(page)).to_have_count(1)
    page.click("tbody >> text=Restore")
    expect(page.locator(".refused li")).to_contain_text("閉店主")


def test_lists_that_everybody_has_tell_birthdays_what_is_new_and_whom_not_to_call(desk, session, system):
    today = datetime.now(ZoneInfo("Asia/Tokyo")).date()
    # One of them has it today, also where midnight passes meanwhile.
    for day in (today, today + timedelta(days=1)):
        born = {"birthday": f"1980-{day:%m-%d}", "phones": ["03-5555-0102"], "do_not_call": True}
        system.admin.post("/contacts", json={"last_name": "誕生", **born}).raise_for_status()
    system.admin.post("/organizations", json={"name": "見込み商会", "type": "Prospect"}).raise_for_status()
    somebody = desk(zone="Asia/Tokyo")
    somebody.enter(session)
    for path, title, shown in (
        ("/contacts?view=birthdays_today", "Birthday today", "誕生"),
        ("/contacts?view=birthdays_this_week", "Birthday this week", "誕生"),
        ("/contacts?view=new_this_week", "New contacts this week", "誕生"),
        ("/contacts?view=postal_addresses", "Postal addresses of contacts", "誕生"),
        ("/organizations?view=new_this_week", "New organizations this week", "見込み商会"),
        ("/organizations?view=prospects", "Prospects", "見込み商会"),
    ):
        page = somebody.open(f"{path}&q={shown}")
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        expect(page.locator("tbody")).to_contain_text(shown)
    page = somebody.open("/contacts?view=birthdays_today&q=誕生")
    call = page.get_by_role("link", name=re.compile("03-5555-0102 Do not call$"))
    expect(call).to_be_visible()
    assert somebody.accessibility_faults() == []
    page.click("text=誕生")
    expect(call).to_be_visible()
    assert somebody.accessibility_faults() == []
    assert somebody.context.request.get(f"{system.url}/organizations?view=birthdays_today").status == 404
