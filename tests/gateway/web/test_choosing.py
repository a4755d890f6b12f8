"""What is there already is put with a record from its cards, in a real browser."""

import pytest
from playwright.sync_api import expect

WORDS = {
    "en": ("Choose existing", "One more", "It belongs to this record now.", "Undo"),
    "ja": ("既存から選択", "もう1件追加", "このレコードに関連付けました。", "元に戻す"),
}


def pick(page, number, name):
    """Choose by the keyboard in the field where the cursor stands by itself."""
    box = page.locator("#drawer [role=combobox]").nth(number)
    expect(box).to_be_focused()
    page.keyboard.type(name)
    expect(page.locator("#drawer [role=option]", has_text=name)).to_be_visible()
    page.keyboard.press("Enter")
    expect(box).to_have_value(name)


@pytest.mark.parametrize(("language", "theme", "phone"), [("en", "light", False), ("ja", "light", True)])
def test_two_are_chosen_by_the_keyboard_and_undo_puts_them_back(desk, session, system, language, theme, phone):
    choose, more, done, undo = WORDS[language]
    boss, *staff = (
        system.admin.post("/contacts", json={"last_name": f"選択{language}{name}"}).json()
        for name in ("長", "一", "二")
    )
    somebody = desk(language=language, theme=theme, phone=phone)
    somebody.enter(session)
    page = somebody.open(f"/contacts/{boss['id']}")
    card = page.locator("section[aria-labelledby=card-reports]")
    expect(card.locator(".related-row")).to_have_count(0)
    assert somebody.accessibility_faults() == []
    card.scroll_into_view_if_needed()
    somebody.picture(f"cards-{language}")
    card.get_by_role("link", name=choose).press("Enter")
    for number, one in enumerate(staff):
        if number:
            page.get_by_role("button", name=more).press("Enter")
        pick(page, number, one["last_name"])
    assert somebody.accessibility_faults() == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    somebody.picture(f"choose-{language}")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(done)).to_be_visible()
    expect(card.locator(".related-row")).to_have_count(2)
    page.get_by_role("button", name=undo).press("Enter")
    expect(card.locator(".related-row")).to_have_count(0)
    assert system.admin.get(f"/contacts/{staff[0]['id']}").json()["reports_to_id"] is None


def test_what_is_refused_stays_in_the_form_and_the_cards_behind_it_show_the_others(desk, session, system):
    def one(last_name, **data):
        return system.admin.post("/contacts", json={"last_name": last_name, **data}).json()

    top = one("輪の上")
    middle, other = one("輪の中", reports_to_id=top["id"]), one("輪の外")
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/contacts/{middle['id']}")
    card = page.locator("section[aria-labelledby=card-reports]")
    card.get_by_role("link", name="Choose existing").click()
    for number, chosen in enumerate((top, other)):
        if number:
            page.get_by_role("button", name="One more").click()
        pick(page, number, chosen["last_name"])
    page.keyboard.press("Control+Enter")
    expect(page.locator("#drawer .invalid-feedback")).to_contain_text("輪の上: ")
    expect(page.locator("#drawer [role=combobox]")).to_have_count(1)
    expect(card.locator(".related-row")).to_contain_text("輪の外")
    assert somebody.accessibility_faults() == []
    somebody.picture("choose-refused")
    somebody.faults.clear()  # Chromium notes the status 422
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Everything is as it was before.")).to_be_visible()
    expect(card.locator(".related-row")).to_have_count(0)


def test_a_document_is_added_from_its_card_and_one_stays_on_the_page(desk, session, system):
    made = system.admin.post("/contacts", json={"last_name": "書類札"}).json()
    somebody = desk(phone=True)
    somebody.enter(session)
    page = somebody.open(f"/contacts/{made['id']}")
    card = page.locator("section[aria-labelledby=card-documents]")
    card.get_by_role("link", name="Document", exact=True).click()
    page.set_input_files("#file", {"name": "図面.txt", "mimeType": "text/plain", "buffer": "図面".encode()})
    assert somebody.accessibility_faults() == []
    somebody.picture("document-drawer")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("The document is there.")).to_be_visible()
    expect(card.get_by_role("link", name="図面.txt")).to_be_visible()
    expect(page).to_have_url(f"{system.url}/contacts/{made['id']}")


def test_who_only_reads_is_offered_none_of_it(desk, system, people):
    reader = system.colleague("読むだけ", role="read_only")
    somebody = desk()
    somebody.enter(reader.headers["Authorization"].removeprefix("Bearer "))
    page = somebody.open(f"/organizations/{people[0]['organization_id']}")
    card = page.locator("section[aria-labelledby=card-contacts]")
    expect(card.get_by_role("link", name="画面").first).to_be_visible()
    expect(page.locator("#related .card-adding, #related .row-deeds")).to_have_count(0)
