import pytest

from chassis.ids import new_id
from chassis.testing import published
from contracts.errors import IdempotencyConflict, Invalid, NotFound, PreconditionFailed
from tests.services.activities.plans import ME, MEETING, change, meeting, ref, to_do


def told(activities):
    return [event.type for event in published(activities.db)]


def subjects(activities, **wanted):
    return [item["subject"] for item in activities.activities(**wanted)["items"]]


def test_a_to_do_is_its_makers_and_begins_not_started(activities):
    made = to_do(activities, due_on="2030-05-01", about=[ref()])

    assert (made["owner_id"], made["status"], made["state"]) == (ME["staff_user_id"], "Not Started", "open")
    assert (made["due_on"], made["due_at"], made["overdue"]) == ("2030-05-01", None, False)
    assert activities.activity(id=made["id"]) == made
    [event] = published(activities.db)
    assert (event.type, event.subject) == ("activity.planned.v1", made["id"])
    assert event.data["activity"]["about"] == made["about"]
    assert event.data["personal"]["subject"] == "見積書を送る"


def test_a_to_do_due_at_a_moment_is_due_on_the_day_it_has_in_the_persons_zone(activities):
    made = to_do(activities, due_at="2030-04-30T16:00:00Z", time_zone="Asia/Tokyo")
    assert (made["due_on"], made["due_at"]) == ("2030-05-01", "2030-04-30T16:00:00.000000Z")

    moved = change(activities, made, due_on="2030-06-01")
    assert (moved["due_on"], moved["due_at"]) == ("2030-06-01", None)


def test_a_meeting_lasts_an_hour_unless_said_and_keeps_its_length_when_it_is_moved(activities):
    made = meeting(activities)
    assert (made["starts_at"], made["ends_at"]) == ("2030-05-01T01:00:00.000000Z", "2030-05-01T02:00:00.000000Z")

    moved = change(activities, made, starts_at="2030-05-02T10:00:00+09:00")
    assert moved["ends_at"] == "2030-05-02T02:00:00.000000Z"


def test_a_visit_of_whole_days_begins_and_ends_at_midnight_of_its_zone(activities):
    made = activities.create_activity(
        data={"kind": "visit", "subject": "展示会", "all_day": True, "starts_on": "2030-05-01", "ends_on": "2030-05-02"}
    )
    assert (made["starts_at"], made["ends_on"], made["time_zone"]) == (None, "2030-05-02", "Asia/Tokyo")
    for moment, there in [("2030-05-02T14:59:00Z", True), ("2030-05-02T15:01:00Z", False)]:
        assert bool(activities.activities(since=moment)["items"]) is there


def test_a_call_that_was_made_is_written_down_as_held_with_what_came_of_it(activities):
    held = {"kind": "call", "subject": "納期の確認", "starts_at": "2026-11-20T10:00:00+09:00", "status": "Held"}
    spoken = {"direction": "out", "phone": "+81312345678", "duration_seconds": 300, "result": "来週送る"}
    made = activities.create_activity(data={**held, **spoken}, actor=ME)

    assert (made["state"], made["result"], made["duration_seconds"]) == ("done", "来週送る", 300)
    assert made["ends_at"] == "2026-11-20T01:05:00.000000Z"
    assert made["closed_at"] is not None
    assert told(activities) == ["activity.completed.v1"]


def test_a_status_closes_cancels_and_reopens_and_each_is_told(activities):
    made = to_do(activities, due_on="2020-01-01")
    assert made["overdue"]
    done = change(activities, made, status="Completed")
    assert (done["state"], done["overdue"], bool(done["closed_at"])) == ("done", False, True)
    opened = change(activities, done, status="In Progress")
    assert (opened["state"], opened["closed_at"]) == ("open", None)
    change(activities, opened, status="Cancelled")
    words = ["planned", "completed", "reopened", "cancelled"]
    assert told(activities) == [f"activity.{word}.v1" for word in words]


def test_a_change_names_the_fields_and_a_save_without_one_tells_nothing(activities):
    made = to_do(activities)
    about = [ref()]
    changed = change(activities, made, priority="High", about=about)
    assert (changed["version"], changed["about"]) == (2, about)
    assert change(activities, changed, priority="High", about=about)["version"] == 2
    assert published(activities.db)[-1].data["changed"] == ["about", "priority"]
    assert len(told(activities)) == 2


