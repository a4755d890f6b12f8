"""Who reports to whom, and which organization belongs to which."""

import threading

import pytest

from chassis.ids import new_id
from contracts.errors import Invalid


def report(contacts, who, to):
    contact = contacts.service.contact(id=who["id"])
    return contacts.service.update_contact(
        id=who["id"], data={"reports_to_id": to and to["id"]}, version=contact["version"]
    )


def test_a_contact_reports_to_another_one(contacts):
    boss, tanaka = contacts.add("髙松"), contacts.add("田中")
    assert report(contacts, tanaka, boss)["reports_to_id"] == boss["id"]
    assert report(contacts, tanaka, None)["reports_to_id"] is None


def test_a_circle_is_refused_with_everybody_in_it_named(contacts):
    president, boss, tanaka = contacts.add("佐藤"), contacts.add("髙松"), contacts.add("田中", first_name="一郎")
    report(contacts, boss, president)
    report(contacts, tanaka, boss)
    with pytest.raises(Invalid) as refusal:
        report(contacts, president, tanaka)
    assert "佐藤 → 田中 一郎 → 髙松 → 佐藤" in refusal.value.fields["reports_to_id"][0]


def test_nobody_reports_to_himself(contacts):
    tanaka = contacts.add("田中")
    with pytest.raises(Invalid) as refusal:
        report(contacts, tanaka, tanaka)
    assert "田中 → 田中" in refusal.value.fields["reports_to_id"][0]


def test_a_boss_who_is_not_there_is_refused(contacts):
    gone = contacts.add("髙松")
    contacts.service.delete_contact(id=gone["id"])
    for boss in (gone, {"id": new_id()}):
        with pytest.raises(Invalid) as refusal:
            contacts.add("田中", reports_to_id=boss["id"])
        assert list(refusal.value.fields) == ["reports_to_id"]


def test_an_organization_cannot_belong_to_its_own_subsidiary(contacts):
    service = contacts.service
    parent = service.create_organization(data={"name": "持株会社"})
    child = service.create_organization(data={"name": "子会社", "member_of_id": parent["id"]})
    with pytest.raises(Invalid) as refusal:
        service.update_organization(id=parent["id"], data={"member_of_id": child["id"]}, version=1)
    assert "持株会社 → 子会社 → 持株会社" in refusal.value.fields["member_of_id"][0]


def test_a_chain_of_a_hundred_is_no_circle(contacts):
    above = contacts.add("0")
    for number in range(1, 100):
        above = contacts.add(str(number), reports_to_id=above["id"])
    assert contacts.service.contact(id=above["id"])["reports_to_id"]


def test_two_who_are_put_under_each_other_at_once_are_no_circle_afterwards(contacts):
    one, two = contacts.add("一"), contacts.add("二")
    faults = []

    def put(who, under):
        try:
            report(contacts, who, under)
        except Invalid as refusal:
            faults.append(refusal)

    threads = [threading.Thread(target=put, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bosses = [contacts.service.contact(id=each["id"])["reports_to_id"] for each in (one, two)]
    assert len(faults) == bosses.count(None) == 1


def test_those_who_reported_to_a_merged_contact_report_to_the_survivor(contacts):
    boss, double, tanaka = contacts.add("髙松"), contacts.add("高松"), contacts.add("田中")
    report(contacts, tanaka, double)
    report(contacts, boss, double)
    contacts.service.merge_contacts(survivor_id=boss["id"], other_ids=[double["id"]])
    assert contacts.service.contact(id=tanaka["id"])["reports_to_id"] == boss["id"]
    assert contacts.service.contact(id=boss["id"])["reports_to_id"] is None


def test_the_superiors_of_a_contact_are_told_up_to_the_top_and_the_reports_of_each(contacts):
    boss = contacts.add("社長")
    head = contacts.add("部長", reports_to_id=boss["id"])
    clerks = [contacts.add(f"社員{number}", reports_to_id=head["id"]) for number in range(3)]
    above = contacts.service.superiors(id=clerks[0]["id"])["items"]
    assert [contact["label"] for contact in above] == ["部長", "社長"]
    assert contacts.service.superiors(id=boss["id"])["items"] == []
    first = contacts.service.reports(id=head["id"], limit=2)
    rest = contacts.service.reports(id=head["id"], limit=2, cursor=first["next"])
    assert [contact["id"] for contact in first["items"] + rest["items"]] == [clerk["id"] for clerk in clerks]
    contacts.service.delete_contact(id=head["id"])
    assert [contact["label"] for contact in contacts.service.superiors(id=clerks[0]["id"])["items"]] == ["社長"]


def test_those_below_a_deleted_contact_stand_below_the_one_above_it_until_it_is_restored(contacts):
    boss = contacts.add("社長")
    head = contacts.add("部長", reports_to_id=boss["id"])
    deputy = contacts.add("次長", reports_to_id=head["id"])
    clerk = contacts.add("係", reports_to_id=deputy["id"])
    for each in (head, deputy):
        contacts.service.delete_contact(id=each["id"])
    assert [each["label"] for each in contacts.service.reports(id=boss["id"])["items"]] == ["係"]
    assert [each["label"] for each in contacts.service.superiors(id=clerk["id"])["items"]] == ["社長"]
    with pytest.raises(Invalid):
        report(contacts, boss, clerk)
    for each in (head, deputy):
        contacts.service.restore_contact(id=each["id"])
    assert [each["label"] for each in contacts.service.reports(id=boss["id"])["items"]] == ["部長"]
    assert [each["label"] for each in contacts.service.superiors(id=clerk["id"])["items"]] == ["次長", "部長", "社長"]


def test_a_contact_whose_boss_is_in_the_recycle_bin_can_be_saved_as_it_is(contacts):
    boss = contacts.add("社長")
    clerk = contacts.add("係", reports_to_id=boss["id"])
    contacts.service.delete_contact(id=boss["id"])
    data = {"title": "係長", "reports_to_id": boss["id"]}
    saved = contacts.service.update_contact(id=clerk["id"], data=data, version=1)
    assert (saved["title"], saved["reports_to_id"]) == ("係長", boss["id"])


def test_who_reports_to_somebody_is_counted_through_the_recycle_bin(contacts):
    boss = contacts.add("髙松")
    between = contacts.add("佐藤", reports_to_id=boss["id"])
    for name in ("田中", "鈴木"):
        contacts.add(name, reports_to_id=between["id"])
    contacts.service.delete_contact(id=between["id"])
    found = contacts.service.reports(id=boss["id"], limit=1, counted=True)
    assert ([one["last_name"] for one in found["items"]], found["count"], found["exact"]) == (["田中"], 2, True)


def test_the_people_of_an_organization_are_named_the_last_ones_first(contacts):
    service = contacts.service
    abc = service.create_organization(data={"name": "ABC"})["id"]
    ids = [contacts.add(name, organization_id=abc)["id"] for name in ("田中", "鈴木", "佐藤")]
    service.delete_contact(id=ids[1])
    assert service.organization_people(id=abc, limit=5) == [ids[2], ids[0]]
    assert service.organization_people(id=abc, limit=1) == [ids[2]]
