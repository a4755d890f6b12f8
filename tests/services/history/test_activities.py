from chassis import clock
from chassis.testing import make_event
from contracts import ActivityCompleted, ActivityPlanned
from tests.contracts.examples import example_of
from tests.services.decisions import contact
from tests.services.history.timelines import timeline, told
from tests.services.merges import merged, unmerged

ME = {"kind": "staff_user", "id": "01939f2e-0000-7000-8000-00000000000a"}
COMPANY = {"kind": "organization", "id": "01939f2e-0000-7000-8000-00000000000b"}


def meeting(contract, *, about, attendees=()):
    data = example_of(contract)["data"]
    data["activity"] |= {"about": list(about), "attendees": list(attendees)}
    return make_event(contract, **data)


def test_a_meeting_stands_once_with_all_whom_it_is_about_and_who_take_part(history):
    customer, guest = contact(), contact()
    event = meeting(ActivityCompleted, about=[customer, COMPANY], attendees=[customer, guest, ME])
    history.on_activity_event([event])
    history.on_activity_event([event, event])
    for record in (customer, COMPANY, guest):
        [entry] = timeline(history, record)
        assert (entry["kind"], entry["title"]) == ("change", event.data["personal"]["subject"])
        assert (entry["summary"]["about"], entry["summary"]["event"]) == ("activity", "activity.completed.v1")
        assert (entry["summary"]["activity_kind"], entry["summary"]["status"]) == ("meeting", "Held")
        assert entry["summary"]["starts_at"] == event.data["activity"]["starts_at"]
    assert told(history) == [customer, COMPANY, guest]


def test_a_meeting_with_two_who_are_merged_stands_on_their_timeline_once_and_with_each_after_they_part(history):
    one, two = contact(), contact()
    history.on_activity_event([meeting(ActivityPlanned, about=[one], attendees=[two])])
    merge, since = merged(one, two), clock.now()
    history.on_record_event(merge)
    events = [entry["summary"]["event"] for entry in timeline(history, two)]
    assert events == ["contact.merged.v1", "activity.planned.v1"]

    history.on_record_event(unmerged(merge, since=since))
    for record in (one, two):
        assert timeline(history, record)[-1]["summary"]["event"] == "activity.planned.v1"
