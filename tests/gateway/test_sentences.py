"""Whatever a service may refuse with is there in Japanese, and is recognised with its values in it."""

import re

import pytest

from contacts_service.kinds import KINDS
from contracts.activities import ACTIVITY_KINDS
from contracts.sales import INVOICE_STAGES, QUOTE_STAGES
from contracts.work import TICKET_STATUSES
from gateway import reports
from gateway.language import catalog, phrasebook
from gateway.phrasebook import LONGEST, Phrasebook, shape
from services.leads.domain import CONVERTED, DELETED
from services.sales.domain import CLOSED, WRITTEN
from services.sales.kinds import INVOICE, OPPORTUNITY, QUOTE
from tests.gateway.small import bearer
from tests.sentences import of_every_call, of_the_library, said_in

SENTENCES, WORDS = catalog("ja")
IN_CATALOG = {shape(template).parts: template for template in SENTENCES}


def test_what_the_library_says_and_what_errors_are_called_have_a_japanese_one():
    assert {*of_the_library(), *of_every_call()} - set(IN_CATALOG) == set()


def test_the_words_in_sentences_have_a_japanese_one():
    kinds = {
        *KINDS,
        *(kind.name for kind in (OPPORTUNITY, QUOTE, INVOICE)),
        "lead",
        "ticket",
        *(kind.replace("_", "-") for kind in ACTIVITY_KINDS),
    }
    states = {*TICKET_STATUSES, *QUOTE_STAGES, *INVOICE_STAGES, *CLOSED, CONVERTED, DELETED, "nothing"}
    assert set(WORDS) == kinds | states | WRITTEN | {"user", "secret"}


@pytest.mark.parametrize("template", [template for template in SENTENCES if "%(" in template])
def test_a_sentence_is_recognised_with_its_values(template):
    def filled(text, sentence, word):
        return re.sub(
            r"%\((\w+)\)s",
            lambda name: sentence if "sentence" in name[1] else word if is_word(name[1]) else "〈7〉",
            text,
        )

    def is_word(name):
        return name.rpartition("_")[2].removesuffix("s") in ("kind", "state", "field")

    japanese = filled(SENTENCES[template], "入力してください。", "顧客担当者")
    assert phrasebook("ja").said(filled(template, "Fill it in.", "contact")) == japanese
    assert not re.search(r"%\(", japanese)


def test_the_finder_sees_whatever_an_error_is_raised_with():
    source = '''
"""A docstring. No sentence."""
TOO_LATE = f"Ask before {clock}."
help = "Not told."
def check(name):
    log.info("not told")
    if name: raise Invalid("Take another one.", fields={"name": [f"{name} is taken.", "Taken."]})
    sentence = f"{name}: {fault}"
    raise Conflict(f"It failed. {sentence}", description="Not told either.")
'''
    found = {"{}".join(said.parts) for said in said_in(source, "m.py")}
    assert found == {
        *("Ask before {}.", "Take another one.", "{} is taken.", "Taken.", "{}: {}", "It failed. {}"),
    }


@pytest.mark.parametrize(
    ("preferred", "answered", "detail"),
    [
        ("ja", "ja", "本文がありません。"),
        ("ja-JP,ja;q=0.9,en-US;q=0.8", "ja", "本文がありません。"),
        ("en-US,ja;q=0.5", "en", "The body is missing."),
        ("de,fr;q=0.5", "en", "The body is missing."),
        ("", "en", "The body is missing."),
        (";;q=,,", "en", "The body is missing."),
    ],
)
def test_a_refusal_is_told_in_the_language_that_is_preferred(client, staff, preferred, answered, detail):
    headers = {**bearer(staff), "Accept-Language": preferred, "Content-Type": "application/json"}
    answer = client.post("/api/v1/contacts", headers=headers)
    assert (answer.headers["Content-Language"], answer.headers["Vary"]) == (answered, "Accept-Language")
    assert answer.json["detail"].startswith(detail)
    assert (answer.json["code"], answer.json["type"]) == ("invalid", "/problems/invalid")


