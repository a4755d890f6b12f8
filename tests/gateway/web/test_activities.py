"""To-dos, calls, meetings and visits on the page of whom they are about, in a real browser; and their forms' times."""

import re
from zoneinfo import ZoneInfo

import pytest
from flask import g
from playwright.sync_api import expect

from contracts.activities import ACTIVITY_PRIORITIES, CALL_DIRECTIONS, EVENT_STATUSES, TO_DO_STATUSES
from gateway.web.activities.fields import KINDS, WORDS
from gateway.web.app import create_screens
from gateway.web.records import forms, happenings

MOMENT = "2026-12-01T05:00:00.000000Z"


@pytest.fixture
def in_berlin():
    with create_screens("http://127.0.0.1:1").test_request_context("/"):
        g.language, g.zone = "en", ZoneInfo("Europe/Berlin")
        yield


def test_words_that_stand_for_nobody_stay_in_a_row_of_their_own(screens, system):
    chosen = f"contact:{system.admin.post('/contacts', json={'last_name': '言葉'}).json()['id']}"
    typed = {"subject": "訪問", "about": [chosen, ""], "about.label": ["言葉", "だれか"]}
    answer = screens.post("/activities/new?kind=visit", data=typed)
    [rows] = re.findall(r'<fieldset class="rows" data-rows="about">(.*?)</fieldset>', answer.text, re.DOTALL)
    shown, added = rows.split("<template>")
    pairs = re.compile(r'name="about" value="([^"]*)".*?name="about.label" value="([^"]*)"', re.DOTALL)
    assert (pairs.findall(shown), pairs.findall(added)) == ([(chosen, "言葉"), ("", "だれか")], [("", "")])
    assert [place for place, row in enumerate(shown.split('class="entry"')) if "aria-invalid" in row] == [2]


@pytest.fixture
def two(system):
    """Two contacts of one name."""
    return [system.admin.post("/contacts", json={"last_name": "活動", "first_name": name}).json() for name in "甲乙"]


def listed(system, contact, **query):
    asked = {"about_kind": "contact", "about_id": contact["id"], **query}
    return system.admin.get("/activities", params=asked).json()["items"]


def test_a_meeting_is_planned_held_taken_off_and_deleted_on_the_contact_s_page(desk, session, system, two):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/contacts/{two[0]['id']}")
    card, past = (page.locator(f"#related [aria-labelledby=card-{state}_activities]") for state in ("open", "past"))
    expect(card).to_contain_text("Nothing planned yet")
    card.get_by_role("link", name="Meeting").click()
    expect(page.locator("#f-subject")).to_be_focused()
    page.keyboard.type("秋の打合せ")
    page.locator("[data-rows=about] [data-add-row]").click()
    page.keyboard.type("活動 乙")
    expect(page.locator("[data-rows=about] [role=option]")).to_have_count(1)
    page.keyboard.press("Enter")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-starts_at-error")).to_contain_text("say when it takes place")
    assert somebody.accessibility_faults() == []
    somebody.faults.clear()  # Chromium notes the status 422
    page.fill("#f-starts_at", "2026-12-01T14:00")
    page.select_option("#f-reminder_minutes", "30")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("It is written down.")).to_be_visible()
    [made] = listed(system, two[1])
    assert (made["starts_at"], made["ends_at"]) == (MOMENT, "2026-12-01T06:00:00.000000Z")
    assert (made["reminder_minutes"], made["time_zone"], len(made["about"])) == (30, "Asia/Tokyo", 2)

    card.get_by_role("button", name="Done: 秋の打合せ").click()
    expect(page.get_by_text("It is done.")).to_be_visible()
    expect(past).to_contain_text("Held")
    expect(card).to_contain_text("Nothing planned yet")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is open again.")).to_be_visible()
    expect(past).to_have_count(0)
    card.get_by_role("button", name="Take off this record: 秋の打合せ").click()
    expect(card).to_contain_text("Nothing planned yet")
    page.get_by_role("button", name="Undo").click()
    expect(card.get_by_role("link", name="秋の打合せ", exact=True)).to_be_visible()

    card.get_by_role("link", name="秋の打合せ", exact=True).click()
    expect(page.get_by_role("heading", name="秋の打合せ")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Into my calendar").click()
    assert b"DTSTART:20261201T050000Z" in download.value.path().read_bytes()
    page.keyboard.press("e")
    page.fill("#f-place", "本社")
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("本社")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("It is in the recycle bin.")).to_be_visible()
    expect(page.get_by_role("heading", name="活動 甲")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is back.")).to_be_visible()
    [made] = listed(system, two[0])
    assert made["place"] == "本社"


def test_a_to_do_s_time_is_that_of_the_reader_on_a_dark_phone_in_japanese(desk, session, system, two):
    somebody = desk(language="ja", theme="dark", phone=True, zone="Europe/Berlin")
    somebody.enter(session)
    page = somebody.open(f"/contacts/{two[0]['id']}")
    page.get_by_role("link", name="ToDo", exact=True).click()
    page.fill("#f-subject", "電話する")
    page.fill("#f-due_at", "17:00")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#f-due_on-error")).to_contain_text("日付")
    assert somebody.accessibility_faults() == []
    somebody.faults.clear()  # Chromium notes the status 422
    page.fill("#f-due_on", "2026-12-24")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#related")).to_contain_text("2026/12/24 17:00")
    [made] = listed(system, two[0])
    assert (made["due_at"], made["time_zone"]) == ("2026-12-24T16:00:00.000000Z", "Europe/Berlin")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    headers = {"If-Match": f'"{made["version"]}"'}
    system.admin.patch(f"/activities/{made['id']}", json={"status": "In Progress"}, headers=headers).raise_for_status()
    page.get_by_role("button", name="完了にする：電話する").click()
    expect(page.locator("#related")).to_contain_text("完了")
    page.get_by_role("button", name="元に戻す").click()
    expect(page.locator("#related")).to_contain_text("対応中")


def test_a_calendar_program_reads_a_secret_address_until_it_is_ended(desk, system):
    somebody = desk()
    somebody.enter(system.colleague().headers["Authorization"].removeprefix("Bearer "))
    page = somebody.open("/settings/calendar")
    page.get_by_role("button", name="Make an address").click()
    url = page.get_by_label("Copy the address now").input_value()
    stranger = system.client()
    assert stranger.get(url).headers["Content-Type"].startswith("text/calendar")
    page.get_by_text("End the address").click()
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("The address has ended.")).to_be_visible()
    assert stranger.get(url).status_code == 404


