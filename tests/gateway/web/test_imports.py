"""Importing a file by its screens, and downloading a list, in a real browser."""

import os
import secrets

import pytest
from playwright.sync_api import expect

LIST = "姓,名,メール,靴{tag},タグ\n田中{tag},太郎,tanaka-{tag}@abc.example,27,{tag}\n鈴木{tag},花子,kein@,26,{tag}\n"


@pytest.fixture
def listed():
    """A file of two people, one of whom cannot be taken, and their tag."""
    tag = secrets.token_hex(4)
    content = LIST.format(tag=tag).encode("cp932")
    return {"name": f"名簿-{tag}.csv", "mimeType": "text/csv", "buffer": content}, tag


def upload(page, file):
    page.set_input_files("#file", file)
    with page.expect_navigation(url="**/imports/*-*"):
        page.get_by_role("button", name="Upload and look at it").click()


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def test_a_file_is_imported_and_undone_by_its_screens(desk, session, system, listed):
    file, tag = listed
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/contacts")
    page.locator(".page-actions").get_by_role("link", name="Import").click()
    upload(page, file)
    expect(page.locator("h1")).to_contain_text(file["name"])
    expect(page.locator("#encoding")).to_have_value("cp932")
    expect(page.get_by_label("姓", exact=True)).to_have_value("last_name")
    expect(page.get_by_label(f"靴{tag}", exact=True)).to_have_value("")
    expect(page.locator("#main")).to_contain_text("Line 3: メール: kein@ is no mail address")
    page.get_by_label(f"靴{tag}", exact=True).select_option("description")
    page.get_by_label("Add what the record lacks").check()
    press(page, "Start the import")
    page.get_by_role("status").get_by_text("Imported", exact=True).wait_for()
    expect(page.locator(".import-facts")).to_contain_text("1")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the report").click()
    assert "kein@ is no mail address" in download.value.path().read_text("utf-8-sig")
    [person] = system.admin.get("/contacts", params={"query": tag}).json()["items"]
    assert person["description"] == "27"
    press(page, "Undo the import")
    page.get_by_role("status").get_by_text("Undone", exact=True).wait_for()
    assert system.admin.get("/contacts", params={"query": tag}).json()["items"] == []


def test_what_is_no_list_is_refused_where_it_was_chosen(desk, session):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/imports?kind=organization")
    expect(page.get_by_label("Organizations")).to_be_checked()
    page.set_input_files("#file", {"name": "a.xlsx", "mimeType": "application/zip", "buffer": b"PK\x03\x04xlsx"})
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("alert").get_by_text("Save As").wait_for()
    # The same again, as if it had been mended: it is looked at anew.
    with page.expect_response("**/api/v1/imports?*") as answered:
        page.get_by_role("button", name="Upload and look at it").click()
    assert answered.value.status == 422
    page.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": b""})
    page.get_by_role("button", name="Upload and look at it").click()
    page.get_by_role("alert").get_by_text("The file is empty.").wait_for()
    # The browser writes every answer above 400 to its console.
    somebody.faults.clear()


def test_a_file_that_is_too_large_is_refused_before_any_of_it_is_sent(desk, session, tmp_path):
    somebody = desk(language="ja")
    somebody.enter(session)
    page = somebody.open("/imports")
    file, sent = tmp_path / "a.csv", list[str]()
    page.on("request", lambda asked: sent.append(asked.url))
    file.touch()
    os.truncate(file, 100_000_001)
    page.set_input_files("#file", file)
    page.get_by_role("button", name="アップロードして確認").click()
    sentence = "ファイルが 100 MB を超えています。分割して、1 つずつインポートしてください。"
    expect(page.get_by_role("alert")).to_have_text(sentence)
    expect(page.locator("#file")).to_have_attribute("aria-invalid", "true")
    assert sent == []


def test_a_file_is_read_anew_as_one_says_and_its_mapping_saved(desk, session, listed):
    file, tag = listed
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/imports")
    upload(page, file)
    page.select_option("#encoding", "utf-8")
    press(page, "Look again")
    page.get_by_role("alert").get_by_text("cannot be read as UTF-8").wait_for()
    page.select_option("#encoding", "cp932")
    press(page, "Look again")
    page.get_by_label(f"靴{tag}", exact=True).select_option("title")
    page.fill("#name", tag)
    press(page, "Save")
    page.get_by_text("The mapping is saved.").wait_for()
    upload(somebody.open("/imports"), file)
    expect(page.get_by_label(f"靴{tag}", exact=True)).to_have_value("title")
    page.select_option("#saved", label=tag)
    press(page, "Delete the mapping")
    expect(page.locator("#toasts")).to_contain_text("The mapping is deleted.")
    expect(page.locator("#saved option", has_text=tag)).to_have_count(0)
    press(page, "Undo")
    expect(page.locator("#saved option", has_text=tag)).to_have_count(1)
    press(page, "Forget this file")
    page.get_by_text("The file is forgotten.").wait_for()


def test_a_list_is_downloaded_as_it_is_narrowed_or_what_is_chosen_of_it(desk, session, people):
    somebody = desk(language="ja")
    somebody.enter(session)
    page = somebody.open("/contacts?q=画面07")
    page.locator(".list-said summary", has_text="エクスポート").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV", exact=True).click()
    head, row = download.value.path().read_text("utf-8-sig").splitlines()
    assert head.startswith("姓,名")
    assert row.startswith("画面07,花子")
    page = somebody.open("/contacts?q=画面0")
    page.get_by_label("画面05 花子 を選択").check()
    page.locator("#bulk summary", has_text="エクスポート").click()
    with page.expect_download() as download:
        page.locator("#bulk").get_by_role("button", name="vCard").click()
    cards = download.value.path().read_text()
    assert ("FN:画面05 花子" in cards, cards.count("BEGIN:VCARD")) == (True, 1)


def test_a_bar_that_asks_how_far_it_is_outlives_an_answer_that_does_not_come(desk, session):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/imports")
    answers = iter([(504, "too late"), (429, "too often"), (200, '<p id="bar">All rows are in.</p>')])

    def answer(route):
        status, body = next(answers)
        route.fulfill(status=status, body=body, content_type="text/html")

    page.route("**/how-far", answer)
    bar = '<p id="bar" hx-get="/how-far" hx-trigger="every 100ms" hx-swap="outerHTML">Half of the rows</p>'
    page.evaluate("bar => { main.insertAdjacentHTML('beforeend', bar); htmx.process(main) }", bar)
    expect(page.locator("#bar")).to_have_text("All rows are in.")
    expect(page.locator("#main")).not_to_contain_text("too ")
    somebody.faults.clear()


def test_columns_without_names_and_files_that_failed_say_what_to_do(desk, session, system):
    somebody = desk(language="ja")
    somebody.enter(session)
    page = somebody.open("/imports")
    page.set_input_files(
        "#file", {"name": "無名.csv", "mimeType": "text/csv", "buffer": "田中,03-1234-5678\n".encode()}
    )
    page.get_by_role("button", name="アップロードして確認").click()
    expect(page.get_by_label("列 2", exact=True)).to_have_value("phones")
    page.get_by_label("列 1", exact=True).select_option("last_name")
    broken = system.admin.post(
        "/imports",
        params={"record_kind": "organization"},
        content='会社名\n結び\n"商事\n'.encode(),
        headers={"Content-Type": "text/csv"},
    ).json()
    system.admin.post(f"/imports/{broken['id']}/start")
    page = somebody.open(f"/imports/{broken['id']}")
    page.get_by_role("link", name="別のファイルを選ぶ").click()
    expect(page.get_by_label("顧客企業")).to_be_checked()
