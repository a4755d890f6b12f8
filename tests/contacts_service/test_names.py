"""What many records are called, in one question."""


def test_contacts_and_organizations_are_named_at_once_the_deleted_too(contacts):
    firm = contacts.service.create_organization(data={"name": "結び商事"})
    person = contacts.service.create_contact(data={"last_name": "田中", "first_name": "太郎"})
    contacts.service.delete_contact(id=person["id"])
    named = {one["id"]: one for one in contacts.service.names(ids=[firm["id"], person["id"], "unknown"])["items"]}
    assert {id: (one["kind"], one["label"], one["deleted"]) for id, one in named.items()} == {
        firm["id"]: ("organization", "結び商事", False),
        person["id"]: ("contact", "田中 太郎", True),
    }
