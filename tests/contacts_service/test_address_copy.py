"""A contact takes over the postal addresses of its organization: never, when asked, or always."""

import pytest

from contracts.errors import Invalid, NotFound, PreconditionFailed

BILLING = {"billing_postal_code": "100-0001", "billing_city": "千代田区", "billing_street": "千代田 1-1"}
COPIED = {name.replace("billing", "mailing"): value for name, value in BILLING.items()}


@pytest.fixture
def abc(contacts):
    return contacts.service.create_organization(data={"name": "ABC", **BILLING, "shipping_city": "横浜市"})


def set_to(contacts, word):
    version = contacts.service.shared_settings()["version"]
    return contacts.service.update_shared_settings(data={"address_copy": word}, version=version)


def mailing(contact):
    return {name: contact[name] for name in COPIED}


def test_a_form_is_offered_the_addresses_and_nothing_is_copied_before_somebody_says_so(contacts, abc):
    offered = contacts.service.address_copy(id=abc["id"])
    assert (offered["address_copy"], offered["values"]["other_city"]) == ("ask", "横浜市")
    assert {name: offered["values"][name] for name in COPIED} == COPIED
    set_to(contacts, "never")
    for made in (contacts.add(organization_id=abc["id"]), contacts.add()):
        assert not any(mailing(made).values())
    with pytest.raises(NotFound):
        contacts.service.address_copy(id=made["id"])


def test_always_copies_when_the_organization_is_chosen_and_what_was_copied_is_told(contacts, abc):
    set_to(contacts, "always")
    new = contacts.add(organization_id=abc["id"])
    assert (mailing(new), new["other_city"]) == (COPIED, "横浜市")
    later = contacts.add("鈴木")
    contacts.published()
    data = {"organization_id": abc["id"]}
    assert mailing(contacts.service.update_contact(id=later["id"], data=data, version=1)) == COPIED
    [updated] = contacts.published()
    assert {"mailing_city", "other_city", "organization_id"} <= set(updated.data["changed"])
    moved_out = {**dict.fromkeys(COPIED, ""), "organization_id": abc["id"]}
    emptied = contacts.service.update_contact(id=later["id"], data=moved_out, version=2)
    assert not any(mailing(emptied).values())


def test_an_address_of_which_there_is_something_is_never_mixed_with_another(contacts, abc):
    set_to(contacts, "always")
    typed = contacts.add(organization_id=abc["id"], mailing_state="大阪府")
    assert (typed["mailing_state"], typed["mailing_city"], typed["other_city"]) == ("大阪府", "", "横浜市")
    emptied = contacts.add(organization_id=abc["id"], mailing_city="")
    assert (emptied["mailing_street"], emptied["other_city"]) == ("", "横浜市")
    has = contacts.add(mailing_state="大阪府")
    data = {"organization_id": abc["id"]}
    assert contacts.service.update_contact(id=has["id"], data=data, version=1)["mailing_city"] == ""


def test_settings_have_a_version_and_know_their_words(contacts):
    first = contacts.service.shared_settings()
    assert (first["address_copy"], first["version"]) == ("ask", 1)
    changed = contacts.service.update_shared_settings(
        data={"address_copy": "always"}, version=1, actor={"staff_user_id": "s1"}
    )
    assert (changed["address_copy"], changed["version"], changed["modified_by"]) == ("always", 2, "s1")
    with pytest.raises(PreconditionFailed):
        contacts.service.update_shared_settings(data={"address_copy": "never"}, version=1)
    for data, field in (({"address_copy": "often"}, "address_copy"), ({"nonsense": 1}, "nonsense")):
        with pytest.raises(Invalid) as refusal:
            contacts.service.update_shared_settings(data=data, version=2)
        assert list(refusal.value.fields) == [field]
    assert contacts.service.shared_settings() == changed