def test_the_forms_offer_the_words_of_the_contracts_and_say_each_in_the_reader_s_language():
    said = happenings.STATUSES | WORDS
    for name, kind in KINDS.items():
        offered = dict(kind.choices or {})
        assert {word for words in offered.values() for word in words} <= said.keys()
        assert offered.pop("status") == (TO_DO_STATUSES if name == "to_do" else EVENT_STATUSES)
        assert offered.pop("priority") == ACTIVITY_PRIORITIES
        assert set(offered.values()) <= {CALL_DIRECTIONS}


def test_a_moment_comes_back_from_the_form_as_it_was(in_berlin):
    meeting = {"starts_at": MOMENT, "all_day": False, "about": [{"kind": "contact", "id": "1"}]}
    shown = forms.of_record(KINDS["meeting"], meeting)
    assert (shown["starts_at"], shown["about"]) == ("2026-12-01T06:00", ["contact:1"])
    body = forms.body(KINDS["meeting"], shown | {"ends_on": "2026-12-02"}, ["starts_at", "ends_on", "about"])
    assert body == {
        "starts_at": "2026-12-01T06:00:00+01:00",
        "about": [{"kind": "contact", "id": "1"}],
        "time_zone": "Europe/Berlin",
    }


def test_day_and_time_of_a_to_do_are_one_moment(in_berlin):
    to_do = KINDS["to_do"]
    shown = forms.of_record(to_do, {"due_at": MOMENT, "due_on": "2026-12-01"})
    assert (shown["due_on"], shown["due_at"]) == ("2026-12-01", "06:00")
    moved = forms.body(to_do, shown | {"due_on": "2026-12-05"}, ["due_on"])
    assert moved == {"due_at": "2026-12-05T06:00:00+01:00", "time_zone": "Europe/Berlin"}
    whole = forms.body(to_do, shown | {"due_at": ""}, ["due_at"])
    assert whole == {"due_on": "2026-12-01", "time_zone": "Europe/Berlin"}
    assert forms.body(to_do, shown | {"subject": "電話"}, ["subject"]) == {"subject": "電話"}


def test_what_was_deleted_is_found_in_the_recycle_bin_and_the_quick_search_finds_what_is_sold(
    desk, session, system, two
):
    about = [{"kind": "contact", "id": two[0]["id"]}]
    made = system.admin.post("/activities", json={"kind": "to_do", "subject": "捨てる用件", "about": about})
    path = f"/activities/{made.json()['id']}"
    assert system.admin.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    sold = system.admin.post("/opportunities", json={"name": "探される案件", "contact_id": two[0]["id"]}).json()
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/recycle-bin?kind=activities")
    page.get_by_role("row", name="捨てる用件").get_by_role("button", name="Restore").click()
    expect(page.get_by_text("Restored: 1 record")).to_be_visible()
    assert system.admin.get(path).status_code == 200
    page.keyboard.press("/")
    page.keyboard.type("探される")
    page.get_by_role("option", name=sold["number"]).click()
    expect(page.get_by_role("heading", name="探される案件")).to_be_visible()
