"""What is deleted lies in the recycle bin and comes back from it with all it held."""

import pytest

from contracts.errors import Conflict, NotFound

HANAKO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000001"}


def labels(page):
    return [item["label"] for item in page["items"]]


def test_what_is_deleted_is_listed_in_the_recycle_bin_and_can_be_looked_for_there(contacts):
    contacts.add("佐藤")
    for name in ("田中", "鈴木"):
        contacts.service.delete_contact(id=contacts.add(name)["id"])
    assert labels(contacts.service.contacts(deleted=True)) == ["鈴木", "田中"]
    [found] = contacts.service.contacts(deleted=True, query="田中")["items"]
    assert found["deleted_at"] == found["updated_at"]
    assert labels(contacts.service.contacts()) == ["佐藤"]


def test_a_restored_contact_is_as_it_was_and_its_addresses_stand_for_it_again(contacts):
    boss = contacts.add("部長")
    made = contacts.add("田中", "tanaka@abc.co.jp", reports_to_id=boss["id"], tags=["展示会"])
    contacts.service.delete_contact(id=made["id"])
    contacts.published()
    restored = contacts.service.restore_contact(id=made["id"], actor=HANAKO)
    changing = {"version", "updated_at", "modified_by"}
    assert {name: restored[name] for name in restored.keys() - changing} == {
        name: made[name] for name in made.keys() - changing
    }
    assert (restored["version"], restored["modified_by"]) == (3, HANAKO["staff_user_id"])
    assert contacts.said() == [("contact.restored", made["id"]), ("address.assigned", "tanaka@abc.co.jp")]
    assert contacts.who("tanaka@abc.co.jp") == [("contact", "田中")]
    assert contacts.service.contacts(deleted=True)["items"] == []


def test_a_restore_of_what_is_not_in_the_recycle_bin_changes_nothing(contacts):
    made = contacts.add("田中")
    contacts.published()
    assert contacts.service.restore_contact(id=made["id"]) == made
    assert contacts.said() == []


def test_a_contact_waits_for_its_organization(contacts):
    abc = contacts.service.create_organization(data={"name": "株式会社ABC", "addresses": ["info@abc.co.jp"]})
    made = contacts.add("田中", organization_id=abc["id"])
    contacts.service.delete_contact(id=made["id"])
    contacts.service.delete_organization(id=abc["id"])
    assert labels(contacts.service.organizations(deleted=True)) == ["株式会社ABC"]
    with pytest.raises(Conflict, match="restore that first"):
        contacts.service.restore_contact(id=made["id"])
    contacts.service.restore_organization(id=abc["id"])
    assert contacts.service.restore_contact(id=made["id"])["organization_id"] == abc["id"]
    assert contacts.who("info@abc.co.jp") == [("organization", "株式会社ABC")]


def test_what_was_merged_away_is_not_in_the_recycle_bin_but_in_its_survivor(contacts):
    survivor, other = contacts.add("田中"), contacts.add("田仲")
    contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
    assert contacts.service.contacts(deleted=True)["items"] == []
    with pytest.raises(NotFound) as refusal:
        contacts.service.restore_contact(id=other["id"])
    assert refusal.value.extra == {"survivor_id": survivor["id"]}


def test_what_never_was_cannot_be_restored(contacts):
    for id in ("01a20e37-0000-7000-8000-00000000ffff", "nothing"):
        with pytest.raises(NotFound):
            contacts.service.restore_contact(id=id)
