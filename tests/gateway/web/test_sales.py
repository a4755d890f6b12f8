"""Opportunities, quotes and invoices on the page of whom they are for, in a real browser; and their forms' lines."""

from typing import Any

import httpx
import pytest
from playwright.sync_api import expect
from pypdfium2 import PdfDocument
from werkzeug.datastructures import MultiDict

from contracts.money import CURRENCIES as ALL_CURRENCIES
from contracts.sales import INVOICE_STAGES, OPPORTUNITY_STAGES, QUOTE_STAGES
from gateway.web.records import forms, happenings
from gateway.web.sales import fields, lines, papers
from services.sales.fields import LEAD_SOURCES, MAX_LINES
from services.sales.tax import RATES

ISSUER = {"name": "株式会社よつば計測", "address": "東京都千代田区外神田1-2-3", "registration_number": "T7000012050002"}


@pytest.fixture(scope="module")
def customer(system):
    """A contact of an organization, and somebody who issues documents."""
    firm = system.admin.post("/organizations", json={"name": "見積先㈱", "billing_city": "大阪市"}).json()
    etag = system.admin.get("/issuer").headers["ETag"]
    system.admin.patch("/issuer", json=ISSUER, headers={"If-Match": etag}).raise_for_status()
    data = {"last_name": "見積", "first_name": "花子", "organization_id": firm["id"]}
    return system.admin.post("/contacts", json=data).json()


def fill_line(page, place, **values):
    for name, value in values.items():
        field = page.locator(f"[name='lines.{name}']").nth(place)
        field.select_option(value) if name == "tax_rate" else field.fill(value)


def test_a_sale_goes_from_the_opportunity_to_a_paid_invoice_without_leaving_the_screens(
    desk, session, system, customer
):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open(f"/contacts/{customer['id']}")
    page.locator("#related").get_by_role("link", name="Opportunity").click()
    page.fill("#f-name", "センサー増設")
    page.fill("#f-amount", "￥１，２００，０００")
    page.fill("#f-expected_close", "2999-12-31")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("It is written down.")).to_be_visible()
    page.locator("#related").get_by_role("link", name="センサー増設", exact=True).click()
    expect(page.locator("main")).to_contain_text("JP¥1,200,000")

    page.get_by_role("link", name="Write a quote").click()
    expect(page.locator("#f-organization_id")).to_have_value("見積先㈱")
    fill_line(page, 0, name="センサー", quantity="1.5", unit="台", unit_price="9,999")
    page.get_by_role("button", name="Add a line").click()
    fill_line(page, 1, name="お茶", unit_price="15o", tax_rate="8")
    expect(page.locator(".totals-place")).to_contain_text("The totals follow")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[name='lines.unit_price']").nth(1)).to_be_focused()
    expect(page.locator("#f-lines-1-unit_price-error")).to_contain_text("decimal number")
    assert somebody.accessibility_faults() == []
    somebody.faults.clear()  # Chromium notes the status 422
    fill_line(page, 1, unit_price="150")
    expect(page.locator(".totals-place tfoot")).to_contain_text("JP¥16,659")
    expect(page.locator("[data-amount]").first).to_have_text("JP¥14,998")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="センサー増設")).to_be_visible()
    expect(page.locator(".paper")).to_contain_text("Registration number T7000012050002")
    expect(page.locator(".paper tfoot")).to_contain_text("JP¥16,659")

    page.get_by_role("button", name="Mark as delivered").click()
    expect(page.get_by_text("what is written on it stays")).to_be_visible()
    page.get_by_role("button", name="Make an invoice").click()
    expect(page.get_by_text("The invoice is there as a draft.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF (日本語)").click()
    with PdfDocument(download.value.path()) as paper:
        assert "見積先㈱" in paper[0].get_textpage().get_text_range()
    page.get_by_role("link", name="Mark as sent").click()
    drawer = page.locator("#drawer")
    expect(drawer).to_contain_text("cannot become a draft again")
    assert somebody.accessibility_faults() == []
    somebody.picture("invoice-final")
    drawer.get_by_role("button", name="Mark as sent").click()
    expect(page.locator(".record-head")).to_contain_text("Sent")
    page.get_by_role("button", name="Mark as paid").click()
    expect(page.locator(".record-head")).to_contain_text("Paid")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The stage is the one before again.")).to_be_visible()
    expect(page.locator(".record-head")).to_contain_text("Sent")
    page.get_by_role("link", name="Cancel the invoice").click()
    expect(drawer).to_contain_text("stays cancelled")
    drawer.get_by_text("Close", exact=True).click()
    page.get_by_role("button", name="Mark as paid").click()
    expect(page.locator(".record-head")).to_contain_text("Paid")
    page.get_by_role("link", name="センサー増設").click()
    expect(page.locator("main")).to_contain_text("QUO")
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="見積 花子")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("It is back.")).to_be_visible()
    [kept] = system.admin.get("/invoices", params={"contact_id": customer["id"]}).json()["items"]
    assert (kept["stage"], kept["total"]) == ("Paid", "16659")


