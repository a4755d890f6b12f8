"""What many records are called, in one question."""

import pytest

from chassis.ids import new_id
from contracts.errors import Invalid


def test_contacts_and_organizations_are_named_at_once_the_deleted_too(contacts):
    firm = contacts.service.create_organization(data={"name": "結び商事"})
    person = contacts.service.create_contact(data={"last_name": "田中", "first_name": "太郎"})
    contacts.service.delete_contact(id=person["id"])
    named = {one["id"]: one for one in contacts.service.names(ids=[firm["id"], person["id"], "unknown"])["items"]}
    assert {id: (one["kind"], one["label"], one["deleted"]) for id, one in named.items()} == {
        firm["id"]: ("organization", "結び商事", False),
        person["id"]: ("contact", "田中 太郎", True),
    }


def test_more_names_than_fit_into_an_answer_are_refused_instead_of_left_out(contacts):
    ids = [new_id() for _ in range(201)]
    assert contacts.service.names(ids=ids[:200] * 2)["items"] == []
    with pytest.raises(Invalid) as refusal:
        contacts.service.names(ids=ids)
    assert "200" in refusal.value.fields["ids"][0]
