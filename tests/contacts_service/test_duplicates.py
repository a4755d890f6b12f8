"""Likely duplicates are found: of one record, of what is being typed, and among all."""

import threading

import pytest
from sqlalchemy import select

from chassis import migrations, testing
from contacts_service import likeness, match_keys, models
from contacts_service.models import MatchKey
from contacts_service.service import ContactsService
from contracts.errors import Invalid, NotFound
from tests.contacts_service.databases import KINDS


def likely(contacts, kind="contact", **asked):
    found = contacts.service.duplicates(kind=kind, **asked)["items"]
    return [(each["record"]["label"], [reason["reason"] for reason in each["reasons"]]) for each in found]


def groups(contacts, kind="contact", **page):
    found = contacts.service.duplicate_groups(kind=kind, **page)["items"]
    return [[record["label"] for record in group["records"]] for group in found]


def test_who_is_being_typed_is_found_with_reasons_the_likeliest_first(contacts):
    contacts.add("髙橋", first_name="健")
    contacts.add("田中", "ken@abc.example", phones=["090-1111-2222"])
    contacts.add("佐藤", "sato@abc.example")
    typed = {"last_name": "高橋", "first_name": "健", "addresses": ["ken@abc.example"], "phones": ["09011112222"]}
    assert likely(contacts, data=typed) == [("田中", ["same_address", "same_phone"]), ("髙橋 健", ["same_name"])]
    unfinished = {"last_name": "", "addresses": ["ken@"], "phones": ["090-1111-2222"], "nonsense": 1}
    assert likely(contacts, data=unfinished) == [("田中", ["same_phone"])]
    assert likely(contacts, data={}) == []


def test_the_keys_of_a_record_follow_its_changes_its_deletion_and_its_restore(contacts):
    typed = {"last_name": "鈴木", "addresses": ["new@abc.example"]}
    made = contacts.add("田中", "old@abc.example")
    assert likely(contacts, data=typed) == []
    contacts.service.update_contact(id=made["id"], data={"addresses": ["new@abc.example"]}, version=1)
    assert likely(contacts, data=typed) == [("田中", ["same_address"])]
    contacts.service.delete_contact(id=made["id"])
    assert likely(contacts, data=typed) == []
    contacts.service.restore_contact(id=made["id"])
    assert likely(contacts, data=typed) == [("田中", ["same_address"])]
    survivor = contacts.add("佐藤")
    contacts.service.merge_contacts(survivor_id=survivor["id"], other_ids=[made["id"]])
    assert likely(contacts, data=typed) == [("佐藤", ["same_address"])]
    contacts.service.unmerge_contact(id=made["id"])
    assert likely(contacts, data=typed) == [("田中", ["same_address"])]


def test_keys_that_a_record_no_longer_has_are_gone_and_no_longer_shared(contacts):
    one, two = contacts.add("一", "both@abc.example"), contacts.add("二", "both@abc.example")
    contacts.service.update_contact(id=two["id"], data={"addresses": ["own@abc.example"]}, version=1)
    with contacts.service.db.session() as session:
        rows = session.scalars(select(MatchKey)).all()
    assert not any(row.shared for row in rows)
    kept = {each["id"]: {row.key for row in rows if row.record_id == each["id"]} for each in (one, two)}
    now = {each["id"]: contacts.service.contact(id=each["id"]) for each in (one, two)}
    assert kept == {id: likeness.keys("contact", values) for id, values in now.items()}


def test_groups_of_the_whole_base_come_with_reasons_each_once_and_page_by_page(contacts):
    for number in range(4):
        contacts.add(f"甲{number}", f"{number}@abc.example", first_name="健")
        contacts.add(f"乙{number}", f"{number}@abc.example", phones=["090-1111-2222"] if number == 0 else [])
    contacts.add("甲0", "0@abc.example", first_name="健")
    contacts.add("丙", phones=["090-1111-2222"])
    contacts.add("丁")
    seen, cursor = [], None
    while True:
        page = contacts.service.duplicate_groups(kind="contact", limit=2, cursor=cursor)
        seen += page["items"]
        if not (cursor := page["next"]):
            break
    labels = sorted([record["label"] for record in group["records"]] for group in seen)
    pairs = [[f"甲{number} 健", f"乙{number}"] for number in range(1, 4)]
    assert labels == sorted([["甲0 健", "乙0", "甲0 健"], ["乙0", "丙"], *pairs])
    [three] = [group for group in seen if len(group["records"]) == 3]
    assert [each["reason"] for each in three["reasons"]] == ["same_address", "same_name"]


