"""Through the whole running system: what arrived while two contacts were one goes back by its address."""

from tests.gateway.post import new_contact, received
from tests.infra import eventually


def mails_of(api, contact):
    entries = api.get("/history", params={"kind": "contact", "id": contact["id"]}).json()["items"]
    return {entry["mail_message_id"] for entry in entries if entry["kind"] == "mail"}


def customer_of(api, ticket):
    return (api.get(f"/tickets/{ticket['id']}").json()["customer"] or {}).get("id")


def open_ticket(api, title, contact, address=""):
    data = {"title": title, "customer": {"kind": "contact", "id": contact["id"]}, "requester_address": address}
    answer = api.post("/tickets", json=data)
    assert answer.status_code == 201, answer.text
    return answer.json()


def match_of(api, mail):
    return (api.get(f"/messages/{mail['id']}/decision").json()["match"] or {}).get("id")


def select(api, mail, contact):
    record = {"kind": "contact", "id": contact["id"]}
    answer = api.post(f"/messages/{mail['id']}/actions/select", json={"record": record})
    assert answer.status_code in (200, 201), answer.text


def to_do_of(api, mail):
    return api.post(f"/messages/{mail['id']}/actions/create_to_do", json={}).json()["result"]


def about(api, to_do):
    [record] = api.get(f"/activities/{to_do['id']}").json()["about"]
    return record["id"]


def test_what_arrived_between_goes_back_to_whom_its_address_belongs(system, api, office):
    hers, his = "hanako@part.example", "jiro@part.example"
    hanako = new_contact(api, last_name="花子", addresses=[hers]).json()
    jiro = new_contact(api, last_name="次郎", addresses=[his]).json()
    before = received(system, office, sender=his)
    assert match_of(api, before) == jiro["id"]
    select(api, before, jiro)
    called = open_ticket(api, "併合の前の電話", jiro)

    api.post(f"/contacts/{hanako['id']}/merge", json={"other_ids": [jiro["id"]]})
    eventually(lambda: match_of(api, before) == hanako["id"])
    eventually(lambda: customer_of(api, called) == hanako["id"])
    between, own = received(system, office, sender=his), received(system, office, sender=hers)
    for mail in (between, own):
        assert match_of(api, mail) == hanako["id"]
        select(api, mail, hanako)
    eventually(lambda: mails_of(api, hanako) == {before["id"], between["id"], own["id"]})
    meanwhile = open_ticket(api, "併合の間の電話", hanako, his)
    to_dos = [to_do_of(api, mail) for mail in (between, own)]

    assert api.post(f"/contacts/{jiro['id']}/unmerge").status_code == 200
    eventually(
        lambda: [match_of(api, mail) for mail in (before, between, own)] == [jiro["id"], jiro["id"], hanako["id"]]
    )
    eventually(lambda: mails_of(api, jiro) == {before["id"], between["id"]})
    eventually(lambda: mails_of(api, hanako) == {own["id"]})
    eventually(lambda: {customer_of(api, ticket) for ticket in (called, meanwhile)} == {jiro["id"]})
    eventually(lambda: [about(api, to_do) for to_do in to_dos] == [jiro["id"], hanako["id"]])
    assert match_of(api, received(system, office, sender=his)) == jiro["id"]