def test_a_stale_version_changes_and_deletes_nothing(activities):
    made = to_do(activities)
    change(activities, made, priority="High")
    with pytest.raises(PreconditionFailed):
        change(activities, made, priority="Low")
    with pytest.raises(PreconditionFailed):
        activities.delete_activity(id=made["id"], version=1)
    assert activities.activity(id=made["id"])["priority"] == "High"


def test_a_request_that_comes_twice_makes_one_activity(activities):
    data = {"kind": "to_do", "subject": "電話する"}
    first, second = (activities.create_activity(data=data, idempotency_key="once") for _ in range(2))
    assert first == second
    assert len(told(activities)) == 1
    with pytest.raises(IdempotencyConflict):
        activities.create_activity(data={**data, "subject": "別件"}, idempotency_key="once")


def test_what_is_deleted_lies_in_the_recycle_bin_and_comes_back_whole(activities):
    about = [ref(), ref("ticket")]
    made = to_do(activities, about=about)
    activities.delete_activity(id=made["id"], version=1)
    with pytest.raises(NotFound):
        activities.activity(id=made["id"])
    assert subjects(activities) == []
    assert subjects(activities, deleted=True) == [made["subject"]]

    back = activities.restore_activity(id=made["id"])
    assert (back["about"], back["deleted_at"]) == (about, None)
    with pytest.raises(NotFound):
        activities.restore_activity(id=made["id"])
    assert told(activities) == ["activity.planned.v1", "activity.deleted.v1", "activity.restored.v1"]


def test_an_activity_is_listed_with_everybody_it_is_about_and_who_takes_part(activities):
    customer, guest, colleague = ref(), ref(), {"kind": "staff_user", "id": ME["staff_user_id"]}
    made = meeting(activities, about=[customer], attendees=[guest, colleague])
    to_do(activities)
    for record in (customer, guest):
        assert [item["id"] for item in activities.activities(record=record)["items"]] == [made["id"]]
    assert made["attendees"] == [guest, colleague]


def test_lists_are_by_owner_kind_mail_and_state(activities):
    mail = new_id()
    to_do(activities, subject="mail", mail_message_id=mail)
    meeting(activities, subject="other", owner_id="other")
    done = to_do(activities, subject="done", status="Completed")
    assert subjects(activities, mail_message_id=mail) == ["mail"]
    assert subjects(activities, owner_id="other") == subjects(activities, kind="meeting") == ["other"]
    assert subjects(activities, state="past") == subjects(activities, state="done") == ["done"]
    assert activities.activities(state="open", counted=True)["total"] == 2
    assert done["state"] == "done"


def test_a_calendar_holds_what_people_and_their_groups_are_in_charge_of_or_take_part_in(activities):
    group, colleague = new_id(), {"kind": "staff_user", "id": new_id()}
    meeting(activities, subject="mine")
    meeting(activities, subject="the group's", owner_id=group, description="x" * 10_000)
    meeting(activities, subject="invited", owner_id="other", attendees=[colleague])
    meeting(activities, subject="another's", owner_id="other", about=[ref()])
    meeting(activities, subject="over", starts_at="2026-01-01T10:00:00Z")
    gone = meeting(activities, subject="deleted")
    activities.delete_activity(id=gone["id"], version=1)
    change(activities, to_do(activities, subject="called off", due_on="2030-04-01"), status="Cancelled")
    people = [ME["staff_user_id"], group, colleague["id"]]
    items = activities.calendar(people=people, since="2026-11-01T00:00:00Z")["items"]
    assert [item["subject"] for item in items] == ["called off", "mine", "the group's", "invited"]
    assert max(len(item["description"]) for item in items) == 2_000
    assert subjects(activities, people=people, state="open") == ["over", "mine", "the group's", "invited"]
    assert subjects(activities, people=[colleague["id"]]) == ["invited"]
    assert subjects(activities, people=[]) == []
    with pytest.raises(Invalid):
        activities.calendar(people=people, since="soon")


def test_the_open_ones_come_soonest_first_and_those_without_a_day_last(activities):
    for subject, due in [("third", None), ("second", "2030-02-01"), ("first", "2030-01-01")]:
        to_do(activities, subject=subject, due_on=due)
    assert subjects(activities, state="open") == ["first", "second", "third"]
    assert subjects(activities, since="2029-01-01T00:00:00Z") == ["second", "first"]
    assert subjects(activities, until="2030-01-15T00:00:00Z") == ["first"]


