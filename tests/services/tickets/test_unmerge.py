"""Tickets go along with a record that is merged, and back with it when it is taken out again."""

import random
from itertools import permutations

import pytest

from chassis import clock
from chassis.ids import new_id
from chassis.testing import make_event, published
from contracts import ContactDeleted, ContactRestored
from tests.services.decisions import contact, mail_of
from tests.services.merges import PERSON, a_moment_later, merged, unmerged
from tests.services.tickets.mails import CUSTOMER, all_tickets, support

HIS, HERS = CUSTOMER[1], "hanako@kaisha.example.jp"


def deleted(record):
    return make_event(ContactDeleted, contact_id=record["id"])


def restored(record):
    facts = {"id": record["id"], "number": "CON1", "organization_id": None}
    return make_event(ContactRestored, contact=facts, personal={**PERSON, "addresses": []})


def by_hand(tickets, title, customer, address=""):
    tickets.open_ticket(data={"title": title, "customer": customer, "requester_address": address})


def customers(tickets):
    return {ticket["title"]: ticket["customer"] for ticket in all_tickets(tickets)}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_what_was_ones_own_and_what_came_with_ones_address_goes_back_in_whatever_order(tickets, order):
    old, survivor = contact(), contact()
    mail = support(match=old, subject="前")
    tickets.on_sender_decided([mail])
    by_hand(tickets, "電話", old)
    by_hand(tickets, "前から", survivor, HIS)
    since = a_moment_later()
    by_hand(tickets, "間", survivor, HIS)
    by_hand(tickets, "別の人", survivor, HERS)
    merge = merged(old, survivor)
    steps = [
        lambda: tickets.on_record_event(merge),
        lambda: tickets.on_sender_decided([support(match=survivor, mail_id=mail_of(mail), revision=2)]),
        lambda: tickets.on_record_event(unmerged(merge, HIS, since=since)),
        lambda: tickets.on_sender_decided([support(match=old, mail_id=mail_of(mail), revision=3)]),
    ]
    for index in order:
        steps[index]()
    expected = {"前": old, "電話": old, "前から": survivor, "間": old, "別の人": survivor}
    assert customers(tickets) == expected


def test_every_change_of_a_customer_is_told(tickets):
    old, survivor = contact(), contact()
    by_hand(tickets, "電話", old)
    merge, since = merged(old, survivor), clock.now()
    for event in (merge, unmerged(merge, since=since)):
        tickets.on_record_event(event)
    told = [event.data["customer"] for event in published(tickets.db) if event.type == "ticket.updated.v1"]
    assert told == [survivor, old]
    assert all_tickets(tickets)[0]["version"] == 3


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_merge_of_a_merge_taken_apart_gives_each_its_own_in_whatever_order(tickets, order):
    one, two, three = contact(), contact(), contact()
    first, since = merged(one, two), clock.now()
    second = merged(two, three)
    for title, customer in (("一", one), ("二", two), ("三", three)):
        by_hand(tickets, title, customer)
    by_hand(tickets, "間", three, HIS)
    steps = [
        lambda: tickets.on_record_event(first),
        lambda: tickets.on_record_event(second),
        lambda: tickets.on_record_event(unmerged(second, HIS, since=since)),
        lambda: tickets.on_record_event(unmerged(first, HIS, since=since)),
    ]
    for index in order:
        steps[index]()
    assert customers(tickets) == {"一": one, "二": two, "三": three, "間": one}


def test_a_ticket_that_is_saved_with_the_customer_it_shows_goes_back_all_the_same(tickets):
    old, survivor = contact(), contact()
    by_hand(tickets, "電話", old)
    merge, since = merged(old, survivor), clock.now()
    tickets.on_record_event(merge)
    [ticket] = all_tickets(tickets)
    tickets.update_ticket(id=ticket["id"], data={"customer": survivor, "priority": "High"}, version=ticket["version"])
    tickets.on_record_event(unmerged(merge, since=since))
    assert customers(tickets) == {"電話": old}


def test_who_comes_out_of_a_deleted_survivor_has_his_tickets_again(tickets):
    old, survivor = contact(), contact()
    by_hand(tickets, "電話", old)
    by_hand(tickets, "訪問", survivor)
    merge, since = merged(old, survivor), clock.now()
    for event in (merge, deleted(survivor)):
        tickets.on_record_event(event)
    assert customers(tickets) == {"電話": None, "訪問": None}
    tickets.on_record_event(unmerged(merge, since=since))
    assert customers(tickets) == {"電話": old, "訪問": None}


@pytest.mark.parametrize("late", [False, True])
def test_the_tickets_of_a_restored_contact_are_his_again(tickets, late):
    back = contact()
    by_hand(tickets, "電話", back)
    events = [deleted(back), restored(back)]
    for event in events[::-1] if late else events:
        tickets.on_record_event(event)
    assert customers(tickets) == {"電話": back}


def test_the_tickets_of_a_merged_organization_go_along_and_come_back(tickets):
    old, survivor = ({"kind": "organization", "id": new_id()} for _ in range(2))
    tickets.on_sender_decided([support(match=contact(), organization_id=old["id"], subject="社員")])
    by_hand(tickets, "会社", old)
    merge, since = merged(old, survivor), clock.now()
    tickets.on_record_event(merge)
    assert customers(tickets)["会社"] == survivor
    assert {ticket["organization_id"] for ticket in all_tickets(tickets)} == {survivor["id"], None}
    tickets.on_record_event(unmerged(merge, since=since))
    assert customers(tickets)["会社"] == old
    assert {ticket["organization_id"] for ticket in all_tickets(tickets)} == {old["id"], None}


def test_many_who_go_and_come_back_at_once_are_where_they_would_be_one_by_one(tickets):
    asked, gone, back, merging, survivor = (contact() for _ in range(5))
    by_hand(tickets, "残る", asked)
    by_hand(tickets, "移る", merging)
    early, late = restored(gone), deleted(gone)
    some = [deleted(asked), early, deleted(back), restored(back), merged(merging, survivor), deleted(survivor), late]
    tickets.on_record_event(random.Random(7).sample(some, len(some)))
    assert customers(tickets) == {"残る": None, "移る": None}
    # What is known of those who had no tickets counts for a ticket that comes later.
    for title, record in (("消えた", gone), ("戻った", back)):
        by_hand(tickets, title, record)
    assert customers(tickets) == {"残る": None, "移る": None, "消えた": None, "戻った": back}
    tickets.on_record_event([restored(gone), early, restored(survivor)])
    assert {title: one and one["id"] for title, one in customers(tickets).items()} == {
        "残る": None,
        "移る": survivor["id"],
        "消えた": gone["id"],
        "戻った": back["id"],
    }
