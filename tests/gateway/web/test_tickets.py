"""A ticket on its page, in a real browser."""

from playwright.sync_api import expect
from sqlalchemy import insert

from chassis import clock
from chassis.engine import make_engine
from chassis.ids import new_id
from contracts.work import TICKET_PRIORITIES, TICKET_STATUSES
from gateway.api.schemas.work import CATEGORIES, SEVERITIES
from gateway.web.records import forms, happenings
from gateway.web.tickets.fields import TICKET, WORDS
from gateway.web.tickets.views import SHOWN
from services.tickets.models import TicketMail


def test_a_ticket_is_opened_for_a_contact_read_on_its_page_and_moved_on(desk, session, system):
    customer = system.admin.post("/contacts", json={"last_name": "問合"}).json()
    somebody = desk(language="ja")
    somebody.enter(session)
    page = somebody.open(f"/contacts/{customer['id']}")
    page.locator("#related").get_by_role("link", name="チケット", exact=True).click()
    page.fill("#f-title", "電源が入らない")
    page.select_option("#f-priority", "Urgent")
    page.keyboard.press("Control+Enter")
    page.locator("#related").get_by_role("link", name="電源が入らない", exact=True).click()
    expect(page.locator(".record-head")).to_contain_text("緊急")
    page.keyboard.press("e")
    expect(page.locator("[data-rows=customer] [role=combobox]")).to_have_value("問合")
    page.select_option("#f-status", "In Progress")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".record-head")).to_contain_text("対応中")
    page.get_by_role("link", name="問合").click()
    page.get_by_role("link", name="タイムライン").click()
    expect(page.locator("#entries").get_by_role("link", name="電源が入らない").first).to_be_visible()
    [made] = system.admin.get("/tickets", params={"customer_id": customer["id"]}).json()["items"]
    assert (made["status"], made["priority"]) == ("In Progress", "Urgent")


def test_all_mails_of_a_long_ticket_are_reached_and_one_that_cannot_be_read_says_so(desk, session, system):
    made = system.admin.post("/tickets", json={"title": "長いやり取り"}).json()
    mail = {"ticket_id": made["id"], "opens": False, "message_id_header": "", "received_at": clock.now()}
    # Mails that were thrown away with their mailbox.
    engine = make_engine(system.processes.env["MUSUBI_DATABASE_URL"].format(service="tickets"))
    with engine.begin() as connection:
        connection.execute(insert(TicketMail), [{**mail, "mail_message_id": new_id()} for _ in range(SHOWN + 3)])
    engine.dispose()
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/tickets/{made['id']}")
    mails = page.get_by_role("region", name="Mails").locator(".event")
    expect(mails).to_have_count(SHOWN)
    expect(mails.first).to_contain_text("cannot be read now: There is no such mail")
    page.get_by_role("link", name="Show more").click()
    expect(mails).to_have_count(SHOWN + 3)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)
    assert somebody.accessibility_faults() == []


def test_the_form_offers_the_words_of_the_contract_and_sends_one_customer_or_none():
    offered = TICKET.choices or {}
    assert (offered["status"], offered["priority"]) == (TICKET_STATUSES, TICKET_PRIORITIES)
    assert (offered["severity"], offered["category"]) == (SEVERITIES, CATEGORIES)
    assert {word for words in offered.values() for word in words} <= (happenings.STATUSES | WORDS).keys() | {
        "Low",
        "High",
    }
    values = forms.of_record(TICKET, {"customer": {"kind": "contact", "id": "1"}, "severity": "Minor"})
    assert values["customer"] == ["contact:1"]
    assert forms.body(TICKET, values, ["customer"]) == {"customer": {"kind": "contact", "id": "1"}}
    emptied = values | {"customer": [], "severity": ""}
    assert forms.body(TICKET, emptied, ["customer", "severity"]) == {"customer": None, "severity": None}
