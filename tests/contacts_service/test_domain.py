"""The pure rules of contacts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts_service import checks, domain, fields
from contracts.errors import Invalid
from contracts.folding import folded


def entry(kind, record_id, *, address="tanaka@abc.co.jp", position=0, label="田中 一郎", weak_key=None):
    return {
        "canonical": address,
        "record_kind": kind,
        "record_id": record_id,
        "position": position,
        "address": address,
        "label": label,
        "organization_id": None,
        "weak_key": weak_key,
    }


@pytest.mark.parametrize(
    "typed",
    [
        "tanaka@abc.co.jp",
        "TANAKA@ABC.CO.JP",
        "taro..yamada@docomo.ne.jp",
        "taro.yamada.@ezweb.ne.jp",
        ".taro@docomo.ne.jp",
        "info@日本語.jp",
        "ｔａｎａｋａ＠ａｂｃ．ｃｏ．ｊｐ",
        "tanaka+crm@abc.example",
    ],
)
def test_an_address_that_people_really_have_is_accepted_as_typed(typed):
    assert checks.addresses([typed]) == [typed]


@pytest.mark.parametrize("typed", ["tanaka", "@abc.co.jp", "tanaka@", "a b@abc.co.jp", "tanaka@abc", "x@y@abc.co.jp"])
def test_what_is_no_address_is_refused_by_name(typed):
    with pytest.raises(Invalid) as refusal:
        fields.changed_values({"addresses": [typed]}, fields.CONTACT_FIELDS)
    assert "no mail address" in refusal.value.fields["addresses"][0]


def test_one_mailbox_typed_twice_is_kept_once_as_first_typed_and_in_order():
    typed = ["Tanaka@abc.co.jp", "home@tanaka.example", "tanaka@ABC.co.jp"]
    assert checks.addresses(typed) == ["Tanaka@abc.co.jp", "home@tanaka.example"]


def test_every_fault_of_a_record_is_named_at_once():
    typed = {"last_name": " ", "first_name": 7, "phones": "03", "organization_id": "ACC1", "salary": "much"}
    with pytest.raises(Invalid) as refusal:
        fields.new_values(typed, fields.CONTACT_FIELDS)
    assert set(refusal.value.fields) == set(typed)


@pytest.mark.parametrize("text", ["田\x00中", "田\ud800中", "田\n中", "あ" * 256])
def test_a_name_that_no_database_or_line_could_hold_is_refused(text):
    with pytest.raises(Invalid):
        fields.new_values({"last_name": text}, fields.CONTACT_FIELDS)


def test_a_description_may_have_lines():
    values = fields.new_values({"last_name": "田中", "description": "午前中\r\n不在"}, fields.CONTACT_FIELDS)
    assert values["description"] == "午前中\n不在"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_no_value_makes_a_check_fail_otherwise_than_by_a_refusal(value):
    for name in fields.CONTACT_FIELDS:
        try:
            fields.changed_values({name: value}, fields.CONTACT_FIELDS)
        except Invalid as refusal:
            assert list(refusal.fields) == [name]  # noqa: PT017 - either outcome is right, but no other error


@given(st.lists(st.sampled_from(["a@x.jp", "A@x.jp", "b@x.jp", "c@x.jp", "Ｃ@x.jp"])))
def test_a_list_of_addresses_that_was_accepted_is_accepted_again_unchanged(typed):
    assert checks.addresses(checks.addresses(typed)) == checks.addresses(typed)


def test_a_contact_goes_before_a_lead_and_a_lead_before_an_organization():
    found = [entry("organization", "1"), entry("lead", "2"), entry("contact", "3")]
    kinds = [candidate["kind"] for candidate in domain.candidates("tanaka@abc.co.jp", found)]
    assert kinds == ["contact", "lead", "organization"]


def test_a_candidate_tells_by_which_address_it_is_one():
    found = [entry("contact", "3", position=1)]
    [candidate] = domain.candidates("tanaka@abc.co.jp", found)
    assert candidate["reason"] == "further_address"
    assert candidate["explanation"] == "tanaka@abc.co.jp is a further mail address of this contact."


def test_another_spelling_of_a_gmail_box_is_a_weak_candidate_after_every_exact_one():
    exact = [entry("organization", "1", address="ta.naka@gmail.com", weak_key="tanaka@gmail.com")]
    weak = [entry("contact", "2", address="tanaka@gmail.com", weak_key="tanaka@gmail.com"), *exact]
    found = domain.candidates("ta.naka@gmail.com", exact, weak)
    assert [(candidate["id"], candidate["weak"]) for candidate in found] == [("1", False), ("2", True)]
    assert found[1]["reason"] == "same_mailbox"


def test_a_record_with_both_spellings_is_named_once():
    exact = [entry("contact", "1", address="ta.naka@gmail.com", weak_key="tanaka@gmail.com")]
    weak = [*exact, entry("contact", "1", address="tanaka@gmail.com", position=1, weak_key="tanaka@gmail.com")]
    [candidate] = domain.candidates("ta.naka@gmail.com", exact, weak)
    assert not candidate["weak"]


def test_an_organizations_candidate_names_the_organization_itself():
    [candidate] = domain.candidates("info@abc.co.jp", [entry("organization", "9", address="info@abc.co.jp")])
    assert candidate["organization_id"] == "9"


@pytest.mark.parametrize("written", ["タナカ", "ﾀﾅｶ", "たなか"])
def test_kinds_of_kana_and_widths_are_the_same_to_a_search(written):
    assert folded(written) == "たなか"


@pytest.mark.parametrize(
    ("mark", "time", "newer"),
    [
        (None, "2026-11-22T10:00:00Z", True),
        (("2026-11-22T10:00:00Z", False), "2026-11-22T10:00:01Z", True),
        (("2026-11-22T10:00:00Z", False), "2026-11-22T09:59:59Z", False),
        (("2026-11-22T10:00:00Z", True), "2026-11-22T10:00:01Z", False),
    ],
)
def test_a_leads_event_counts_only_if_it_is_no_older_and_the_lead_is_not_gone(mark, time, newer):
    assert domain.is_newer(mark, time=time) is newer


def test_more_than_a_thousand_addresses_at_once_are_refused():
    with pytest.raises(Invalid):
        domain.canonicals([f"a{number}@x.jp" for number in range(1_001)])
