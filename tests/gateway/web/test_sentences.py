"""What the API refuses is told in the language of the reader."""

from datetime import date

import pytest
from flask import Flask, g

from contacts_service import fields, pictures
from contracts.errors import Invalid
from gateway.web.sentences import said

CIRCLE = "This would be a circle: 田中 → 鈴木 → 田中. Choose another one."


def refused(data, of=fields.CONTACT_FIELDS):
    with pytest.raises(Invalid) as refusal:
        fields.new_values(data, of)
    return [sentence for sentences in refusal.value.fields.values() for sentence in sentences]


def sentences():
    base = {
        "last_name": "田中",
        "support_start": None,
        "support_end": None,
        "portal": False,
        "addresses": ["a@b.example"],
    }
    yield from refused({"last_name": " "})
    yield from refused({"last_name": "a\tb"})
    yield from refused({"last_name": "\x00"})
    yield from refused({"last_name": "x" * 300})
    yield from refused({"last_name": "x", "birthday": "tomorrow"})
    yield from refused({"last_name": "x", "birthday": "1500-01-01"})
    yield from refused({"last_name": "x", "addresses": ["no address"]})
    yield from refused({"name": "x", "employees": -1}, fields.ORGANIZATION_FIELDS)
    for wrong in (
        {"support_start": date(2026, 2, 1), "support_end": date(2026, 1, 1)},
        {"portal": True, "addresses": []},
    ):
        with pytest.raises(Invalid) as refusal:
            fields.check_whole(base | wrong)
        yield from (sentence for found in refusal.value.fields.values() for sentence in found)
    for content in (b"text", b"x" * 800_000):
        with pytest.raises(Invalid) as refusal:
            pictures.checked(content)
        yield from (sentence for found in refusal.value.fields.values() for sentence in found)
    yield CIRCLE


def test_each_refusal_of_a_form_is_told_in_japanese_and_in_english_as_it_is():
    with Flask("sentences").app_context():
        for sentence in sentences():
            g.language = "ja"
            assert said(sentence) != sentence
            g.language = "en"
            assert said(sentence) == sentence


def test_what_the_sentence_speaks_of_stays_in_it():
    with Flask("sentences").app_context():
        g.language = "ja"
        assert "田中 → 鈴木 → 田中" in said(CIRCLE)
        assert said("Something new.") == "Something new."
