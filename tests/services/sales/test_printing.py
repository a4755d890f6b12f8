"""Quotes and invoices on paper: what stands on it, in which lines, on how many pages, within which limits."""

from base64 import b64decode

import pytest
from pypdfium2 import PdfDocument

from contracts.errors import Invalid, NotFound, ServiceTimeout
from services.sales import printing
from services.sales.wrapping import printable, wrapped
from tests.services.sales.papers import ISSUER, line, quote_of

# Printing asks the database nothing of its own.
on_one_database = pytest.mark.parametrize("sales", ["sqlite"], indirect=True)


@pytest.fixture
def issued_by(sales):
    return sales.update_issuer(data={**ISSUER, "phone": "03-1234-5678"}, version=0)


def pages(printed):
    """The text of each page, as a browser finds it."""
    with PdfDocument(b64decode(printed["content"])) as document:
        return [page.get_textpage().get_text_range() for page in document]


def text(printed):
    return "\n".join(pages(printed))


def has(printed, *words):
    found = text(printed)
    return [word for word in words if word not in found]


def issued(sales, hanako, **changes):
    """An invoice that was sent."""
    made = sales.create_invoice(data=quote_of(hanako, due_date="2999-12-31", issue_date="2026-11-23", **changes))
    return sales.update_invoice(id=made["id"], data={"stage": "Sent"}, version=1)


@on_one_database
def test_an_invoice_says_all_that_a_qualified_invoice_has_to(sales, hanako, issued_by):
    lines = [line(), line("お茶", unit_price="150", tax_rate=8)]
    lines += [line("印紙", quantity="1", unit_price="200", tax_rate=0)]
    invoice = issued(sales, hanako, lines=lines, notes="振込手数料はご負担ください。")
    printed = sales.print_invoice(id=invoice["id"])
    assert printed["name"] == "INV1.pdf"
    wanted = ["請求書", "INV1", "2026年11月23日", "2999年12月31日"]
    wanted += ["〒100-0005", "株式会社エービーシー", "購買部 部長", "田中 花子 様"]
    wanted += ["株式会社よつば計測", "〒101-0021", "TEL 03-1234-5678", "登録番号 T7000012050002"]
    wanted += ["¥28,024", "2 台", "¥12,500", "¥25,000", "8%※", "※は軽減税率（8%）対象です。", "対象外"]
    wanted += ["10%対象（税抜）", "消費税（10%）", "¥2,500", "8%※対象（税抜）", "消費税（8%※）", "¥24"]
    wanted += ["お振込先", "よつば銀行 本店 普通 1234567", "備考", "振込手数料はご負担ください。", "1 / 1"]
    assert has(printed, *wanted) == []
    assert "下書き" not in text(printed)


@on_one_database
def test_a_document_is_printed_in_english_too(sales, hanako, issued_by):
    lines = [line("TH-20", tax_rate=8, discount="1000")]
    quote = sales.create_quote(data=quote_of(hanako, lines=lines, tax_included=True, issue_date="2026-11-23"))
    printed = sales.print_quote(id=quote["id"], language="en")
    wanted = ["Quotation", "DRAFT", "23 November 2026", "Attn: 田中 花子", "部長, 購買部", "-¥1,000"]
    wanted += ["※ Reduced tax rate"]
    wanted += ["Taxed at 8%※ (with tax)", "¥24,000", "of which consumption tax (8%※)", "¥1,777"]
    assert has(printed, *wanted) == []
    assert "様" not in text(printed)


@on_one_database
def test_an_organization_alone_is_written_to_as_such(sales, abc):
    quote = sales.create_quote(data={"organization_id": abc["id"], "subject": "お見積り"})
    assert has(sales.print_quote(id=quote["id"]), "株式会社エービーシー 御中", "下書き") == []


