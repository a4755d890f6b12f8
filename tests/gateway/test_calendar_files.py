"""Activities as iCalendar, read back with another library than the one that writes them."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import vobject

from gateway.calendars import calendar_of

ID = "01a20521-2d3d-7181-9150-c220fbfce669"
TANAKA = "01a20521-2d3d-7181-9150-c220fbfce66a"
ACTIVITY: dict[str, Any] = {
    **dict.fromkeys(("starts_at", "ends_at", "starts_on", "ends_on", "due_on", "due_at", "closed_at")),
    **dict.fromkeys(("place", "phone", "description", "result"), ""),
    "id": ID,
    "version": 3,
    "kind": "meeting",
    "state": "open",
    "status": "Planned",
    "priority": "Medium",
    "subject": "見積りの打合せ",
    "time_zone": "Asia/Tokyo",
    "all_day": False,
    "reminder_minutes": None,
    "about": [],
    "attendees": [],
    "created_at": "2026-11-01T00:00:00.000000Z",
    "updated_at": "2026-11-02T03:04:05.000000Z",
}
MEETING = {**ACTIVITY, "starts_at": "2030-05-01T01:00:00.000000Z", "ends_at": "2030-05-01T02:00:00.000000Z"}
VISIT = {**ACTIVITY, "kind": "visit", "all_day": True, "starts_on": "2030-05-01", "ends_on": "2030-05-02"}
TO_DO = {**ACTIVITY, "kind": "to_do", "status": "Not Started", "due_on": "2030-05-01"}
CLOSED = {"state": "done", "closed_at": "2026-11-03T00:00:00.000000Z"}


def read(*activities, names=None, title=""):
    return vobject.readOne(calendar_of(activities, names=names or {}, title=title).decode())


def one(activity, **changes):
    [found] = read({**activity, **changes}).components()
    return found


def test_a_meeting_is_an_event_at_its_moment_known_by_its_id_and_version():
    event = one(MEETING, place="本社 3階, 会議室; A")
    assert event.name == "VEVENT"
    assert event.dtstart.value == datetime(2030, 5, 1, 1, tzinfo=UTC)
    assert event.dtend.value == datetime(2030, 5, 1, 2, tzinfo=UTC)
    assert (event.uid.value, event.sequence.value) == (ID, "2")
    assert event.dtstamp.value == event.last_modified.value == datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)
    assert (event.summary.value, event.location.value) == ("見積りの打合せ", "本社 3階, 会議室; A")
    assert event.status.value == "CONFIRMED"


def test_a_meeting_without_length_has_no_end():
    assert "dtend" not in one(MEETING, ends_at=MEETING["starts_at"]).contents


def test_whole_days_are_days_and_end_before_the_day_after_the_last():
    event = one(VISIT)
    assert (event.dtstart.value, event.dtend.value) == (date(2030, 5, 1), date(2030, 5, 3))


def test_a_to_do_is_due_on_its_day():
    to_do = one(TO_DO, starts_on="2030-04-01", priority="High")
    assert to_do.name == "VTODO"
    assert (to_do.dtstart.value, to_do.due.value) == (date(2030, 4, 1), date(2030, 5, 1))
    assert (to_do.status.value, to_do.priority.value) == ("NEEDS-ACTION", "1")


def test_a_to_do_due_at_a_moment_starts_at_the_midnight_of_its_time_zone():
    to_do = one(TO_DO, starts_on="2030-04-01", due_at="2030-05-01T08:00:00.000000Z")
    assert to_do.dtstart.value == datetime(2030, 3, 31, 15, tzinfo=UTC)
    assert to_do.due.value == datetime(2030, 5, 1, 8, tzinfo=UTC)


def test_a_to_do_that_starts_on_the_day_it_is_due_says_only_when_it_is_due():
    assert set(one(TO_DO, starts_on="2030-05-01").contents) & {"dtstart", "due"} == {"due"}


def test_a_to_do_without_a_day_is_one():
    assert not set(one(TO_DO, due_on=None).contents) & {"dtstart", "due"}


@pytest.mark.parametrize(
    ("activity", "changes", "status"),
    [
        (MEETING, {"state": "cancelled", "status": "Not Held"}, "CANCELLED"),
        (MEETING, {**CLOSED, "status": "Held"}, "CONFIRMED"),
        (TO_DO, {"state": "cancelled", "status": "Cancelled"}, "CANCELLED"),
        (TO_DO, {"status": "In Progress"}, "IN-PROCESS"),
        (TO_DO, {"status": "Deferred"}, "NEEDS-ACTION"),
        (TO_DO, {**CLOSED, "status": "Completed"}, "COMPLETED"),
    ],
)
def test_the_status_is_told_in_the_words_of_calendars(activity, changes, status):
    component = one(activity, **changes)
    assert component.status.value == status
    assert ("completed" in component.contents) == (status == "COMPLETED")


@pytest.mark.parametrize(
    ("activity", "due_at", "before"),
    [
        (MEETING, None, timedelta(minutes=-30)),
        (VISIT, None, timedelta(hours=8, minutes=30)),
        (TO_DO, None, timedelta(hours=8, minutes=30)),
        (TO_DO, "2030-05-01T08:00:00.000000Z", timedelta(minutes=-30)),
    ],
)
def test_an_open_activity_reminds_as_it_does_here(activity, due_at, before):
    alarm = one(activity, due_at=due_at, reminder_minutes=30).valarm
    assert (alarm.action.value, alarm.trigger.value) == ("DISPLAY", before)
    assert alarm.trigger.params["RELATED"] == ["END" if activity is TO_DO else "START"]
    assert "valarm" not in one(activity, reminder_minutes=30, state="cancelled").contents


def test_customers_are_named_and_what_is_written_stands_below():
    pointer = {"kind": "contact", "id": TANAKA}
    words = {"about": [pointer], "attendees": [pointer], "phone": "+81312345678", "description": "値引き\n10%まで"}
    told = one(MEETING, **words)
    assert told.description == one(MEETING, **words).description
    named = next(read({**MEETING, **words}, names={TANAKA: "田中 太郎"}).components())
    assert named.description.value == "田中 太郎\n\n+81312345678\n\n値引き\n10%まで"


def test_no_text_can_add_lines_of_its_own():
    bad = "x\r\nSTATUS:CANCELLED\rEND:VEVENT\n\u2028BEGIN:VEVENT"
    calendar = read({**MEETING, "subject": bad, "place": bad, "description": bad}, title=bad)
    [event] = calendar.components()
    assert event.status.value == "CONFIRMED"
    assert event.summary.value == " ".join(bad.split())
    assert b"\r" not in calendar_of([MEETING], names={}).replace(b"\r\n", b"")


def test_the_same_activities_give_the_same_bytes_in_lines_of_75_at_most():
    long = {**MEETING, "subject": "長い件名𠮷" * 50}
    text = calendar_of([long, TO_DO], names={}, title="Musubi 佐藤")
    assert text == calendar_of([long, TO_DO], names={}, title="Musubi 佐藤")
    assert max(len(line) for line in text.split(b"\r\n")) <= 75
    assert {one.uid.value for one in read(long, TO_DO).components()} == {ID}
    feed = read(title="Musubi 佐藤")
    assert feed.x_wr_calname.value == "Musubi 佐藤"
    assert feed.refresh_interval.value == feed.x_published_ttl.value == "PT30M"
    assert read().method.value == "PUBLISH"
