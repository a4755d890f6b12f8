"""The pages of contacts and organizations, in a real browser."""

import re
import struct
import zlib
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from gateway.web.api import Api

FIRMS = ("親会社㈱", "組織図㈱", "子会社㈱")


def png(side):
    """A real image of one colour."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\x00" + b"\x20\x80\xc0" * side) * side
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.fixture(scope="session")
def firm(system):
    """An organization of four: its head, who decides, two below, and one of another organization above."""

    def made(name, above=None):
        return system.admin.post("/organizations", json={"name": name, "member_of_id": above and above["id"]}).json()

    other = made("親会社㈱")
    firm = made("組織図㈱", other)
    made("子会社㈱", firm)

    def one(last_name, **data):
        return system.admin.post("/contacts", json={"last_name": last_name, **data}).json()

    owner = one("会長", organization_id=other["id"])
    head = one("社長", organization_id=firm["id"], decision_maker=True, reports_to_id=owner["id"], title="代表取締役")
    staff = [one(name, organization_id=firm["id"], reports_to_id=head["id"]) for name in ("部下一", "部下二")]
    quote = {"subject": "見積", "contact_id": head["id"], "organization_id": firm["id"]}
    system.admin.post("/quotes", json=quote).raise_for_status()
    system.admin.post(
        "/activities", json={"kind": "call", "subject": "電話", "about": [{"kind": "contact", "id": head["id"]}]}
    )
    return {"id": firm["id"], "owner": owner, "head": head, "staff": staff}


@pytest.fixture
def somebody(desk, session, people):
    one = desk()
    one.enter(session)
    one.open("/contacts")
    return one


def test_star_tags_and_image_change_on_the_page_itself(somebody, system):
    made = system.admin.post("/contacts", json={"last_name": "印", "tags": ["古い"]}).json()
    page = somebody.open(f"/contacts/{made['id']}")
    page.click("#star")
    expect(page.locator("#star")).to_have_attribute("aria-pressed", "true")
    page.fill("#tag-new", "新しい")
    page.keyboard.press("Enter")
    expect(page.locator("#tags .chip")).to_have_count(2)
    expect(page.locator("#tag-new")).to_be_focused()
    page.click("#tags .chip:has-text('古い') button")
    expect(page.locator("#tags .chip")).to_have_count(1)
    expect(page.locator("#toasts")).to_contain_text("The tag is removed: 古い")
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#tags .chip")).to_have_text([re.compile("古い"), re.compile("新しい")])
    page.click("#tags .chip:has-text('古い') button")
    expect(page.locator("#tags .chip")).to_have_count(1)
    page.click(".portrait-menu summary")
    page.set_input_files("#image-file", {"name": "x.png", "mimeType": "image/png", "buffer": b"no image"})
    expect(page.locator("#image-problem")).to_contain_text("choose another file")
    page.set_input_files("#image-file", {"name": "x.png", "mimeType": "image/png", "buffer": png(900)})
    expect(page.locator("#portrait img")).to_be_visible()
    expect(page.locator("#portrait img")).not_to_have_js_property("naturalWidth", 0)
    assert system.admin.get(f"/contacts/{made['id']}").json()["tags"] == ["新しい"]
    page.click(".portrait-menu summary")
    page.click("text=Remove the image")
    expect(page.locator("#portrait img")).to_have_count(0)
    expect(page.locator("#toasts")).to_contain_text("The image is removed.")
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("The image is back.")
    expect(page.locator("#portrait img")).to_be_visible()
    before = system.admin.get(f"/contacts/{made['id']}/image").content
    page.click(".portrait-menu summary")
    page.set_input_files("#image-file", {"name": "y.png", "mimeType": "image/png", "buffer": png(901)})
    expect(page.locator("#toasts")).to_contain_text("The image is replaced.")
    assert system.admin.get(f"/contacts/{made['id']}/image").content != before
    with page.expect_navigation():
        page.get_by_role("button", name="Undo").click()
    expect(page.locator("#toasts")).to_contain_text("The image is back.")
    assert system.admin.get(f"/contacts/{made['id']}/image").content == before
    page.click("text=Changes")
    expect(page.locator(".event").first).to_contain_text("Edited")
    somebody.faults.clear()  # Chromium notes the status 422


def test_changes_tell_before_and_after_in_words(somebody, system, firm):
    made = system.admin.post("/contacts", json={"last_name": "経過", "organization_id": firm["id"]}).json()
    change = {
        "organization_id": None,
        "phones": ["03-1234-5678"],
        "reports_to_id": firm["owner"]["id"],
        "portal": False,
    }
    system.admin.patch(f"/contacts/{made['id']}", json=change, headers={"If-Match": '"1"'}).raise_for_status()
    page = somebody.open(f"/contacts/{made['id']}/changes")
    rows = page.locator(".changed").first
    expect(rows.locator("tr", has_text="Organization")).to_contain_text("組織図㈱")
    expect(rows.locator("tr", has_text="Phone")).to_contain_text("03-1234-5678")
    expect(rows.locator("tr", has_text="Reports to")).to_contain_text("会長")
    expect(page.locator(".event").first).to_contain_text("管理者")


def test_an_opt_out_says_when_by_whom_and_by_what_way(somebody, system):
    made = system.admin.post("/contacts", json={"last_name": "停止", "email_opt_out": True}).json()
    page = somebody.open(f"/contacts/{made['id']}")
    facts = page.locator("dt", has_text="No marketing mails").locator("xpath=following-sibling::dd[1]")
    expect(facts).to_contain_text("管理者 · told by another system")
    expect(facts.locator("time")).to_have_attribute("datetime", made["opted_out_at"])


def test_a_comment_stands_on_the_timeline_and_kinds_narrow_it(somebody, system):
    made = system.admin.post("/contacts", json={"last_name": "会話"}).json()
    page = somebody.open(f"/contacts/{made['id']}")
    expect(page.locator("#related")).to_contain_text("Nothing planned yet")
    page.click("nav >> text=Timeline")
    expect(page.locator("#entries")).to_contain_text("Nothing happened yet")
    page.fill("#comment", "電話で確認済み\n折り返し待ち")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline .event")).to_contain_text("電話で確認済み")
    expect(page.locator(".timeline .event")).to_contain_text("Comment of 管理者")
    page.check("input[value=mail]")
    expect(page.locator("#entries")).to_contain_text("Nothing here yet")
    page.wait_for_url("**kind=mail")


def test_ones_own_comment_is_changed_deleted_and_taken_back_where_it_stands(somebody, system):
    made = system.admin.post("/contacts", json={"last_name": "訂正"}).json()
    record, other = {"kind": "contact", "id": made["id"]}, system.colleague()
    system.admin.post("/comments", json={"record": record, "text": "電話した"}).raise_for_status()
    other.post("/comments", json={"record": record, "text": "不在だった"}).raise_for_status()
    page = somebody.open(f"/contacts/{made['id']}/timeline")
    theirs, own = (page.locator(".event", has_text=text) for text in ("不在だった", "電話した"))
    expect(theirs.get_by_text("Edit")).to_have_count(0)
    own.locator("summary").click()
    own.locator("textarea").fill("電話した\n折り返し待ち")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("The comment is changed.")).to_be_visible()
    expect(own.locator(".comment-text")).to_have_text("電話した\n折り返し待ち")
    expect(own).to_contain_text("Edited")
    for event, text in ((own, "折り返し待ち"), (theirs, "不在だった")):
        event.get_by_role("button", name="Delete").click()
        expect(page.get_by_text("The comment is deleted.")).to_be_visible()
        expect(event).to_have_count(0)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("The comment is back.")).to_be_visible()
        expect(event).to_contain_text(text)


def test_times_are_those_of_the_reader_and_days_are_nobodys(desk, session, system):
    made = system.admin.post("/contacts", json={"last_name": "時差", "birthday": "1990-01-01"}).json()
    somebody = desk(zone="Pacific/Honolulu")
    somebody.enter(session)
    somebody.open("/login")
    page = somebody.open(f"/contacts/{made['id']}")
    there = datetime.fromisoformat(made["created_at"]).astimezone(ZoneInfo("Pacific/Honolulu"))
    expect(page.locator(f"time[datetime='{made['created_at']}']").first).to_contain_text(f"{there:%H:%M}")
    expect(page.get_by_text("1 January 1990")).to_be_visible()


def test_the_chart_is_walked_by_the_keyboard_and_told_as_a_list(somebody, firm):
    page = somebody.open(f"/organizations/{firm['id']}/chart")
    boxes = page.locator("svg.chart a")
    expect(boxes).to_have_count(4)
    assert boxes.evaluate_all("all => all.map((one) => one.querySelector('title').textContent)") == [
        "会長, Another organization",
        "社長, 代表取締役, Decision maker",
        "部下一",
        "部下二",
    ]
    page.focus(".chart-room")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/contacts/{firm['head']['id']}")
    page.click("text=People above and below")
    expect(page.locator(".chain")).to_contain_text("会長")
    expect(page.locator(".chain-below li")).to_have_count(2)
    page.click("text=Chart of the organization")
    page.click("summary:has-text('As a list')")
    expect(page.locator(".chart-list li")).to_have_count(4)
    wide = page.locator("svg.chart").bounding_box()["width"]
    page.click("[data-zoom='+']")
    assert page.locator("svg.chart").bounding_box()["width"] > wide


def test_a_wide_chart_begins_with_the_top_and_is_told_as_a_list_on_paper(somebody, system):
    def one(last_name, **data):
        return system.admin.post("/contacts", json={"last_name": last_name, **data}).json()["id"]

    wide = system.admin.post("/organizations", json={"name": "横長商事"}).json()["id"]
    top = one("頂点", organization_id=wide)
    for number in range(14):
        head = one(f"部長{number}", organization_id=wide, reports_to_id=top)
        one(f"部員{number}", organization_id=wide, reports_to_id=head)
    page = somebody.open(f"/organizations/{wide}/chart")
    expect(page.get_by_role("link", name="頂点")).to_be_in_viewport()
    expect(page.get_by_role("link", name="部長0", exact=True)).not_to_be_in_viewport()
    page.emulate_media(media="print")
    expect(page.locator(".chart-list li").first).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(".chart-list li")).to_have_count(29)
    expect(page.locator(".chart-list li").first).to_be_visible()


def test_many_tags_are_folded_and_long_names_stay_in_their_place(desk, session, system):
    data = {"last_name": "W" * 60, "tags": [f"札{number}" for number in range(20)]}
    made = system.admin.post("/contacts", json=data).json()
    somebody = desk(phone=True)
    somebody.enter(session)
    page = somebody.open(f"/contacts/{made['id']}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    last = page.locator("#tags .chip", has_text="札19")
    expect(last).to_be_hidden()
    page.get_by_text("8 more").click()
    expect(last).to_be_visible()
    assert somebody.accessibility_faults() == []


def test_an_organization_stands_between_those_above_and_below_it(somebody, firm):
    page = somebody.open(f"/organizations/{firm['id']}")
    page.get_by_role("link", name="Hierarchy").click()
    rows = page.locator(".hierarchy li")
    expect(rows).to_have_text([re.compile(f"{name}.*Level {level}") for level, name in enumerate(FIRMS, 1)])
    expect(page.locator(".hierarchy [aria-current]")).to_contain_text("組織図㈱")
    page.get_by_role("link", name="New organization below this one").click()
    expect(page.locator("#f-member_of_id")).to_have_value("組織図㈱")
    page.keyboard.press("Escape")
    page.get_by_role("link", name="子会社㈱").click()
    expect(page.locator(".hierarchy [aria-current]")).to_contain_text("子会社㈱")
    expect(rows).to_have_count(3)


def test_the_chart_fits_on_one_sheet_of_paper(somebody, firm):
    page = somebody.open(f"/organizations/{firm['id']}/chart")
    sheets = page.pdf(prefer_css_page_size=True)
    assert sheets.count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    expect(page.locator(".record-head")).to_be_hidden()
    expect(page.locator("svg.chart")).to_be_visible()


def test_a_tag_is_added_though_a_colleague_saves_in_the_same_moment(screens, system, monkeypatch):
    made = system.admin.post("/contacts", json={"last_name": "同時"}).json()
    path, patch = f"/contacts/{made['id']}", Api.patch

    def just_before(self, *args, **kwargs):
        monkeypatch.setattr(Api, "patch", patch)
        system.admin.patch(path, json={"title": "部長"}, headers={"If-Match": '"1"'}).raise_for_status()
        return patch(self, *args, **kwargs)

    monkeypatch.setattr(Api, "patch", just_before)
    assert screens.post(f"{path}/tags", data={"add": "新"}).status_code == 303
    saved = system.admin.get(path).json()
    assert (saved["tags"], saved["title"]) == (["新"], "部長")
