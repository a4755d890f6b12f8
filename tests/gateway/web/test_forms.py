"""The forms of contacts and organizations, in a real browser."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def somebody(desk, session, people):
    one = desk()
    one.enter(session)
    one.open("/contacts")
    return one


@pytest.fixture(scope="session")
def firm(system):
    data = {"name": "住所写し株式会社", "billing_postal_code": "530-0001", "billing_city": "大阪市"}
    return system.admin.post("/organizations", json=data).json()


def made(system, **data):
    answer = system.admin.post("/contacts", json={"last_name": "用紙", **data})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_contact_is_made_by_the_keyboard_alone(somebody, system, firm):
    page = somebody.page
    page.keyboard.press("n")
    expect(page.locator("#f-last_name")).to_be_focused()
    page.keyboard.type("鍵盤")
    page.focus("[data-rows=addresses] [data-add-row]")
    page.keyboard.press("Enter")
    page.keyboard.type("second@keys.example")
    page.fill("#f-addresses", "first@keys.example")
    page.focus("#f-organization_id")
    page.keyboard.insert_text("住所写し")
    expect(page.locator("#f-organization_id-list [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#f-organization_id")).to_have_value(firm["name"])
    page.click("[data-fill]")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/contacts/*-*")
    saved = system.admin.get(page.url.replace(somebody.url, "")).json()
    assert saved["addresses"] == ["first@keys.example", "second@keys.example"]
    assert (saved["organization_id"], saved["mailing_city"]) == (firm["id"], "大阪市")


def test_an_error_stands_at_its_field_and_what_was_typed_outlives_the_drawer(somebody, system):
    page = somebody.open(f"/contacts/{made(system)['id']}")
    page.keyboard.press("e")
    page.fill("#f-title", "室長")
    page.fill("#f-last_name", "")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-last_name-error")).to_contain_text("fill it in")
    page.fill("#f-last_name", "用紙")
    page.fill("#f-addresses", "no address")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-addresses")).to_be_focused()
    expect(page.locator("#f-addresses-error")).to_contain_text("is no mail address")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).not_to_be_visible()
    page.reload()
    page.keyboard.press("e")
    expect(page.locator("#f-title")).to_have_value("室長")
    page.click("#drawer [data-discard]")
    expect(page.locator("#f-title")).to_have_value("")
    somebody.faults.clear()  # Chromium notes the status 422


def test_who_would_stand_above_himself_is_told_the_chain_at_the_field(desk, session, system):
    boss = made(system, first_name="上司")
    below = made(system, first_name="部下", reports_to_id=boss["id"])
    somebody = desk(language="ja")
    somebody.enter(session)
    page = somebody.open(f"/contacts/{boss['id']}/edit")
    page.fill("#f-reports_to_id", "用紙 部下")
    page.click("#f-reports_to_id-list [role=option]")
    expect(page.locator("[name=reports_to_id]")).to_have_value(below["id"])
    page.keyboard.press("Control+Enter")
    chain = "上下関係が循環します：用紙 上司 → 用紙 部下 → 用紙 上司。ほかを選んでください。"
    expect(page.locator("#f-reports_to_id-error")).to_have_text(chain)
    expect(page.locator("#f-reports_to_id")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#f-reports_to_id")).to_have_value("用紙 部下")
    assert system.admin.get(f"/contacts/{boss['id']}").json() == boss
    somebody.faults.clear()  # Chromium notes the status 422


def test_two_who_change_one_record_see_each_other_and_choose(somebody, system):
    one = made(system, title="係長", department="営業部")
    page = somebody.open(f"/contacts/{one['id']}")
    page.keyboard.press("e")
    page.fill("#f-title", "部長")
    page.fill("#f-department", "総務部")
    theirs = {"title": "課長", "department": "法務部", "first_name": "次郎"}
    headers = {"If-Match": f'"{one["version"]}"'}
    assert system.admin.patch(f"/contacts/{one['id']}", json=theirs, headers=headers).status_code == 200
    page.keyboard.press("Control+Enter")
    clash = page.locator(".notice-clash")
    expect(clash).to_contain_text("管理者")
    expect(clash.locator("tr", has_text="Title")).to_contain_text("課長")
    assert somebody.accessibility_faults() == []
    clash.locator("tr", has_text="Department").get_by_role("button").click()
    expect(page.locator("#f-department")).to_have_value("法務部")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Saved")
    saved = system.admin.get(f"/contacts/{one['id']}").json()
    assert [saved[name] for name in ("title", "department", "first_name")] == ["部長", "法務部", "次郎"]
    somebody.faults.clear()  # Chromium notes the status 412


def test_what_is_deleted_comes_back_by_undo(somebody, system):
    one = made(system, first_name="戻る")
    page = somebody.open(f"/contacts/{one['id']}")
    page.click("text=Delete")
    page.wait_for_url("**/contacts")
    page.click("#toasts >> text=Undo")
    page.wait_for_url(f"**/contacts/{one['id']}")
    expect(page.locator("h1")).to_contain_text("戻る")


def test_an_organization_with_contacts_stays_and_says_why(somebody, system, firm):
    made(system, organization_id=firm["id"])
    page = somebody.open(f"/organizations/{firm['id']}")
    page.click("text=Delete")
    expect(page.locator("#notice")).to_contain_text("move or delete them first")
    somebody.faults.clear()  # Chromium notes the status 409


def test_the_same_form_sent_twice_makes_one_contact(system, somebody):
    form = {"last_name": "二度押し", "once": "pressed-twice-00001"}
    cookie = {"Cookie": "; ".join(f"{one['name']}={one['value']}" for one in somebody.context.cookies())}
    client = system.client(**cookie, Origin=system.url)
    ends = [client.post(f"{system.url}/contacts/new", data=form).headers["Location"] for _ in range(2)]
    assert ends[0] == ends[1]


def test_where_addresses_are_always_taken_over_the_form_says_so_and_saving_does_it(somebody, system, firm):
    settings = system.admin.get("/settings/contacts").json()
    always = {"If-Match": f'"{settings["version"]}"'}
    system.admin.patch("/settings/contacts", json={"address_copy": "always"}, headers=always).raise_for_status()
    try:
        page = somebody.open("/contacts/new")
        page.fill("#f-last_name", "常時")
        page.fill("#f-organization_id", "住所写し")
        page.click("#f-organization_id-list [role=option]")
        expect(page.locator(".aside .notice").first).to_contain_text("taken over when you save")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/contacts/*-*")
        expect(page.locator(".blocks")).to_contain_text("大阪市")
    finally:
        now = {"If-Match": f'"{system.admin.get("/settings/contacts").json()["version"]}"'}
        before = {"address_copy": settings["address_copy"]}
        system.admin.patch("/settings/contacts", json=before, headers=now).raise_for_status()


def test_a_row_of_the_list_is_edited_where_it_stands(somebody, system):
    one = made(system, first_name="行", title="係長")
    page = somebody.open("/contacts?q=%E7%94%A8%E7%B4%99+%E8%A1%8C")
    page.focus(".row-link")
    page.keyboard.press("e")
    page.fill("#f-title", "課長")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Saved")
    expect(page).to_have_url(re.compile(re.escape("/contacts?q=%E7%94%A8%E7%B4%99+%E8%A1%8C") + "$"))
    expect(page.locator("tbody tr").first).to_contain_text("課長")
    assert system.admin.get(f"/contacts/{one['id']}").json()["title"] == "課長"


def test_a_contact_that_was_merged_leads_to_the_one_it_went_into(somebody, system):
    survivor, other = made(system, first_name="残る"), made(system, first_name="入る")
    system.admin.post(f"/contacts/{survivor['id']}/merge", json={"other_ids": [other["id"]]}).raise_for_status()
    page = somebody.open(f"/contacts/{other['id']}")
    expect(page).to_have_url(re.compile(survivor["id"] + "$"))
    expect(page.locator("#toasts")).to_contain_text("merged into this record")


def test_what_was_typed_outlives_the_session(somebody, system):
    one = made(system)
    page = somebody.open(f"/contacts/{one['id']}")
    page.keyboard.press("e")
    page.fill("#f-title", "次長")
    somebody.context.clear_cookies(name="musubi_session")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/login**")
    somebody.log_in()
    expect(page).to_have_url(re.compile(one["id"] + "$"))
    page.keyboard.press("e")
    expect(page.locator("#f-title")).to_have_value("次長")


def test_a_duplicate_takes_over_all_but_what_is_each_ones_own(somebody, system):
    firm = system.admin.post("/organizations", json={"name": "複製商事", "employees": 12}).json()
    phones = [{"number": "03-5555-0101", "kind": "work"}]
    own = {"addresses": ["fukusei@screens.example"], "portal": True, "support_end": "2027-03-31"}
    kept = {
        "title": "係長",
        "mailing_city": "港区",
        "tags": ["展示会"],
        "do_not_call": True,
        "organization_id": firm["id"],
    }
    one = made(system, first_name="複製", phones=phones, **kept, **own)
    page = somebody.open(f"/contacts/{one['id']}")
    page.click("text=Duplicate")
    expect(page.locator("#drawer")).to_contain_text("Filled in like 用紙 複製.")
    expect(page.locator("#f-title")).to_have_value("係長")
    assert somebody.accessibility_faults() == []
    page.fill("#f-first_name", "二人目")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: "/contacts/" in url and one["id"] not in url)
    expect(page.get_by_role("heading", level=1)).to_contain_text("二人目")
    copy = system.admin.get(f"/contacts/{page.url.rpartition('/')[2]}").json()
    assert {name: copy[name] for name in kept} == kept
    assert [phone["number"] for phone in copy["phones"]] == [phone["number"] for phone in one["phones"]]
    assert (copy["addresses"], copy["portal"], copy["support_end"]) == ([], False, None)
    page = somebody.open(f"/organizations/new?copy={firm['id']}")
    expect(page.locator("#f-employees")).to_have_value("12")
    expect(somebody.open("/contacts/new?copy=nonsense").locator("#f-title")).to_have_value("")
