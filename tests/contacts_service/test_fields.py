"""Every field of a contact and of an organization, as typed and as kept."""

import pytest

from contacts_service import checks, fields
from contracts.errors import Invalid


@pytest.mark.parametrize(
    ("typed", "number", "kind", "shown"),
    [
        ("03-1234-5678", "+81312345678", "work", "03-1234-5678"),
        ("０９０－１２３４－５６７８", "+819012345678", "mobile", "090-1234-5678"),
        ("0120-444-444", "+81120444444", "work", "0120-444-444"),
        ("+1 212 555 0100", "+12125550100", "work", "+1 212-555-0100"),
        ("03-1234-5678 ext. 12", "+81312345678;ext=12", "work", "03-1234-5678 ext. 12"),
        ("内線 12", "内線 12", "work", "内線 12"),
        ({"number": "03-1234-5678", "kind": "fax"}, "+81312345678", "fax", "03-1234-5678"),
    ],
)
def test_a_phone_number_is_kept_as_e164_and_shown_as_people_here_write_it(typed, number, kind, shown):
    assert checks.phones([typed]) == [{"number": number, "kind": kind}]
    assert checks.shown_phone(number) == shown


def test_one_number_typed_twice_is_kept_once_where_it_first_stood():
    kept = checks.phones(["03-1234-5678", "090-1111-2222", "+81 3 1234 5678"])
    assert [phone["number"] for phone in kept] == ["+81312345678", "+819011112222"]


def test_what_was_read_can_be_saved_again():
    [phone] = checks.phones(["03-1234-5678"])
    assert checks.phones([{**phone, "shown": checks.shown_phone(phone["number"])}]) == [phone]


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("salutation", "Herr"),
        ("lead_source", "a friend"),
        ("birthday", "22.11.1980"),
        ("birthday", "0001-01-01"),
        ("portal", "yes"),
        ("tags", "vip"),
        ("tags", ["x" * 51]),
        ("phones", [{"number": "03-1234-5678", "kind": "pager"}]),
        ("phones", [{"number": "03-1234-5678", "country": "JP"}]),
        ("mailing_street", "青山\n1-2-3"),
        ("last_name", "名" * 10_000),
    ],
)
def test_what_a_field_cannot_hold_is_refused_by_its_name(name, typed):
    with pytest.raises(Invalid) as refusal:
        fields.changed_values({name: typed}, fields.CONTACT_FIELDS)
    assert list(refusal.value.fields) == [name]


@pytest.mark.parametrize("typed", [-1, 10**16, 1.5, "many", True])
def test_a_number_that_is_none_is_refused(typed):
    with pytest.raises(Invalid):
        fields.changed_values({"employees": typed}, fields.ORGANIZATION_FIELDS)


def test_tags_that_differ_in_width_and_case_alone_are_one():
    assert checks.tags(["VIP", "ｖｉｐ", " ", "展示会"]) == ["VIP", "展示会"]


@pytest.mark.parametrize("name", ["𠮷野家", "🍣", "髙﨑"])
def test_names_with_rare_characters_are_kept_as_typed(name):
    assert fields.changed_values({"last_name": name}, fields.CONTACT_FIELDS) == {"last_name": name}


def whole(**values):
    return {**fields.new_values({"last_name": "田中"}, fields.CONTACT_FIELDS), **values}


def test_support_must_not_end_before_it_begins():
    begins, ends = checks.day("2026-11-22"), checks.day("2026-11-21")
    with pytest.raises(Invalid) as refusal:
        fields.check_whole(whole(support_start=begins, support_end=ends))
    assert list(refusal.value.fields) == ["support_end"]
    fields.check_whole(whole(support_start=begins, support_end=begins))


def test_a_portal_user_needs_a_mail_address():
    with pytest.raises(Invalid) as refusal:
        fields.check_whole(whole(portal=True))
    assert list(refusal.value.fields) == ["addresses"]
    fields.check_whole(whole(portal=True, addresses=["tanaka@abc.co.jp"]))