@on_one_database
def test_a_draft_names_who_would_issue_it_and_an_issued_one_who_did(sales, hanako, issued_by):
    draft = sales.create_quote(data=quote_of(hanako))
    invoice = issued(sales, hanako)
    sales.update_issuer(data={"name": "よつばホールディングス株式会社"}, version=1)
    assert has(sales.print_quote(id=draft["id"]), "よつばホールディングス株式会社") == []
    assert has(sales.print_invoice(id=invoice["id"]), "株式会社よつば計測") == []


@on_one_database
def test_two_hundred_lines_go_over_pages_each_with_the_names_of_the_columns(sales, hanako, issued_by):
    lines = [line(f"温湿度計 {number}型", description="防水\n校正済") for number in range(1, 201)]
    found = pages(sales.print_invoice(id=issued(sales, hanako, lines=lines)["id"]))
    assert len(found) > 5
    assert all("単価" in page and f"{number} / {len(found)}" in page for number, page in enumerate(found, 1))
    whole = "\n".join(found)
    assert [number for number in range(1, 201) if f"温湿度計 {number}型" not in whole] == []
    assert whole.count("校正済") == 200


@on_one_database
def test_rare_kanji_are_there_and_what_the_font_lacks_is_a_box(sales, hanako, issued_by):
    names = ["𠮷野家", "髙﨑", "㈱①", "葛\U000e0100城", "か\u3099", "👩🏽\u200d🔧の工具", "{nb}", "한국"]
    quote = sales.create_quote(data=quote_of(hanako, lines=[line(name) for name in names]))
    shown = ["𠮷野家", "髙﨑", "㈱①", "葛城", "が", "□の工具", "{nb}", "한국"]
    assert has(sales.print_quote(id=quote["id"]), *shown) == []


@on_one_database
def test_the_print_that_somebody_has_is_not_made_again(sales, hanako, issued_by):
    quote = sales.create_quote(data=quote_of(hanako))
    first = sales.print_quote(id=quote["id"])
    assert sales.print_quote(id=quote["id"], etag=first["etag"])["content"] is None
    assert sales.print_quote(id=quote["id"], language="en", etag=first["etag"])["content"]
    sales.update_issuer(data={"phone": ""}, version=1)
    again = sales.print_quote(id=quote["id"], etag=first["etag"])
    assert again["content"]
    assert again["etag"] != first["etag"]


@on_one_database
def test_what_is_too_long_to_print_is_refused_and_what_takes_too_long_is_given_up(sales, hanako, monkeypatch):
    quote = sales.create_quote(data=quote_of(hanako))
    monkeypatch.setattr(printing, "MEMORY_BYTES", 60 * 1024 * 1024)
    with pytest.raises(Invalid, match="split"):
        sales.print_quote(id=quote["id"])
    monkeypatch.setattr(printing, "WALL_SECONDS", 0.01)
    with pytest.raises(ServiceTimeout):
        sales.print_quote(id=quote["id"])


@on_one_database
def test_a_deleted_quote_and_a_language_that_is_none_are_refused(sales, hanako):
    quote = sales.create_quote(data=quote_of(hanako))
    with pytest.raises(Invalid) as refused:
        sales.print_quote(id=quote["id"], language="fr")
    assert list(refused.value.fields) == ["language"]
    sales.delete_quote(id=quote["id"])
    with pytest.raises(NotFound):
        sales.print_quote(id=quote["id"])


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ("あいうえおか", ["あいうえお", "か"]),
        ("あいうえ。か", ["あいうえ。", "か"]),
        ("あいうえお。か", ["あいうえ", "お。か"]),
        ("あいうえ「か」", ["あいうえ", "「か」"]),
        ("ab cd", ["ab cd"]),
        ("abc def", ["abc", "def"]),
        ("abcdefgh", ["abcde", "fgh"]),
        ("一\n\n二", ["一", "", "二"]),
        ("", [""]),
    ],
)
def test_lines_break_where_japanese_and_latin_text_may(written, lines):
    assert wrapped(written, 5, lambda sign: 1) == lines


def test_signs_that_have_no_look_leave_nothing_behind():
    assert printable("a\u200db\ufe0f\tc\u2003d😀\n", "abcd ".__contains__) == "ab c d□\n"
