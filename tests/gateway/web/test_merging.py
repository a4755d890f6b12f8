"""Likely duplicates, merging side by side, and taking apart again, in a real browser."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def desk_of(desk, session):
    somebody = desk()
    somebody.enter(session)
    return somebody


def made(system, path, **data):
    answer = system.admin.post(path, json=data)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_two_are_compared_merged_and_taken_apart_again(desk_of, system):
    one = made(system, "/contacts", last_name="統合", first_name="一", title="課長", phones=["03-5555-0101"])
    two = made(
        system, "/contacts", last_name="統合", first_name="一", title="部長", phones=["03-5555-0101"], tags=["二"]
    )
    page = desk_of.open(f"/contacts/{one['id']}")
    page.click("section.same >> text=Compare and merge")
    page.check(f"input[name='v.title'][value='{two['id']}']")
    expect(page.locator("tr:has(input[name='v.title']) .result")).to_have_text("部長")
    page.click("main button:has-text('Merge')")
    page.wait_for_selector("#toasts >> text=Both are one now.")
    merged = system.admin.get(f"/contacts/{one['id']}").json()
    assert (merged["title"], merged["tags"]) == ("部長", ["二"])
    page.click("section.same >> text=Take out again")
    page.wait_for_selector("#toasts >> text=They are two again.")
    expect(page).to_have_url(re.compile(two["id"] + "$"))
    assert system.admin.get(f"/contacts/{one['id']}").json()["title"] == "課長"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_on_a_phone_the_records_stand_one_below_the_other_and_nothing_scrolls_sideways(desk, session, system, language):
    sides = [
        made(system, "/contacts", last_name="携帯", title=title, addresses=[f"{name}@a-long-name.example"])
        for title, name in (("営業部長 兼 新規開拓推進室長", "keitai.first.address"), ("部長", "keitai.second.address"))
    ]
    somebody = desk(language=language, phone=True)
    somebody.enter(session)
    page = somebody.open(f"/contacts/merge?ids={sides[0]['id']}&ids={sides[1]['id']}")
    choice = page.locator(f"input[name='v.title'][value='{sides[1]['id']}']")
    choice.check()
    expect(page.locator("tr:has(input[name='v.title']) .result")).to_have_text("部長")
    expect(page.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(3)
    for wide in ("document.documentElement", "document.querySelector('.sides').parentElement"):
        assert page.evaluate(f"{wide}.scrollWidth <= {wide}.clientWidth")
    assert somebody.accessibility_faults() == []
    somebody.picture(f"merge-phone-{language}")


def test_a_refusal_is_said_and_the_choice_stays(desk_of, system):
    many = [[f"03-56{side}0-00{number:02}" for number in range(15)] for side in (1, 2)]
    one, two = (made(system, "/contacts", last_name="満員", title=each[0], phones=each) for each in many)
    page = desk_of.open(f"/contacts/merge?ids={one['id']}&ids={two['id']}")
    page.check(f"input[name='v.title'][value='{two['id']}']")
    page.click("main button:has-text('Merge')")
    expect(page.locator("tr.is-wrong th")).to_contain_text("Phone")
    expect(page.locator(f"input[name='v.title'][value='{two['id']}']")).to_be_checked()
    desk_of.faults.clear()  # Chromium notes the status 422


def test_what_is_not_the_same_is_no_longer_shown_until_that_is_undone(desk_of, system):
    for _ in range(2):
        made(system, "/organizations", name="似た者商会", website="https://alike.example")
    page = desk_of.open("/organizations/duplicates")
    group = page.locator(".duplicates:has-text('似た者商会')")
    expect(group).to_have_count(1)
    group.locator("text=Not the same").click()
    page.wait_for_selector("#toasts >> text=no longer shown as duplicates")
    expect(group).to_have_count(0)
    page.click("#toasts >> text=Undo")
    expect(group).to_have_count(1)


def test_the_chosen_of_a_list_are_merged_from_there(desk_of, system):
    for number in range(3):
        made(system, "/contacts", last_name=f"三人{number}")
    page = desk_of.open("/contacts?view=all&q=三人")
    page.check("[data-pick-all]")
    page.click("#bulk >> text=Merge")
    page.wait_for_selector("[data-merge]")
    page.click("main button:has-text('Merge')")
    page.wait_for_selector("#toasts >> text=They are one now.")
    expect(page.locator("section.same >> text=Take out again")).to_have_count(2)
