"""When two records may be the same one: pure rules."""

import pytest

from contacts_service import fields, likeness

ABC, XYZ = "01a20e37-0000-7000-8000-00000000000a", "01a20e37-0000-7000-8000-00000000000b"


def person(last_name="田中", first_name="", **data):
    phones = fields.new_values({"last_name": "x", "phones": data.pop("phones", [])}, fields.CONTACT_FIELDS)["phones"]
    values = {**fields.empty(fields.CONTACT_FIELDS), "last_name": last_name, "first_name": first_name, "phones": phones}
    return values | data


def company(name, **data):
    return {**fields.empty(fields.ORGANIZATION_FIELDS), "name": name, **data}


def why(one, two, kind="contact"):
    """The reasons; a pair that has some must have a key in common, else nobody would look at it."""
    found = [each["reason"] for each in likeness.reasons(kind, one, two)]
    assert found == [each["reason"] for each in likeness.reasons(kind, two, one)]
    assert not found or likeness.keys(kind, one) & likeness.keys(kind, two)
    return found


@pytest.mark.parametrize(
    ("one", "two", "reasons"),
    [
        (person(addresses=["T@ABC.co.jp"]), person("鈴木", addresses=["x@y.jp", "t@abc.co.jp"]), ["same_address"]),
        (person(addresses=["t.a@gmail.com"]), person("鈴木", addresses=["ta+x@gmail.com"]), ["same_address"]),
        (person(phones=["090-1111-2222"]), person("鈴木", phones=["+81 90 1111 2222"]), ["same_phone"]),
        (person(phones=["03-1111-2222"]), person("鈴木", phones=["03-1111-2222"]), []),
        (person("田中", "一郎", phones=["03-1111-2222"]), person("田中", phones=["03-1111-2222"]), ["same_phone"]),
        (person("高橋", "健"), person("髙橋", "健"), ["same_name"]),
        (person("タナカ", "ケン"), person("ﾀﾅｶ", "ｹﾝ"), ["same_name"]),
        (person("Smith", "Ann"), person("smith", "ANN"), ["same_name"]),
        (person("田中", "健", organization_id=ABC), person("田中", "健"), ["same_name"]),
        (person("田中", "健", organization_id=ABC), person("田中", "健", organization_id=XYZ), []),
        (person("東海林", "健", last_name_kana="しょうじ"), person("東海林", "健", last_name_kana="とうかいりん"), []),
        (person("東海林", last_name_kana="しょうじ"), person("庄司", last_name_kana="ショウジ"), ["similar_name"]),
        (
            person("Jonson", "Peter", organization_id=ABC),
            person("Johnson", "Peter", organization_id=ABC),
            ["similar_name"],
        ),
        (person("Jonson", "Peter"), person("Johnson", "Peter"), []),
        (person("田中", "一郎", organization_id=ABC), person("田中", "二郎", organization_id=ABC), []),
    ],
)
def test_two_people_are_likely_the_same_for_a_reason(one, two, reasons):
    assert why(one, two) == reasons


@pytest.mark.parametrize(
    ("one", "two", "reasons"),
    [
        (company("株式会社アクメ"), company("㈱アクメ"), ["same_name"]),
        (company("（株）アクメ"), company("アクメ有限会社"), ["same_name"]),
        (company("ACME Inc."), company("Acme Co., Ltd."), ["same_name"]),
        (company("Incubate"), company("Ubate"), []),
        (company("アクメ", website="https://www.acme.jp/"), company("別名", website="ACME.jp"), ["same_website"]),
        (company("Acme Trading"), company("Acme Tradings"), ["similar_name"]),
        (company("株式会社"), company("有限会社"), []),
    ],
)
def test_two_organizations_are_likely_the_same_for_a_reason(one, two, reasons):
    assert why(one, two, "organization") == reasons


def test_keys_of_contacts_and_organizations_never_meet_and_are_bounded():
    many = person(addresses=[f"a{number}@abc.example" for number in range(200)])
    keys = likeness.keys("contact", many)
    first, end = likeness.key_range("contact")
    assert len(keys) == likeness.MAX_KEYS
    assert all(first < key < end for key in keys)
    assert not any(first < key < end for key in likeness.keys("organization", company("田中")))
