"""The history of a record: what was done to it, by whom, and which fields changed from what to what."""

import pytest

from contracts.errors import NotFound

HANAKO = {"staff_user_id": "01a20e37-0000-7000-8000-000000000001", "name": "山田 花子"}


def told(page):
    return [(change["what"], change["fields"]) for change in page["items"]]


def test_each_deed_is_told_with_who_did_it_newest_first(contacts):
    made = contacts.service.create_contact(data={"last_name": "田中"}, actor=HANAKO)
    change = {"title": "部長", "phones": ["03-1234-5678"], "birthday": "1980-01-02"}
    contacts.service.update_contact(id=made["id"], data=change, version=1, actor=HANAKO)
    contacts.service.delete_contact(id=made["id"], actor=HANAKO)
    contacts.service.restore_contact(id=made["id"])
    phone = {"number": "+81312345678", "kind": "work", "shown": "03-1234-5678"}
    changes = contacts.service.contact_changes(id=made["id"])
    assert told(changes) == [
        ("restored", []),
        ("deleted", []),
        (
            "updated",
            [
                {"field": "birthday", "old": None, "new": "1980-01-02"},
                {"field": "phones", "old": [], "new": [phone]},
                {"field": "title", "old": "", "new": "部長"},
            ],
        ),
        ("created", []),
    ]
    assert [change["staff_name"] for change in changes["items"]] == [None, *["山田 花子"] * 3]


def test_a_save_that_changes_nothing_is_not_told(contacts):
    made = contacts.add("田中")
    contacts.service.update_contact(id=made["id"], data={"last_name": " 田中"}, version=1)
    assert told(contacts.service.contact_changes(id=made["id"])) == [("created", [])]


def test_a_merge_is_told_at_both_and_at_who_has_another_boss_by_it(contacts):
    survivor, other = contacts.add("田中"), contacts.add("田仲", title="部長")
    clerk = contacts.add("鈴木", reports_to_id=other["id"])
    contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]], actor=HANAKO)
    [merged, filled, _] = contacts.service.contact_changes(id=survivor["id"])["items"]
    assert (merged["what"], merged["other_id"]) == ("merged", other["id"])
    assert filled["fields"] == [{"field": "title", "old": "", "new": "部長"}]
    gone = contacts.service.contact_changes(id=other["id"])["items"][0]
    assert (gone["what"], gone["other_id"], gone["staff_name"]) == ("merged_away", survivor["id"], "山田 花子")
    [moved, _] = contacts.service.contact_changes(id=clerk["id"])["items"]
    assert moved["fields"] == [{"field": "reports_to_id", "old": other["id"], "new": survivor["id"]}]
    assert moved["staff_user_id"] == HANAKO["staff_user_id"]


def test_a_long_history_comes_in_pages(contacts):
    made = contacts.service.create_organization(data={"name": "ABC"})
    for version, name in enumerate(("ABCD", "ABCDE"), start=1):
        contacts.service.update_organization(id=made["id"], data={"name": name}, version=version)
    first = contacts.service.organization_changes(id=made["id"], limit=2)
    rest = contacts.service.organization_changes(id=made["id"], limit=2, cursor=first["next"])
    assert [what for what, _ in told(first) + told(rest)] == ["updated", "updated", "created"]
    assert rest["next"] is None


def test_what_never_was_has_no_history(contacts):
    with pytest.raises(NotFound):
        contacts.service.contact_changes(id="01a20e37-0000-7000-8000-00000000ffff")
