"""Who is put in charge of a record works here, or is a group of those who do: at every call that names somebody."""

import pytest

from chassis.ids import new_id
from tests.gateway.post import new_contact

NOBODY = "This is no active staff user and no group: choose another one, or nobody."
AT_TWO = {"kind": "meeting", "subject": "打合せ", "starts_at": "2030-05-01T14:00:00+09:00"}
# Where records are made, with what they need, and the field of who is in charge.
MADE = {
    "/contacts": ({"last_name": "担当"}, "owner_id"),
    "/organizations": ({"name": "担当㈱"}, "owner_id"),
    "/leads": ({"last_name": "担当"}, "owner_id"),
    "/tickets": ({"title": "担当"}, "assigned_to"),
    "/activities": (AT_TWO, "owner_id"),
    "/opportunities": ({"name": "担当"}, "owner_id"),
    "/quotes": ({"subject": "担当"}, "owner_id"),
    "/invoices": ({"subject": "担当"}, "owner_id"),
}


@pytest.fixture(scope="module")
def team(system):
    """A group."""
    return system.admin.post("/staff-groups", json={"name": new_id()}).json()["id"]


@pytest.fixture(scope="module")
def gone(system):
    """Somebody who worked here, and what he was in charge of when he went."""
    id = system.colleague("退職者").get("/sessions/current").json()["staff_user_id"]
    customer = new_contact(system.admin, last_name="顧客").json()["id"]
    theirs = {
        path: system.admin.post(path, json=_body(path, customer, id)).raise_for_status().json()["id"] for path in MADE
    }
    system.admin.patch(f"/staff-users/{id}", json={"active": False}, headers={"If-Match": '"1"'}).raise_for_status()
    return id, customer, theirs


def _body(path, customer, owner):
    needed, field = MADE[path]
    sold = {"contact_id": customer} if path in ("/opportunities", "/quotes", "/invoices") else {}
    return {**needed, **sold, field: owner}


def refused(answer, field):
    return (answer.status_code, answer.json()["errors"]) == (422, {field: [NOBODY]})


@pytest.mark.parametrize("path", MADE)
def test_nobody_real_is_put_in_charge_of_nothing(system, gone, team, path):
    (closed, customer, theirs), (_, field) = gone, MADE[path]
    for stranger in (new_id(), closed):
        assert refused(system.admin.post(path, json=_body(path, customer, stranger)), field)
    made = system.admin.post(path, json=_body(path, customer, team))
    assert (made.status_code, made.json()[field]) == (201, team)
    one = f"{path}/{made.json()['id']}"
    assert refused(system.admin.patch(one, json={field: closed}, headers={"If-Match": '"1"'}), field)
    assert system.admin.get(one).json()[field] == team
    # Who has gone may stay in charge, until somebody else is.
    his = f"{path}/{theirs[path]}"
    kept = system.admin.patch(his, json={field: closed}, headers={"If-Match": '"1"'})
    assert (kept.status_code, kept.json()[field]) == (200, closed)
    nobody = system.admin.patch(his, json={field: None}, headers={"If-Match": kept.headers["ETag"]})
    assert (nobody.status_code, nobody.json()[field]) == (200, None)


def test_a_conversion_is_refused_at_the_part_and_a_mass_change_before_it_begins(system, gone, team):
    stranger, (_, customer, _) = new_id(), gone
    lead = system.admin.post("/leads", json={"last_name": "変換"}).json()["id"]
    asked = {"opportunity": {"name": "商談", "owner_id": stranger}, "contact": {"owner_id": team}}
    assert refused(system.admin.post(f"/leads/{lead}/convert", json=asked), "opportunity.owner_id")
    assert system.admin.get(f"/leads/{lead}").json()["state"] == "open"
    begun = {"record_kind": "contact", "action": "update", "ids": [customer]}
    assert refused(system.admin.post("/mass-changes", json={**begun, "data": {"owner_id": stranger}}), "owner_id")
    done = system.admin.post("/mass-changes", json={**begun, "data": {"owner_id": team}}).json()
    assert (done["state"], done["changed"]) == ("finished", 1)
