"""Notices: who is told of what, once, and until they have read it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from chassis import clock
from chassis.testing import make_event
from contracts import ActivityReminded, ContactCreated, ContactUpdated, OrganizationUpdated
from contracts.errors import NotFound
from services.staff import telling
from tests.services.staff.people import PASSWORD, new_user

CONTACT = "01a20e37-0000-7000-8000-00000000c001"
NOBODY = "01a20e37-0000-7000-8000-00000000ffff"


@pytest.fixture
def jiro(staff):
    return new_user(staff, login="jiro")


@pytest.fixture
def sales(staff, hanako, jiro):
    closed = new_user(staff, login="closed")
    staff.update_staff_user(id=closed["id"], data={"active": False}, version=1)
    members = [hanako["id"], jiro["id"], closed["id"]]
    return staff.create_staff_group(data={"name": "営業部", "member_ids": members})


def reminder(owner, *attendees):
    activity: dict[str, Any] = {"id": CONTACT, "kind": "call", "state": "open", "status": "Planned", "priority": "Low"}
    activity |= {"owner_id": owner and owner["id"], "time_zone": "Asia/Tokyo", "all_day": False, "about": []}
    activity |= {"attendees": [{"kind": kind, "id": one["id"]} for kind, one in attendees]}
    activity |= {"starts_at": "2026-12-01T01:00:00.000000Z"}
    said = {"personal": {"subject": "田中様に電話", "place": ""}, "remind_at": "2026-12-01T00:45:00Z"}
    return make_event(ActivityReminded, subject=CONTACT, activity=activity, **said)


def change(owner, *, by=None, notify=True, contract=ContactUpdated, **more):
    facts = {"id": CONTACT, "number": "CON1", "owner_id": owner and owner["id"], "notify_owner": notify}
    data = {"changed": ["title"]} if contract is not ContactCreated else {}
    data |= {"actor_id": by and by["id"], **more}
    if contract is OrganizationUpdated:
        facts |= {"name": "結び商事", "addresses": []}
        return make_event(contract, subject=CONTACT, organization=facts, **data)
    kana = {"last_name_kana": "", "first_name_kana": "", "title": "", "addresses": []}
    personal = {"last_name": "田中", "first_name": "太郎", **kana}
    return make_event(contract, subject=CONTACT, contact=facts, personal=personal, **data)


def told(staff, user, **asked):
    return staff.notices(staff_user_id=user["id"], **asked)["items"]


def test_a_reminder_tells_whoever_is_in_charge_and_the_colleagues_who_take_part_each_once(staff, hanako, jiro, sales):
    event = reminder(hanako, ("staff_user", jiro), ("staff_group", sales), ("contact", {"id": NOBODY}))
    staff.on_concern([event, event])
    staff.on_concern([event])
    for person in (hanako, jiro):
        [notice] = told(staff, person)
        assert (notice["what"], notice["title"], notice["actor"]) == ("reminded", "田中様に電話", None)
        assert notice["record"] == {"kind": "activity", "id": CONTACT}
        assert (notice["activity"]["kind"], notice["activity"]["starts_at"]) == ("call", "2026-12-01T01:00:00.000000Z")


def test_each_member_of_a_group_in_charge_is_told_but_whoever_did_it_and_whoever_left(staff, hanako, jiro, sales):
    staff.on_concern([change(sales, by=hanako, contract=OrganizationUpdated)])
    assert told(staff, hanako) == []
    [notice] = told(staff, jiro)
    assert (notice["what"], notice["title"], notice["changed"]) == ("updated", "結び商事", ["title"])
    assert (notice["record"]["kind"], notice["actor"]) == ("organization", {"id": hanako["id"], "name": "佐藤 花子"})
    staff.update_staff_group(id=sales["id"], data={"member_ids": []}, version=1)
    staff.on_concern([change(sales, by=hanako), reminder(sales)])
    assert len(told(staff, jiro)) == 1


def test_a_change_tells_nobody_where_the_owner_made_it_where_it_is_not_wanted_and_of_nobodys_record(
    staff, hanako, jiro
):
    old = change(hanako, by=jiro)
    del old.data["contact"]["owner_id"], old.data["contact"]["notify_owner"], old.data["actor_id"]
    nobody = [
        change(None, by=jiro),
        change({"id": NOBODY}, by=jiro),
        change({"id": "an old id"}, by=jiro),
        reminder(None),
    ]
    staff.on_concern([change(hanako, by=hanako), change(hanako, by=jiro, notify=False), old, *nobody])
    assert told(staff, hanako) == told(staff, jiro) == []
    staff.on_concern([change(hanako, by=jiro, contract=ContactCreated), change(hanako)])
    assert [(one["what"], bool(one["actor"])) for one in told(staff, hanako)] == [("updated", False), ("created", True)]


def test_notices_are_read_one_by_one_or_all_that_were_seen(staff, hanako, jiro):
    staff.on_concern([change(hanako, by=jiro) for _ in range(3)])
    later, seen, first = told(staff, hanako)
    mine, his = {"actor": {"staff_user_id": hanako["id"]}}, {"actor": {"staff_user_id": jiro["id"]}}
    assert [staff.read_notice(id=first["id"], idempotency_key=key, **mine)["read"] for key in "kkl"] == [True] * 3
    assert staff.notices(staff_user_id=hanako["id"])["unread"] == 2
    with pytest.raises(NotFound):
        staff.read_notice(id=seen["id"], **his)
    assert staff.read_notices(**his) == {"unread": 0}
    assert staff.read_notices(up_to=seen["id"], **mine) == {"unread": 1}
    assert [one["id"] for one in told(staff, hanako, unread=True)] == [later["id"]]
    assert staff.read_notices(**mine) == {"unread": 0}


def test_pages_go_from_the_latest_to_the_first(staff, hanako, jiro):
    staff.on_concern([change(hanako, by=jiro) for _ in range(5)])
    whole = [one["id"] for one in told(staff, hanako)]
    assert whole == sorted(whole, reverse=True)
    first = staff.notices(staff_user_id=hanako["id"], limit=3)
    second = staff.notices(staff_user_id=hanako["id"], limit=3, cursor=first["next"])
    assert [one["id"] for one in first["items"] + second["items"]] == whole
    assert second["next"] is None


def test_what_a_colleague_changes_by_the_thousand_pushes_no_reminder_out(staff, hanako, jiro, monkeypatch):
    monkeypatch.setattr("services.staff.notices.KEPT", 3)
    staff.on_concern([reminder(hanako)])
    staff.on_concern([change(hanako, by=jiro) for _ in range(5)])
    assert sorted(one["what"] for one in told(staff, hanako)) == ["reminded", "updated", "updated", "updated"]


def test_the_latest_are_kept_and_what_is_old_goes_at_a_log_in(staff, hanako, jiro, monkeypatch):
    monkeypatch.setattr("services.staff.notices.KEPT", 3)
    staff.on_concern([change(jiro, by=hanako)])
    for _ in range(3):
        staff.on_concern([change(hanako, by=jiro) for _ in range(2)])
    assert (len(told(staff, hanako)), len(told(staff, jiro))) == (3, 1)
    with time_machine.travel(clock.now() + telling.KEPT_FOR + timedelta(minutes=1)):
        staff.on_concern([change(hanako, by=jiro)])
        staff.log_in(login="jiro", password=PASSWORD)
        assert (len(told(staff, hanako)), told(staff, jiro)) == (1, [])
