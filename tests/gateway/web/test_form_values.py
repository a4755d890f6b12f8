"""What a form holds, and what of it goes to the API."""

from werkzeug.datastructures import MultiDict

from gateway.web.api import ApiProblem
from gateway.web.contacts.fields import CONTACT
from gateway.web.organizations.fields import ORGANIZATION
from gateway.web.records import forms

TANAKA = {
    "last_name": "田中",
    "addresses": ["tanaka@abc.example", "t@home.example"],
    "phones": [
        {"number": "+81312345678", "kind": "work", "shown": "03-1234-5678"},
        {"number": "内線 12", "kind": None},
    ],
    "tags": ["展示会", "VIP"],
    "birthday": "1970-02-28",
    "reference": True,
    "organization_id": None,
    "description": "一行目\n二行目",
}


def sent(values):
    """As a browser sends a form."""
    form: MultiDict[str, str] = MultiDict()
    for name, value in values.items():
        if name == "phones":
            for number, kind in value:
                form.add("phones", number)
                form.add("phones.kind", kind)
        elif isinstance(value, list):
            form.setlist(name, value)
        elif value is True:
            form[name] = "1"
        elif value:
            form[name] = value.replace("\n", "\r\n")
    return form


def test_a_form_that_comes_back_untouched_changes_nothing():
    shown = forms.of_record(CONTACT, TANAKA)
    assert shown["phones"] == [["03-1234-5678", "work"], ["内線 12", "work"]]
    assert forms.differing(forms.typed(CONTACT, sent(shown)), shown) == []


def test_only_what_was_changed_is_sent_as_the_api_takes_it():
    shown = forms.of_record(CONTACT, TANAKA)
    typed = shown | {"birthday": "", "tags": "VIP、 新規,", "phones": [["090-1111-2222", "mobile"]], "reference": False}
    changed = forms.differing(typed, shown)
    assert forms.body(CONTACT, typed, changed) == {
        "birthday": None,
        "tags": ["VIP", "新規"],
        "phones": [{"number": "090-1111-2222", "kind": "mobile"}],
        "reference": False,
    }


def test_numbers_are_read_as_people_write_them_and_what_is_none_is_left_to_the_api():
    body = forms.body(
        ORGANIZATION, {"employees": "１,２００", "annual_revenue": "many"}, ["employees", "annual_revenue"]
    )
    assert body == {"employees": 1200, "annual_revenue": "many"}


def test_empty_rows_and_unknown_kinds_of_phone_are_no_values():
    form = MultiDict(
        [("addresses", " "), ("phones", ""), ("phones.kind", "work"), ("phones", "1"), ("phones.kind", "?")]
    )
    typed = forms.typed(CONTACT, form)
    assert (typed["addresses"], typed["phones"]) == ([], [["1", "work"]])


def test_what_another_changed_alone_is_taken_over_and_what_both_changed_is_told():
    base = forms.of_record(CONTACT, TANAKA)
    mine = base | {"title": "部長", "department": "営業部"}
    theirs = base | {"title": "課長", "last_name": "田仲"}
    values, both, alone = forms.merged(mine, base, theirs)
    assert (both, alone) == (["title"], ["last_name"])
    assert (values["title"], values["department"], values["last_name"]) == ("部長", "営業部", "田仲")


def test_two_who_made_the_same_change_do_not_clash():
    base = forms.of_record(CONTACT, TANAKA)
    changed = base | {"title": "部長"}
    assert forms.merged(changed, base, changed)[1:] == ([], [])


def test_a_hidden_field_that_somebody_tampered_with_counts_as_empty():
    empty = forms.of_record(CONTACT, {})
    for text in ("", "{", "[]", '{"phones": [1], "title": 5, "addresses": "x"}'):
        assert forms.unpack(CONTACT, text) == empty
    assert forms.unpack(CONTACT, forms.pack(forms.of_record(CONTACT, TANAKA))) == forms.of_record(CONTACT, TANAKA)


def test_words_in_a_picker_that_stand_for_nobody_are_noticed():
    form = MultiDict({"organization_id": "", "organization_id.label": "ABC", "owner_id": "x", "owner_id.label": "y"})
    assert forms.unchosen(CONTACT, form) == {"organization_id": ["ABC"]}


def test_errors_are_told_by_field_however_deep_they_lie():
    errors = {"phones": {"0": {"number": ["Too long."]}, "1": ["Odd."]}, "title": ["Holds control characters."]}
    assert forms.sentences(errors) == {"phones": ["Too long.", "Odd."], "title": ["Holds control characters."]}


def test_a_refusal_tells_its_sentences_one_after_the_other_else_what_it_says_in_general():
    errors = {"tags": {"0": ["Too long."]}, "title": ["Odd.", "Empty."]}
    assert ApiProblem(422, {"errors": errors, "detail": "No."}).sentences() == ["Too long.", "Odd.", "Empty."]
    assert ApiProblem(422, {"detail": "No."}).sentences() == ["No."]
