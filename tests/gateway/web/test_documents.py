"""The documents of a contact and of an organization by their screen, in a real browser."""

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
    assert somebody.accessibility_faults() == []
    somebody.picture(f"documents-{plural}")
    row.get_by_role("button", name=f"Delete: {NAME}").click()
    expect(page.get_by_text("The document is in the recycle bin.")).to_be_visible()
    expect(row).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The document is back.")).to_be_visible()
    expect(row).to_contain_text(NAME)
    page.get_by_role("link", name="Timeline").click()
    page.check("input[value=document]")
    expect(page.locator("#entries")).to_contain_text(NAME)


def test_what_cannot_be_kept_is_refused_at_the_field_in_the_language_of_the_reader(desk, session, system):
    made = system.admin.post("/contacts", json={"last_name": "空"}).json()
    somebody = desk(language="ja", phone=True)
    somebody.enter(session)
    page = somebody.open(f"/contacts/{made['id']}/documents")
    button = page.get_by_role("button", name="アップロード")
    for content, sentence in ((b"", "ファイルが空です"), (b"x" * 25_000_001, "25 MB を超えています")):
        page.set_input_files("#file", {"name": "a.bin", "mimeType": "application/zip", "buffer": content})
        button.click()
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.locator("#file")).to_have_attribute("aria-invalid", "true")
    assert somebody.accessibility_faults() == []
    somebody.picture("documents-refused")
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
    assert page.locator("#file, .listing button").count() == 0
