"""Activities to try things with."""

from chassis.ids import new_id

ME = {"staff_user_id": "01939f2e-0000-7000-8000-00000000000a", "name": "佐藤"}
MEETING = {"kind": "meeting", "subject": "見積りの打合せ", "starts_at": "2030-05-01T10:00:00+09:00"}


def ref(kind="contact"):
    return {"kind": kind, "id": new_id()}


def to_do(activities, **data):
    return activities.create_activity(data={"kind": "to_do", "subject": "見積書を送る", **data}, actor=ME)


def meeting(activities, **data):
    return activities.create_activity(data={**MEETING, **data}, actor=ME)


def change(activities, record, **data):
    return activities.update_activity(id=record["id"], data=data, version=record["version"])
