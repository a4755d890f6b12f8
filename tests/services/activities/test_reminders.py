"""Reminders: once, when their moment has come."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis import clock
from chassis.testing import published
from services.activities import store, writing
from tests.services.activities.plans import change, to_do


def in_minutes(minutes):
    return clock.wire(datetime.now(UTC) + timedelta(minutes=minutes))


def reminders(activities):
    activities.remind()
    return [event for event in published(activities.db) if event.type == "activity.reminded.v1"]


def test_a_reminder_comes_once_when_its_moment_has_come(activities):
    soon = to_do(activities, due_at=in_minutes(10), reminder_minutes=15)
    to_do(activities, due_at=in_minutes(30), reminder_minutes=15)
    for _ in range(2):
        [event] = reminders(activities)
        assert (event.subject, event.data["remind_at"]) == (soon["id"], soon["remind_at"])


def test_what_is_put_off_is_reminded_of_again_and_what_is_done_deleted_or_over_is_not(activities):
    moved = to_do(activities, due_at=in_minutes(10), reminder_minutes=15)
    reminders(activities)
    change(activities, moved, due_at=in_minutes(12))
    assert len(reminders(activities)) == 2

    done = to_do(activities, due_at=in_minutes(10), reminder_minutes=15)
    change(activities, done, status="Completed")
    gone = to_do(activities, due_at=in_minutes(10), reminder_minutes=15)
    activities.delete_activity(id=gone["id"])
    to_do(activities, due_at=in_minutes(-10), reminder_minutes=15)
    assert len(reminders(activities)) == 2

    activities.restore_activity(id=gone["id"])
    assert reminders(activities)[-1].subject == gone["id"]


def test_of_a_day_one_is_reminded_in_its_morning(activities):
    made = to_do(activities, due_on="2030-05-01", reminder_minutes=0)
    assert made["remind_at"] == "2030-05-01T00:00:00.000000Z"


@pytest.mark.parametrize("activities", ["postgresql"], indirect=True)
def test_two_replicas_that_remind_at_the_same_moment_remind_once(activities):
    for _ in range(3):
        to_do(activities, due_at=in_minutes(10), reminder_minutes=15)
    with activities.db.transaction() as tx:
        assert len(store.to_remind(tx.session, now=clock.now(), limit=2)) == 2
        assert writing.remind(activities.db, limit=2) == 1
    assert writing.remind(activities.db, limit=2) == 0
