"""The documents of a contact and of an organization by their screen, in a real browser."""

import os

import pytest
from playwright.sync_api import expect

NAME, CONTENT = "見積書 2026.pdf", b"%PDF-1.7\n" + b"x" * 1_240_000


def upload(page, name, content):
    page.set_input_files("#file", {"name": name, "mimeType": "application/pdf", "buffer": content})
    page.get_by_role("button", name="Upload").click()


@pytest.mark.parametrize(
    ("plural", "data"), [("contacts", {"last_name": "書類"}), ("organizations", {"name": "書類㈱"})]
)
def test_a_file_is_put_with_a_record_downloaded_deleted_and_taken_back(desk, session, system, plural, data):
    made = system.admin.post(f"/{plural}", json=data).json()
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/{plural}/{made['id']}")
    page.get_by_role("navigation", name="Parts of this page").get_by_role("link", name="Documents").click()
    expect(page.locator(".empty")).to_contain_text("Choose a file above")
    upload(page, NAME, CONTENT)
    expect(page.get_by_text("The document is there.")).to_be_visible()
    row = page.locator(".listing tbody tr")
    expect(row).to_contain_text("1.2 MB")
    expect(row).to_contain_text("管理者")
    with page.expect_download() as download:
        row.get_by_role("link", name=NAME).click()
    assert download.value.path().read_bytes() == CONTENT
    assert download.value.suggested_filename == NAME
    row.get_by_role("button", name=f"Delete: {NAME}").click()
    expect(page.get_by_text("The document is in the recycle bin.")).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The document is back.")).to_be_visible()
    expect(row).to_contain_text(NAME)
    page.get_by_role("link", name="Timeline").click()
    page.check("input[value=document]")
    expect(page.locator("#entries")).to_contain_text(NAME)


def test_the_recycle_bin_has_documents_too_and_gives_them_back(desk, session, system):
    made = system.admin.post("/contacts", json={"last_name": "復元"}).json()
    headers = {"Content-Type": "application/octet-stream"}
    for name in ("戻す.pdf", "残す.pdf"):
        asked = {"kind": "contact", "id": made["id"], "name": name}
        kept = system.admin.post("/documents", params=asked, content=b"%PDF-1.7", headers=headers).json()
        system.admin.delete(f"/documents/{kept['id']}", headers={"If-Match": '"1"'}).raise_for_status()
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/recycle-bin")
    page.get_by_role("navigation", name="What is in the recycle bin").get_by_role("link", name="Documents").click()
    page.fill("#q", "戻す")
    rows = page.locator(".listing tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("管理者")
    expect(rows.get_by_role("link", name="復元")).to_be_visible()
    rows.get_by_role("button", name="Restore 戻す.pdf").click()
    expect(page.get_by_text("Restored: 1 document")).to_be_visible()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page = somebody.open(f"/contacts/{made['id']}")
    card = page.get_by_role("region", name="Documents")
    expect(card).to_contain_text("8 byte")
    with page.expect_download() as download:
        card.get_by_role("link", name="戻す.pdf").click()
    assert download.value.suggested_filename == "戻す.pdf"


def test_a_file_whose_answer_is_lost_is_there_once_when_it_is_sent_again(desk, session, system):
    made = system.admin.post("/contacts", json={"last_name": "再送"}).json()
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/contacts/{made['id']}/documents")

    def lose(route):
        route.fetch()
        route.abort()

    page.route("**/api/v1/documents?*", lose, times=1)
    upload(page, NAME, CONTENT)
    expect(page.get_by_role("alert")).to_contain_text("Musubi does not answer")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("The document is there.")).to_be_visible()
    expect(page.locator(".listing tbody tr")).to_have_count(1)
    somebody.faults.clear()  # Chromium notes the answer that was lost


def test_what_cannot_be_kept_is_refused_at_the_field_in_the_language_of_the_reader(desk, session, system, tmp_path):
    made = system.admin.post("/contacts", json={"last_name": "空"}).json()
    somebody = desk(language="ja", phone=True)
    somebody.enter(session)
    page = somebody.open(f"/contacts/{made['id']}/documents")
    button = page.get_by_role("button", name="アップロード")
    file = tmp_path / "a.bin"
    for size, sentence in ((0, "ファイルが空です"), (25_000_001, "25 MB を超えています")):
        file.touch()
        os.truncate(file, size)
        page.set_input_files("#file", file)
        button.click()
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.locator("#file")).to_have_attribute("aria-invalid", "true")
    assert somebody.accessibility_faults() == []
    assert system.admin.get("/documents", params={"kind": "contact", "id": made["id"]}).json()["items"] == []


def test_who_may_only_read_is_offered_downloads_alone(desk, system):
    made = system.admin.post("/contacts", json={"last_name": "読む"}).json()
    asked = {"kind": "contact", "id": made["id"], "name": "a.txt"}
    headers = {"Content-Type": "application/octet-stream"}
    system.admin.post("/documents", params=asked, content=b"x", headers=headers).raise_for_status()
    somebody = desk()
    somebody.enter(system.token("root", "read"))
    page = somebody.open(f"/contacts/{made['id']}/documents")
    expect(page.get_by_role("link", name="a.txt")).to_be_visible()
    expect(page.locator("#file, .listing button")).to_have_count(0)


def test_a_deleted_document_of_a_ticket_leads_to_its_ticket(screens, system):
    made = system.admin.post("/tickets", json={"title": "添付"}).json()
    asked = {"kind": "ticket", "id": made["id"], "name": "写真.png"}
    headers = {"Content-Type": "application/octet-stream"}
    kept = system.admin.post("/documents", params=asked, content=b"x", headers=headers).raise_for_status().json()
    system.admin.delete(f"/documents/{kept['id']}", headers={"If-Match": '"1"'}).raise_for_status()
    page = screens.get("/recycle-bin?kind=documents&q=写真").text
    assert f'<a href="/tickets/{made["id"]}">Ticket</a>' in page