def test_an_invoice_is_written_on_a_dark_phone_in_japanese(desk, session, customer):
    somebody = desk(language="ja", theme="dark", phone=True)
    somebody.enter(session)
    page = somebody.open(f"/contacts/{customer['id']}")
    page.locator("#related").get_by_role("link", name="請求", exact=True).click()
    page.fill("#f-subject", "保守料")
    fill_line(page, 0, name="保守", unit_price="１０，０００")
    page.check("#f-tax_included")
    expect(page.locator(".totals-place tfoot")).to_contain_text("10,000")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".paper")).to_contain_text("税込価格")
    page.get_by_role("link", name="請求を取り消す").click()
    expect(page.locator("#drawer")).to_contain_text("元に戻せず")
    page.locator("#drawer").get_by_role("button", name="請求を取り消す").click()
    expect(page.get_by_text("ステージを変更しました。")).to_be_visible()
    expect(page.get_by_role("button", name="元に戻す")).to_have_count(0)


def test_an_admin_says_who_issues_documents_and_is_warned_of_an_odd_number(desk, session, system, customer):
    somebody = desk()
    somebody.enter(session)
    page = somebody.open("/settings/issuer")
    page.fill("#registration_number", "T12")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#registration_number-error")).to_contain_text("13 digits")
    somebody.faults.clear()  # Chromium notes the status 422
    page.fill("#registration_number", "Ｔ1234567890123")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#registration_number-hint")).to_contain_text("another check digit")
    assert somebody.accessibility_faults() == []
    page.fill("#registration_number", ISSUER["registration_number"])
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings are saved.")).to_be_visible()
    assert system.admin.get("/issuer").json()["registration_number"] == ISSUER["registration_number"]


def test_the_forms_offer_the_words_of_the_contracts_and_say_each_in_the_reader_s_language():
    assert fields.OPPORTUNITY_STAGES == OPPORTUNITY_STAGES
    assert tuple(filter(None, LEAD_SOURCES)) == fields.LEAD_SOURCES
    assert {*QUOTE_STAGES, *INVOICE_STAGES} == papers.DEEDS.keys()
    assert {*OPPORTUNITY_STAGES, *QUOTE_STAGES, *INVOICE_STAGES} <= happenings.STATUSES.keys()
    assert set(fields.CURRENCIES) <= set(ALL_CURRENCIES)
    assert list(lines.RATES) == [str(rate) for rate in RATES]


def test_lines_come_back_from_the_form_as_they_were_and_empty_ones_are_left_out():
    line: dict[str, Any] = {"name": "校正", "description": "", "quantity": "2.5", "unit": "台", "unit_price": "8000"}
    line |= {"discount": "0", "tax_rate": 8}
    shown = forms.of_record(fields.QUOTE, {"lines": [{**line, "amount": "20000"}]})
    sent: MultiDict[str, str] = MultiDict()
    for row in [*shown["lines"], lines.EMPTY]:
        for name, text in zip(lines.FIELDS, row, strict=True):
            sent.add(f"lines.{name}", text)
    assert forms.typed(fields.QUOTE, sent)["lines"] == shown["lines"]
    assert forms.unpack(fields.QUOTE, forms.pack(shown))["lines"] == shown["lines"]
    assert forms.body(fields.QUOTE, shown, ["lines"]) == {"lines": [line]}


def test_a_line_too_many_is_sent_for_the_api_to_refuse_and_all_stay_in_the_form():
    rows = [["品", "", "1", "", "100", "", "10"], lines.EMPTY] * (lines.MOST + 5)
    form = MultiDict([(f"lines.{name}", text) for row in rows for name, text in zip(lines.FIELDS, row, strict=True)])
    assert len(typed := lines.typed(form)) == lines.MOST + 5
    assert len(lines.sent(typed)) == lines.MOST + 1 > MAX_LINES == lines.MOST


def test_a_fault_of_a_line_stands_at_its_place_however_the_api_names_it():
    nested = {"lines": {"1": {"unit_price": ["Odd."]}}}
    assert forms.sentences(nested) == {"lines.1.unit_price": ["Odd."]}
    assert forms.sentences({"lines.0.name": ["Odd."]}) == {"lines.0.name": ["Odd."]}
    assert forms.sentences({"lines": ["None."]}) == {"lines": ["None."]}


@pytest.mark.parametrize(
    "path",
    [
        "/quotes/new?lines=x&contact_id=nobody&opportunity_id=x",
        "/activities/new?kind=x&about=x&about=contact:y&attendees=:",
        "/tickets/new?customer=contact:x&title=%25s",
        "/contacts/new?phones=1&addresses=x&_external=1",
    ],
)
def test_an_address_that_names_nonsense_opens_a_form_all_the_same(system, session, path):
    answer = httpx.get(system.url + path, cookies={"musubi_session": session}, timeout=30)
    assert (answer.status_code, "<form" in answer.text) == (200, True)
