"""Each staff user marks records for himself."""

import pytest

from contracts.errors import Invalid, NotFound

HANAKO, TARO = {"staff_user_id": "s1"}, {"staff_user_id": "s2"}


def star(contacts, record, actor=HANAKO, starred=True, kind="contact"):
    return contacts.service.star(kind=kind, id=record["id"], starred=starred, actor=actor)


def marked(contacts, reader="s1", **asked):
    return [(item["label"], item["starred"]) for item in contacts.service.contacts(reader=reader, **asked)["items"]]


def test_a_star_is_told_to_whom_it_belongs_and_found_by_him(contacts):
    one, _ = contacts.add("一"), contacts.add("二")
    contacts.published()
    for _ in range(2):
        assert star(contacts, one) == {"starred": True}
    assert marked(contacts) == [("二", False), ("一", True)]
    assert marked(contacts, starred=True) == [("一", True)]
    assert marked(contacts, starred=False) == [("二", False)]
    assert marked(contacts, reader="s2", starred=True) == []
    star(contacts, one, TARO)
    star(contacts, one, starred=False)
    assert marked(contacts, starred=True) == []
    assert contacts.service.is_starred(kind="contact", id=one["id"], reader="s2") == {"starred": True}
    assert (contacts.service.contact(id=one["id"]), contacts.said()) == (one, [])


def test_organizations_have_stars_too_and_what_is_not_there_has_none(contacts):
    abc = contacts.service.create_organization(data={"name": "ABC"})
    star(contacts, abc, kind="organization")
    [found] = contacts.service.organizations(reader="s1", starred=True)["items"]
    assert found["id"] == abc["id"]
    with pytest.raises(NotFound):
        star(contacts, abc, kind="contact")
    with pytest.raises(Invalid):
        star(contacts, abc, actor=None, kind="organization")


def test_whoever_marked_a_contact_that_was_merged_finds_the_survivor_marked_and_both_after_an_unmerge(contacts):
    survivor, other = contacts.add("田中"), contacts.add("田仲")
    star(contacts, other)
    contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
    assert marked(contacts, starred=True) == [("田中", True)]
    contacts.service.unmerge_contact(id=other["id"])
    assert ("田仲", True) in marked(contacts, starred=True)
