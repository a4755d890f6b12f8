"""Calendar files and calendars at secret addresses, on the running system."""

from urllib.parse import urlsplit

import httpx
import pytest
import vobject

from tests.gateway.post import new_contact
from tests.gateway.small import PASSWORD

MEETING = {"kind": "meeting", "subject": "見積りの打合せ", "starts_at": "2030-05-01T10:00:00+09:00"}


@pytest.fixture(scope="module")
def session(system):
    """The admin, logged in: a token makes no address."""
    answer = system.client().post("/sessions", json={"login": "root", "password": PASSWORD})
    return system.client(answer.json()["token"])


@pytest.fixture
def address(api, session):
    """A secret address of the admin's calendar."""
    made = session.post("/calendar-address")
    assert made.status_code == 201, made.text
    yield made.json()["url"]
    assert api.delete("/calendar-address").status_code == 204


@pytest.fixture(scope="module")
def colleague(system):
    """Somebody else who works here."""
    return system.colleague().get("/sessions/current").json()["staff_user_id"]


def planned(api, **data):
    answer = api.post("/activities", json={**MEETING, **data})
    assert answer.status_code == 201, answer.text
    return answer.json()


def read(answer):
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8"), answer.text
    return {one.uid.value: one for one in vobject.readOne(answer.text).components()}


def test_one_activity_is_a_file_with_the_name_of_its_customer(api):
    contact = new_contact(api, last_name="内藤", first_name="了").json()
    made = planned(api, about=[{"kind": "contact", "id": contact["id"]}])
    answer = api.get(f"/activities/{made['id']}.ics")
    assert read(answer)[made["id"]].description.value == "内藤 了"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert api.get(f"/activities/{contact['id']}.ics").status_code == 404


def test_a_calendar_program_reads_what_is_planned_changed_and_called_off_without_logging_in(api, address, colleague):
    made, other = planned(api), planned(api, subject="別の人の件", owner_id=colleague)
    before = read(httpx.get(address, timeout=30))
    assert before[made["id"]].summary.value == "見積りの打合せ"
    assert other["id"] not in before

    change = {"status": "Not Held", "starts_at": "2030-05-02T10:00:00+09:00"}
    api.patch(f"/activities/{made['id']}", json=change, headers={"If-Match": '"1"'})
    after = read(httpx.get(address, timeout=30))[made["id"]]
    assert (after.status.value, after.sequence.value) == ("CANCELLED", "1")
    assert after.dtstart.value.isoformat() == "2030-05-02T01:00:00+00:00"

    api.delete(f"/activities/{made['id']}", headers={"If-Match": '"2"'})
    assert made["id"] not in read(httpx.get(address, timeout=30))


def test_what_i_take_part_in_is_in_my_calendar(api, address, colleague):
    me = {"kind": "staff_user", "id": api.get("/sessions/current").json()["staff_user_id"]}
    made = planned(api, owner_id=colleague, attendees=[me])
    assert made["id"] in read(httpx.get(address, timeout=30))


def test_an_address_that_was_renewed_or_invented_opens_nothing_and_is_no_token(system, api, session, address):
    token = urlsplit(address).path.rpartition("/")[2].removesuffix(".ics")
    assert system.client(token).get("/activities").status_code == 401
    assert api.get("/calendar-address").json()["active"]
    renewed = session.post("/calendar-address").json()["url"]
    assert httpx.get(renewed, timeout=30).status_code == 200
    for gone in (address, address.replace("musubi_c_", "musubi_c_x")):
        assert httpx.get(gone, timeout=30).status_code == 404
