"""When merged records are taken apart, mails go back to the one whose address they bear."""

import pytest

from chassis import testing
from tests.matcher_service.conftest import id_of, mail_event

HIS, HERS, PRIVATE = "his@abc.example", "hers@abc.example", "private@home.example"


@pytest.fixture
def two(road):
    """Two contacts that are to be merged: the survivor and the other one."""
    return road.add_contact("田中", HERS), road.add_contact("田仲", HIS)


def merge(road, two):
    road.contacts.merge_contacts(survivor_id=two[0]["id"], other_ids=[two[1]["id"]])
    road.carry()


def unmerge(road, two):
    road.contacts.unmerge_contact(id=two[1]["id"])
    road.carry()


def received(road, *senders):
    mails = [mail_event(sender) for sender in senders]
    road.receive(*mails)
    return mails


def give(road, mail, record):
    """A person says whose mail it is."""
    road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": record["id"]})


def owners(road, *mails):
    return [(road.decision(mail)["match"] or {}).get("id") for mail in mails]


def test_mails_of_before_and_between_go_back_by_their_address(road, two):
    before = received(road, HERS, HIS)
    merge(road, two)
    between = received(road, HERS, HIS)
    assert owners(road, *before, *between) == [two[0]["id"]] * 4
    unmerge(road, two)
    assert owners(road, *before, *between) == [two[0]["id"], two[1]["id"]] * 2


def test_what_a_person_had_said_of_the_other_is_said_of_it_again_also_for_later_mails(road, two):
    [mail] = received(road, PRIVATE)
    give(road, mail, two[1])
    merge(road, two)
    unmerge(road, two)
    assert owners(road, mail, *received(road, PRIVATE)) == [two[1]["id"]] * 2


def test_what_a_person_said_of_the_survivor_before_or_of_another_address_stays_with_it(road, two):
    earlier, elsewhere = received(road, HIS, PRIVATE)
    give(road, earlier, two[0])
    merge(road, two)
    give(road, elsewhere, two[0])
    unmerge(road, two)
    assert owners(road, earlier, elsewhere, *received(road, HIS)) == [two[0]["id"]] * 3


def test_what_a_person_said_of_a_mail_before_stays_whatever_was_said_of_its_address_later(road, two):
    earlier, later = received(road, HIS, HIS)
    third = road.add_contact("第三")
    give(road, earlier, two[0])
    give(road, later, third)
    merge(road, two)
    unmerge(road, two)
    assert owners(road, earlier, later) == [two[0]["id"], third["id"]]


@pytest.mark.parametrize("backwards", [False, True])
def test_a_mail_given_to_the_survivor_between_is_the_others_in_whatever_order(road, two, backwards):
    merge(road, two)
    [mail] = received(road, HIS)
    road.contacts.create_contact(data={"last_name": "第三", "addresses": [HIS]})
    road.carry()
    assert owners(road, mail) == [None]
    give(road, mail, two[0])
    road.contacts.unmerge_contact(id=two[1]["id"])
    new = testing.published(road.contacts.db)[road._carried :]
    road._carried += len(new)
    for event in new[::-1] if backwards else new:
        if event.type.startswith("address."):
            road.matcher.on_address_changed([event])
        elif event.type == "contact.unmerged.v1":
            road.matcher.on_record_back(event)
    assert owners(road, mail, *received(road, HIS)) == [two[1]["id"]] * 2


def test_an_unmerge_that_is_heard_before_its_merge_ends_the_same(road, two):
    [mail] = received(road, PRIVATE)
    give(road, mail, two[1])
    road.contacts.merge_contacts(survivor_id=two[0]["id"], other_ids=[two[1]["id"]])
    road.contacts.unmerge_contact(id=two[1]["id"])
    events = {event.type: event for event in testing.published(road.contacts.db)}
    road.matcher.on_record_back(events["contact.unmerged.v1"])
    road.matcher.on_record_gone([events["contact.merged.v1"]])
    assert owners(road, mail, *received(road, PRIVATE)) == [two[1]["id"]] * 2
    assert road.decision(mail)["corrected"] is True


def test_what_was_said_of_a_contact_of_a_deleted_survivor_is_forgotten(road, two):
    [mail] = received(road, PRIVATE)
    give(road, mail, two[1])
    merge(road, two)
    road.contacts.delete_contact(id=two[0]["id"])
    road.carry()
    assert owners(road, mail, *received(road, PRIVATE)) == [None, None]
