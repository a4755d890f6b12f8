"""The same done to all that match, however many: progress wherever one is, Undo, in a real browser."""

import re
import secrets

import pytest
from playwright.sync_api import Route, expect
from sqlalchemy import update

from chassis.engine import make_engine
from contacts_service.mass.changing import STOPPED
from contacts_service.mass.models import MassChange
from gateway.web.imports import views as imports
from gateway.web.mass import views as mass
from tests.infra import eventually

MANY = 230


@pytest.fixture(scope="module")
def crowd(system):
    """More contacts than are changed at once, and the word that finds them."""
    word = f"群衆{secrets.token_hex(3)}"
    content = "姓,役職\n" + "".join(f"{word}第{number},旧係\n" for number in range(MANY))
    headers = {"Content-Type": "text/csv"}
    asked = {"record_kind": "contact"}
    made = system.admin.post("/imports", params=asked, content=content.encode(), headers=headers).json()
    system.admin.post(f"/imports/{made['id']}/start")
    eventually(lambda: system.admin.get(f"/imports/{made['id']}").json()["created"] == MANY)
    return word


def titles(system, word):
    asked = {"query": word, "limit": 200}
    first = system.admin.get("/contacts", params=asked).json()
    rest = system.admin.get(f"{system.url}{first['next']}").json()
    return {each["title"] for page in (first, rest) for each in page["items"]}


def test_all_that_match_are_changed_while_one_goes_on_and_undone(desk, session, system, crowd):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/contacts?q={crowd}")
    # It would be over before anybody looks.
    held: list[Route] = []
    page.route("**/strip", lambda route: held.append(route))
    page.check("[data-pick-all]")
    expect(page.locator("#bulk")).to_contain_text(f"All that match: {MANY} contacts")
    page.check("[name=everything]")
    page.click("text=Change a field")
    page.select_option("#bulk-field", "title")
    page.fill("#bulk-value-of", "新係")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name=f"Change of {MANY} contacts")).to_contain_text(f"of {MANY}")
    assert somebody.accessibility_faults() == []
    for route in held:
        route.continue_()
    page.unroute("**/strip")
    expect(page.locator("#toasts")).to_contain_text(f"Changed: {MANY} contacts")
    expect(page.locator("tbody tr").first).to_contain_text("新係")
    assert titles(system, crowd) == {"新係"}
    page.click("#toasts >> text=Undo")
    expect(page.locator("#toasts")).to_contain_text(f"Undone: {MANY} contacts")
    expect(page.locator("tbody tr").first).to_contain_text("旧係")
    assert titles(system, crowd) == {"旧係"}


def test_what_was_not_done_is_listed_with_its_reason(desk, session, system):
    word = f"廃業{secrets.token_hex(3)}"
    firm, _ = (system.admin.post("/organizations", json={"name": f"{word}{number}"}).json() for number in range(2))
    system.admin.post("/contacts", json={"last_name": "残る人", "organization_id": firm["id"]})
    somebody = desk(language="ja")
    somebody.enter(session)
    page = somebody.open(f"/organizations?q={word}")
    page.check("[data-pick-all]")
    page.click("#bulk >> text=削除")
    expect(page.locator(".refused li")).to_contain_text(f"{word}0")
    page.click("#toasts >> text=変更できなかったもの")
    page.wait_for_selector("h1:has-text('一括削除：顧客企業 2 件')")
    expect(page.locator("tbody")).to_contain_text("まだ担当者がいます")
    page.click("#undo")
    page.wait_for_selector("#toasts >> text=変更前の状態に戻しました。")
    assert len(system.admin.get("/organizations", params={"query": word}).json()["items"]) == 2


def deleted(system, name):
    """A mass change of one contact."""
    made = system.admin.post("/contacts", json={"last_name": name}).json()
    asked = {"record_kind": "contact", "action": "delete", "data": {}, "ids": [made["id"]]}
    return system.admin.post("/mass-changes", json=asked).json()


def test_an_undoing_that_ended_by_our_fault_is_begun_again_by_a_second_click(screens, system):
    made = deleted(system, "二度目")
    screens.post(f"/mass-changes/{made['id']}/undo")
    # As whoever gives up leaves it.
    engine = make_engine(system.processes.env["MUSUBI_DATABASE_URL"].format(service="contacts"))
    with engine.begin() as connection:
        connection.execute(update(MassChange).where(MassChange.id == made["id"]).values(state=STOPPED))
    engine.dispose()
    screens.post(f"/mass-changes/{made['id']}/undo")
    assert system.admin.get(f"/mass-changes/{made['id']}").json()["state"] == "undone"


def test_mass_changes_and_imports_of_long_ago_are_reached_by_the_next_page(screens, system, monkeypatch):
    changes = [deleted(system, name)["id"] for name in ("先", "後")]
    headers, asked = {"Content-Type": "text/csv"}, {"record_kind": "contact"}
    files = [
        system.admin.post("/imports", params=asked, content="姓\n先\n".encode(), headers=headers) for _ in range(2)
    ]
    for views, path, ids in (
        (mass, "/mass-changes", changes),
        (imports, "/imports", [file.json()["id"] for file in files]),
    ):
        monkeypatch.setattr(views, "LATEST", 1)
        first = screens.get(path).text
        [further] = re.findall(r'class="btn more" href="([^"]+)"', first)
        second = screens.get(further.replace("&amp;", "&")).text
        assert [id in page for page in (first, second) for id in ids] == [False, True, True, False]