def test_a_pair_that_was_set_apart_is_told_of_no_more_until_that_is_taken_back(contacts):
    one, two = contacts.add("双子", "family@abc.example"), contacts.add("双子の弟", "family@abc.example")
    contacts.service.set_apart(kind="contact", id=two["id"], other_id=one["id"])
    assert (groups(contacts), likely(contacts, id=one["id"]), likely(contacts, id=two["id"])) == ([], [], [])
    contacts.service.set_apart(kind="contact", id=one["id"], other_id=two["id"], apart=False)
    assert groups(contacts) == [["双子", "双子の弟"]]
    assert likely(contacts, id=one["id"]) == [("双子の弟", ["same_address"])]
    with pytest.raises(Invalid):
        contacts.service.set_apart(kind="contact", id=one["id"], other_id=one["id"])
    with pytest.raises(NotFound):
        contacts.service.set_apart(kind="organization", id=one["id"], other_id=two["id"])


def test_organizations_have_theirs(contacts):
    for name in ("株式会社アクメ", "㈱アクメ", "別の会社"):
        contacts.service.create_organization(data={"name": name})
    assert groups(contacts, "organization") == [["株式会社アクメ", "㈱アクメ"]]
    assert groups(contacts) == []
    found = likely(contacts, "organization", data={"name": "アクメ"})
    assert found == [("株式会社アクメ", ["same_name"]), ("㈱アクメ", ["same_name"])]


def test_a_number_that_very_many_share_makes_no_group(contacts):
    for number in range(match_keys.LARGEST_BLOCK + 1):
        contacts.add(f"社員{number}", phones=["090-1111-2222"])
    assert groups(contacts) == []
    assert len(likely(contacts, data={"last_name": "x", "phones": ["090-1111-2222"]})) == 20


def test_two_who_get_the_same_address_at_once_are_a_group_afterwards(contacts):
    both = [contacts.add("一"), contacts.add("二")]

    def name_address(contact):
        data = {"addresses": ["same@abc.example"]}
        contacts.service.update_contact(id=contact["id"], data=data, version=1)

    threads = [threading.Thread(target=name_address, args=(each,)) for each in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert groups(contacts) == [["一", "二"]]


def test_contacts_of_a_merged_organization_are_compared_with_those_of_the_survivor(contacts):
    one, two = (contacts.service.create_organization(data={"name": name}) for name in ("甲社", "乙社"))
    contacts.add("Johnson", first_name="Peter", organization_id=one["id"])
    contacts.add("Jonson", first_name="Peter", organization_id=two["id"])
    assert groups(contacts) == []
    contacts.service.merge_organizations(survivor_id=one["id"], other_ids=[two["id"]])
    assert groups(contacts) == [["Peter Johnson", "Peter Jonson"]]
    contacts.service.unmerge_organization(id=two["id"])
    assert groups(contacts) == []


@pytest.mark.parametrize("kind", KINDS)
def test_the_migration_makes_the_keys_of_what_is_there(kind, request, tmp_path):
    server = request.getfixturevalue("postgres") if kind == "postgresql" else None
    url = str(server.create_database("t_match_keys")) if server else f"sqlite:///{tmp_path}/c.db"
    migrations.upgrade(models, url)
    service = testing.instance(ContactsService, url)
    for name in ("一", "二"):
        data = {"last_name": name, "addresses": ["both@abc.example"], "phones": ["03-1111-2222"]}
        service.create_contact(data=data)
        service.create_organization(data={"name": name, "website": "abc.example"})
    gone = service.create_contact(data={"last_name": "三", "addresses": ["both@abc.example"]})
    service.delete_contact(id=gone["id"])

    def rows():
        with service.db.session() as session:
            return {(row.key, row.record_id, row.shared) for row in session.scalars(select(MatchKey))}

    before = rows()
    service.db.engine.dispose()
    migrations.downgrade(models, url, to="0004")
    migrations.upgrade(models, url)
    assert rows() == before
    service.db.engine.dispose()
