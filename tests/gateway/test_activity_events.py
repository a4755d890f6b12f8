"""What another system hears of activities, also when their service is killed while it reminds; on real servers."""

from datetime import timedelta

import pytest

from chassis import clock
from chassis.crash import CRASH_EXIT_CODE
from tests.gateway import foreign
from tests.gateway.conftest import System
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

pytestmark = pytest.mark.timeout(600)

MEETING = {"kind": "meeting", "subject": "見積りの打合せ", "starts_at": "2030-05-01T10:00:00+09:00"}
WORDS = ("planned", "updated", "completed", "reopened", "cancelled", "deleted", "restored")
HEARD = [f"activity.{word}.v1" for word in WORDS]


@pytest.fixture
def system(amqp_url, make_databases):
    """Activities, staff and the gateway, each a process that nobody starts again; the queues of all are there."""
    services = ["activities", "staff", "gateway"]
    url = make_databases([*services, "contacts", "mail_ingest", "matcher", "leads", "tickets", "history", "sales"])
    with ServiceProcesses(services, amqp_url=amqp_url, database_url=url, supervise=False) as processes:
        processes.musubi("migrate")
        system = System(processes)
        yield system
        system.close()


@pytest.fixture
def heard(amqp_url, system):
    """The events of activities that pika gets; call it for those so far."""
    with foreign.heard(amqp_url, "activities.events", "activity.#") as so_far:
        yield so_far


def planned(api, **data):
    made = api.post("/activities", json={**MEETING, **data})
    assert made.status_code == 201, made.text
    return made.json()


def reminders(heard, activity):
    """The ids of the reminders of an activity: one that comes twice under one id is one."""
    mine = [event for event in heard() if event["subject"] == activity["id"]]
    return {event["id"] for event in mine if event["type"] == "activity.reminded.v1"}


def test_each_event_is_heard_in_order_and_a_reminder_once_whenever_its_service_is_killed(
    system, heard, postgres, database_prefix
):
    api, processes = system.admin, system.processes
    meeting = planned(api)
    path, version = f"/activities/{meeting['id']}", meeting["version"]
    for change in ({"place": "本社"}, {"status": "Held"}, {"status": "Planned"}, {"status": "Not Held"}):
        version = api.patch(path, json=change, headers={"If-Match": f'"{version}"'}).json()["version"]
    assert api.delete(path, headers={"If-Match": f'"{version}"'}).status_code == 204
    assert api.post(f"{path}/restore").status_code == 200
    eventually(lambda: len(heard()) >= len(HEARD))
    assert [event["type"] for event in heard()] == HEARD
    assert {event["subject"] for event in heard()} == {meeting["id"]}
    assert heard()[1]["data"]["changed"] == ["place"]

    watched = planned(api, reminder_minutes=10)
    processes.halt("activities")
    due = "UPDATE activities SET remind_at = now() - interval '1 minute' WHERE id = %s"
    postgres.execute(due, watched["id"], database=f"{database_prefix}_activities")
    replica = processes.replicas["activities-1"]
    for point in ("before_commit", "after_commit", "after_publish"):
        processes.crash_at("activities", point)
        processes.resume("activities")
        eventually(lambda: not replica.server.running, timeout=120, what=f"the end at {point}")
        assert replica.server.exit_code == CRASH_EXIT_CODE
    processes.resume("activities")
    processes.wait_ready("activities")

    # What came later is heard later: nothing of the first is still on its way.
    soon = clock.wire(clock.now() + timedelta(hours=1))
    later = planned(api, starts_at=soon, reminder_minutes=120)
    eventually(lambda: reminders(heard, later), timeout=120)
    assert len(reminders(heard, watched)) == len(reminders(heard, later)) == 1
