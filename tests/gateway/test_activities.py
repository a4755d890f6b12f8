"""Activities over the API, on the running system."""

from chassis.ids import new_id
from tests.gateway.post import new_contact, received
from tests.infra import eventually

MEETING = {"kind": "meeting", "subject": "見積りの打合せ", "starts_at": "2030-05-01T10:00:00+09:00"}


def planned(api, **data):
    answer = api.post("/activities", json={**MEETING, **data})
    assert answer.status_code == 201, answer.text
    return answer


def test_a_meeting_is_planned_held_and_found_with_its_customer(api):
    contact = new_contact(api).json()
    made = planned(api, about=[{"kind": "contact", "id": contact["id"]}])
    path = f"/activities/{made.json()['id']}"
    held = api.patch(path, json={"status": "Held", "result": "受注"}, headers={"If-Match": made.headers["ETag"]})
    assert (held.status_code, held.json()["state"], held.headers["ETag"]) == (200, "done", '"2"')

    mine = {"about_kind": "contact", "about_id": contact["id"]}
    past = api.get("/activities", params={**mine, "state": "past"}).json()["items"]
    assert [(item["id"], item["result"]) for item in past] == [(made.json()["id"], "受注")]
    assert api.get("/activities", params={**mine, "state": "open"}).json()["items"] == []


def test_a_change_needs_the_version_that_was_read(api):
    path = f"/activities/{planned(api).json()['id']}"
    assert api.patch(path, json={"place": "本社"}).status_code == 428
    assert api.patch(path, json={"place": "本社"}, headers={"If-Match": '"7"'}).status_code == 412
    assert api.delete(path).status_code == 428


def test_a_deleted_activity_comes_back(api):
    made = planned(api)
    path = f"/activities/{made.json()['id']}"
    assert api.delete(path, headers={"If-Match": made.headers["ETag"]}).status_code == 204
    assert api.get(path).status_code == 404
    assert path.rpartition("/")[2] in {item["id"] for item in api.get("/activities?deleted=true").json()["items"]}
    assert api.post(f"{path}/restore").json()["subject"] == MEETING["subject"]


def test_what_contradicts_itself_is_refused_at_its_field(api):
    answer = api.post("/activities", json={**MEETING, "ends_at": "2030-05-01T09:00:00+09:00"})
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"ends_at"})
    half = api.get("/activities", params={"about_id": new_id()})
    assert (half.status_code, set(half.json()["errors"])) == (422, {"about_kind"})


def test_a_to_do_made_from_a_mail_says_what_the_mail_says_and_is_about_its_sender(system, api, office):
    contact = new_contact(api, last_name="内藤", addresses=["naito@abc.example"]).json()
    record = {"kind": "contact", "id": contact["id"]}
    message = received(system, office, sender="内藤 <naito@abc.example>")
    panel = eventually(lambda: api.get(f"/messages/{message['id']}").json()["panel"])
    assert "create_to_do" in panel["actions"]
    path = f"/messages/{message['id']}/actions/create_to_do"
    assert api.get(path).json()["body"]["about"] == [record]

    acted = api.post(path, json={"due_on": "2030-05-01"})
    assert (acted.status_code, acted.json()["record"]) == (201, record), acted.text
    made = acted.json()["result"]
    assert (made["kind"], made["subject"], made["mail_message_id"]) == ("to_do", message["subject"], message["id"])
    assert "見積もりをお願いします" in made["description"]
    [found] = api.get("/activities", params={"mail_message_id": message["id"]}).json()["items"]
    assert (found["id"], found["due_on"]) == (made["id"], "2030-05-01")


def test_a_mail_of_nobody_known_becomes_a_to_do_about_nobody(api, stranger):
    acted = api.post(f"/messages/{stranger['id']}/actions/create_to_do", json={})
    assert (acted.status_code, acted.json()["record"], acted.json()["result"]["about"]) == (201, None, [])