@pytest.mark.parametrize("state", [None, "open"])
def test_pages_follow_one_another_without_gap_or_double(activities, state):
    for number in range(7):
        to_do(activities, subject=str(number), due_on="2030-01-01" if number % 2 else f"2030-01-0{number + 2}")
    seen, cursor = [], None
    while True:
        page = activities.activities(state=state, limit=3, cursor=cursor)
        seen += [item["subject"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(set(seen)) == list("0123456")
    assert seen == subjects(activities, state=state)


def test_what_is_overdue_is_open_and_its_time_has_gone_by(activities):
    to_do(activities, subject="late", due_on="2020-01-01")
    to_do(activities, subject="done", due_on="2020-01-01", status="Completed")
    to_do(activities, subject="later", due_on="2999-01-01")
    assert subjects(activities, overdue=True) == ["late"]


BAD = {
    "ends before it starts": ({**MEETING, "ends_at": "2030-05-01T00:59:59Z"}, "ends_at"),
    "last day before the first": (
        {"kind": "visit", "subject": "x", "all_day": True, "starts_on": "2030-01-02", "ends_on": "2030-01-01"},
        "ends_on",
    ),
    "due before it starts": (
        {"kind": "to_do", "subject": "x", "starts_on": "2030-01-02", "due_on": "2030-01-01"},
        "due_on",
    ),
    "two dues": (
        {"kind": "to_do", "subject": "x", "due_on": "2030-01-02", "due_at": "2030-01-01T01:00:00Z"},
        "due_on",
    ),
    "10,000 characters": ({"kind": "to_do", "subject": "𠮷" * 10_000}, "subject"),
    "blank subject": ({"kind": "to_do", "subject": "　 "}, "subject"),
    "unknown record kind": ({"kind": "to_do", "subject": "x", "about": [{"kind": "invoice", "id": new_id()}]}, "about"),
    "no id": ({"kind": "to_do", "subject": "x", "about": [{"kind": "contact", "id": "CON1"}]}, "about"),
    "date out of range": ({"kind": "to_do", "subject": "x", "due_on": "0001-01-01"}, "due_on"),
    "moment out of range": ({**MEETING, "starts_at": "9999-12-31T23:59:59-12:00"}, "starts_at"),
    "no zone": ({**MEETING, "starts_at": "2030-05-01T10:00:00"}, "starts_at"),
    "unknown zone": ({**MEETING, "time_zone": "../etc/passwd"}, "time_zone"),
    "empty zone": ({**MEETING, "time_zone": ""}, "time_zone"),
    "folder as zone": ({**MEETING, "time_zone": "Asia"}, "time_zone"),
    "no time": ({"kind": "meeting", "subject": "x"}, "starts_at"),
    "no day": ({"kind": "meeting", "subject": "x", "all_day": True}, "starts_on"),
    "status of another kind": ({"kind": "to_do", "subject": "x", "status": "Held"}, "status"),
    "field of another kind": ({"kind": "to_do", "subject": "x", "phone": "03"}, "phone"),
    "field that there is not": ({"kind": "to_do", "subject": "x", "colour": "red"}, "colour"),
    "half a character": ({"kind": "to_do", "subject": "x\ud842"}, "subject"),
    "reminder without a day": ({"kind": "to_do", "subject": "x", "reminder_minutes": 5}, "reminder_minutes"),
    "reminder after": ({**MEETING, "reminder_minutes": -1}, "reminder_minutes"),
    "no kind": ({"subject": "x"}, "kind"),
}


@pytest.mark.parametrize(("data", "field"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_at_its_field_and_writes_nothing(activities, data, field):
    with pytest.raises(Invalid) as refused:
        activities.create_activity(data=data)
    assert set(refused.value.fields) == {field}
    assert activities.activities()["items"] == []
    assert told(activities) == []


def test_letters_of_four_bytes_are_kept(activities):
    made = to_do(activities, subject="𠮷野家さんへ電話📞", description="髙﨑\n①")
    kept = activities.activity(id=made["id"])
    assert (kept["subject"], kept["description"]) == ("𠮷野家さんへ電話📞", "髙﨑\n①")


def test_a_list_refuses_what_cannot_be_looked_for(activities):
    for wanted in (
        {"record": {"kind": "x", "id": 1}},
        {"state": "x"},
        {"kind": "x"},
        {"since": "soon"},
        {"cursor": "x"},
    ):
        with pytest.raises(Invalid):
            activities.activities(**wanted)
    with pytest.raises(NotFound):
        activities.activity(id="x")