def test_each_field_is_told_in_japanese_and_a_name_in_it_stays(client, staff):
    asked = {"last_name": "x" * 300, "phones": ["1", 2], "birthday": "soon", "employes": 3}
    answer = client.post("/api/v1/contacts", json=asked, headers={**bearer(staff), "Accept-Language": "ja"})
    assert (answer.json["title"], answer.json["detail"]) == (
        "入力内容に誤りがあります",
        "入力内容に誤りがあります。該当する項目を確認してください。",
    )
    assert answer.json["errors"] == {
        "last_name": ["255 文字以内にしてください。"],
        "phones": {"1": {"_schema": ["値の型が正しくありません。"]}},
        "birthday": ["2026-11-22 のように入力してください。"],
        "employes": ["この項目はありません。取り除いてください。"],
    }


def test_the_page_of_an_error_is_there_in_japanese(client):
    page = client.get("/problems/conflict", headers={"Accept-Language": "ja"})
    assert 'lang="ja"' in page.text
    assert "レコードが変更されたか" in page.text
    assert "The record has changed" in client.get("/problems/conflict").text


def test_an_answer_without_sentences_is_the_same_in_every_language(client):
    answer = client.get("/api/v1/openapi.json", headers={"Accept-Language": "ja"})
    assert "Content-Language" not in answer.headers


BOOK = Phrasebook(
    {
        "Fill it in.": "入力してください。",
        "At most %(most)s.": "%(most)sまで。",
        "%(text)s is no number.": "「%(text)s」は数ではありません。",
        "At most %(most)s of %(kind)s.": "%(kind)sは%(most)sまで。",
        "%(column)s: %(fault_sentence)s": "%(column)s：%(fault_sentence)s",
        "It is %(state)s; may be: %(states)s.": "%(state)sです。%(states)sにできます。",
    },
    {"tag": "タグ", "Open": "オープン", "Closed": "クローズ"},
)


@pytest.mark.parametrize(
    ("english", "japanese"),
    [
        ("Fill it in.", "入力してください。"),
        ("At most 5.", "5まで。"),
        ("At most 5 of tag.", "タグは5まで。"),
        ("At most 5 of tags.", "tagsは5まで。"),
        ("Name: At most 5.", "Name：5まで。"),
        ("Name: x is no number.", "Name：「x」は数ではありません。"),
        ("a: b: Fill it in.", "a：b：入力してください。"),
        ("Fill it in. At most 5. Fill it in.", "入力してください。5まで。入力してください。"),
        ("It is Open; may be: Open, Closed, New.", "オープンです。オープン、クローズ、Newにできます。"),
        ("At most %(most)s.", "%(most)sまで。"),
    ],
)
def test_a_sentence_is_said_with_what_is_in_it(english, japanese):
    assert BOOK.said(english) == japanese


@pytest.mark.parametrize(
    "text", ["", "Something new.", "Fill it in. Something new.", "Name: Something new.", "Open", "At most", "tag"]
)
def test_what_is_not_known_is_not_guessed(text):
    assert BOOK.said(text) is None


def test_a_long_text_keeps_nobody_busy():
    assert BOOK.said("At most " + "x" * LONGEST + ".") is None
    assert BOOK.said("a: " * 1_500 + "Something new.") is None


def test_a_report_keeps_its_cells_and_says_why_in_another_language():
    text = '姓,備考,Line,Problem\r\n"a,b","x\ny",3,姓: Fill it in.\r\n,\'=1,4,Something new.\r\n'
    said = reports.translated(text, lambda sentence: BOOK.said(sentence) or sentence)
    assert said == '姓,備考,Line,Problem\r\n"a,b","x\ny",3,姓：入力してください。\r\n,\'=1,4,Something new.\r\n'


def test_a_report_with_a_cell_too_large_for_a_text_stays_as_it_is():
    text = f"{'x' * 200_000},3,Fill it in.\r\n"
    assert reports.translated(text, str.upper) == text
