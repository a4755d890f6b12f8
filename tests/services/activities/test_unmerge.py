"""Activities go along with a record that is merged or converted, and back with it when it is taken out again."""

from itertools import permutations

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.ids import new_id
from chassis.testing import make_event, published
from contracts import LeadConverted
from services.activities.models import NamedRecord
from tests.services.decisions import contact
from tests.services.merges import a_moment_later, merged, unmerged


def organization():
    return {"kind": "organization", "id": new_id()}


def to_do(activities, *about):
    return activities.create_activity(data={"kind": "to_do", "subject": "見積書を送る", "about": list(about)})


def change(activities, record, **data):
    return activities.update_activity(id=record["id"], data=data, version=record["version"])


def of(activities, record):
    return {item["id"] for item in activities.activities(record=record)["items"]}


def hear(activities, *events):
    activities.on_record_event(list(events))


@pytest.mark.parametrize("make", [contact, organization])
def test_a_merge_of_a_merge_taken_apart_gives_each_its_own_in_whatever_order(activities, make):
    for order in permutations(range(4)):
        one, two, three = make(), make(), make()
        made = [to_do(activities, record) for record in (one, two, three)]
        first, second, since = merged(one, two), merged(two, three), clock.now()
        events = [first, second, unmerged(second, since=since), unmerged(first, since=since)]
        for index in order:
            hear(activities, events[index])
        for record, own in zip((one, two, three), made, strict=True):
            assert of(activities, record) == {own["id"]}, order
            assert activities.activity(id=own["id"])["about"] == [record], order


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_activities_follow_their_contact_through_merges_in_whatever_order_they_are_heard(activities, order):
    first, second, third = contact(), contact(), contact()
    made = to_do(activities, first)
    events = [merged(first, second), merged(second, third)]
    for index in order:
        hear(activities, events[index])

    assert activities.activity(id=made["id"])["about"] == [third]
    for record in (first, second, third):
        assert of(activities, record) == {made["id"]}
    late = to_do(activities, first, second)
    assert late["about"] == [third]


def test_who_is_merged_again_elsewhere_before_the_end_of_the_first_merge_is_heard_stands_there_alone(activities):
    old, first, second = contact(), contact(), contact()
    made = to_do(activities, old)
    before, since, after = merged(old, first), clock.now(), merged(old, second)
    hear(activities, before, after)
    assert (of(activities, first), of(activities, second)) == (set(), {made["id"]})

    hear(activities, unmerged(before, since=since))
    assert activities.activity(id=made["id"])["about"] == [second]


def test_a_save_after_a_merge_keeps_what_was_named_first(activities):
    old, new, other = contact(), contact(), contact()
    made = to_do(activities, old)
    merge, since = merged(old, new), clock.now()
    hear(activities, merge)
    changed = change(activities, made, about=[other, new])
    assert changed["about"] == [other, new]
    with activities.db.session() as session:
        assert old["id"] in set(session.scalars(select(NamedRecord.record_id)))

    hear(activities, unmerged(merge, since=since))
    assert activities.activity(id=made["id"])["about"] == [other, old]


def test_what_was_planned_while_two_were_one_stays_with_the_one_it_was_planned_with(activities):
    old, survivor = contact(), contact()
    merge, since = merged(old, survivor), clock.now()
    hear(activities, merge)
    made = to_do(activities, survivor)
    hear(activities, unmerged(merge, since=since))
    assert (of(activities, old), of(activities, survivor)) == (set(), {made["id"]})


HIS, HERS = "Jiro@Old.example", "hanako@new.example"


def of_mail(activities, address, *about):
    data = {"kind": "to_do", "subject": "返事を書く", "about": list(about), "mail_message_id": new_id()}
    return activities.create_activity(data=data, mail_address=address)


@pytest.mark.parametrize("make", [contact, organization])
def test_what_was_made_of_mails_between_goes_back_to_whom_their_address_belongs(activities, make):
    old, survivor = make(), make()
    before = of_mail(activities, HIS, survivor)
    merge, since = merged(old, survivor), a_moment_later()
    hear(activities, merge)
    his, hers = (of_mail(activities, address, survivor) for address in (HIS, HERS))
    both = of_mail(activities, HIS, survivor, old)
    hear(activities, unmerged(merge, "jiro@old.example", since=since))
    last = {event.data["activity"]["id"]: event for event in published(activities.db)}[his["id"]]
    assert (last.type, last.data["changed"], last.data["activity"]["about"]) == (
        "activity.updated.v1",
        ["about"],
        [old],
    )
    late = of_mail(activities, HIS, survivor)
    assert of(activities, survivor) == {before["id"], hers["id"], late["id"]}
    assert of(activities, old) == {his["id"], both["id"]}
    assert activities.activity(id=his["id"])["version"] == 2


def test_what_goes_back_through_two_merges_finds_home_in_whatever_order_they_end(activities):
    for order in permutations(range(2)):
        one, two, three = contact(), contact(), contact()
        first, second, since = merged(one, two), merged(two, three), a_moment_later()
        hear(activities, first, second)
        made = of_mail(activities, HIS, three)
        ends = [unmerged(merge, "jiro@old.example", since=since) for merge in (second, first)]
        hear(activities, *(ends[index] for index in order))
        assert [of(activities, record) for record in (one, two, three)] == [{made["id"]}, set(), set()], order


def test_activities_of_a_lead_go_along_with_what_it_becomes(activities):
    lead, customer = {"kind": "lead", "id": new_id()}, contact()
    made = to_do(activities, lead)
    facts = {"lead_id": lead["id"], "contact_id": customer["id"], "organization_id": None, "canonical": ""}
    hear(activities, make_event(LeadConverted, subject=lead["id"], **facts))
    assert activities.activity(id=made["id"])["about"] == [customer]
