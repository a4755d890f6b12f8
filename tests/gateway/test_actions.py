"""One click beside a mail, on the running system."""

import httpx

from chassis.ids import new_id
from tests.gateway.post import new_contact, received
from tests.gateway.small import PASSWORD
from tests.infra import eventually


def test_add_contact_is_one_click_and_the_mail_is_in_the_new_contacts_history(api, stranger):
    path = f"/messages/{stranger['id']}/actions/add_contact"
    form = api.get(path).json()["body"]
    assert (form["last_name"], form["first_name"]) == ("山田", "太郎")
    acted = api.post(path, json={"title": "主任"}, headers={"Idempotency-Key": stranger["id"]})
    assert acted.status_code == 201, acted.text
    contact = api.get(f"/contacts/{acted.json()['record']['id']}").json()
    assert (contact["last_name"], contact["title"]) == ("山田", "主任")
    entries = api.get("/history", params=acted.json()["record"]).json()["items"]
    assert stranger["id"] in {entry["mail_message_id"] for entry in entries}
    matched = eventually(lambda: _match_of(api, stranger))
    assert matched == acted.json()["record"]
    again = api.post(path, json={"title": "主任"}, headers={"Idempotency-Key": stranger["id"]})
    assert again.json()["record"] == acted.json()["record"]


def _match_of(api, message):
    return api.get(f"/messages/{message['id']}/decision").json()["match"]


def test_add_lead_takes_the_mail_along(api, stranger):
    acted = api.post(f"/messages/{stranger['id']}/actions/add_lead", json={})
    assert acted.status_code == 201, acted.text
    lead = api.get(f"/leads/{acted.json()['record']['id']}").json()
    assert (lead["last_name"], lead["company"], lead["title"]) == ("山田", "shin-kyaku", stranger["subject"])
    assert [one["mail_message_id"] for one in lead["mails"]] == [stranger["id"]]


def test_a_lead_is_converted_into_a_contact_and_an_organization_once(api, stranger):
    lead = api.post(f"/messages/{stranger['id']}/actions/add_lead", json={"company": "新規客株式会社"}).json()["record"]
    converted = api.post(f"/leads/{lead['id']}/convert", json={})
    assert converted.status_code == 200, converted.text
    assert api.get(f"/contacts/{converted.json()['contact_id']}").json()["last_name"] == "山田"
    organization = api.get(f"/organizations/{converted.json()['organization_id']}").json()
    assert organization["name"] == "新規客株式会社"
    assert api.post(f"/leads/{lead['id']}/convert", json={}).status_code == 409


def test_add_organization_and_add_ticket_are_prefilled_too(api, stranger):
    organization = api.post(f"/messages/{stranger['id']}/actions/add_organization", json={})
    assert organization.json()["result"]["name"] == "shin-kyaku"
    customer = {"kind": "contact", "id": new_contact(api).json()["id"]}
    asked = {"priority": "High", "customer": customer}
    ticket = api.post(f"/messages/{stranger['id']}/actions/add_ticket", json=asked)
    assert ticket.status_code == 201, ticket.text
    shown = api.get(f"/tickets/{ticket.json()['record']['id']}").json()
    assert (shown["title"], shown["priority"]) == (stranger["subject"], "High")
    assert [one["mail_message_id"] for one in shown["messages"]] == [stranger["id"]]
    path = f"/contacts/{customer['id']}/related"
    mails = eventually(lambda: (part := api.get(path).json()["mails"])["count"] and part)
    [mail] = mails["items"]
    assert (mail["mail_message_id"], mail["ticket_id"], mails["count"]) == (stranger["id"], shown["id"], 1)


def test_a_ticket_shows_the_attachments_of_its_mails_and_where_to_download_them(system, api, office):
    file = ("写真.png", "image/png", b"\x89PNG no picture")
    message = received(system, office, sender="写真 <shashin{}@shin-kyaku.example>", file=file)
    ticket = api.post(f"/messages/{message['id']}/actions/add_ticket", json={}).json()["record"]
    [mail] = api.get(f"/tickets/{ticket['id']}").json()["messages"]
    [attachment] = mail["attachments"]
    assert (attachment["name"], attachment["content_type"], attachment["size"]) == ("写真.png", "image/png", 15)
    assert httpx.get(f"{system.url}{attachment['url']}", headers=dict(api.headers)).content == file[2]


def test_select_puts_the_mail_to_a_record_and_remembers_the_choice(system, api, office):
    contact = new_contact(api, last_name="高橋").json()
    record = {"kind": "contact", "id": contact["id"]}
    first = received(system, office, sender="高橋 <takahashi@private.example>")
    selected = api.post(f"/messages/{first['id']}/actions/select", json={"record": record})
    assert selected.status_code == 201, selected.text
    assert [entry["mail_message_id"] for entry in api.get("/history", params=record).json()["items"]] == [first["id"]]
    second = received(system, office, sender="高橋 <takahashi@private.example>")
    assert eventually(lambda: _match_of(api, second)) == record


def test_select_without_anybody_known_asks_for_a_record(api, stranger):
    answer = api.post(f"/messages/{stranger['id']}/actions/select", json={})
    assert answer.status_code == 422
    assert "record" in answer.json()["errors"]


def test_add_comment_takes_the_words_of_the_mail_and_of_the_person(system, api, office):
    contact = new_contact(api, last_name="伊藤", addresses=["ito@abc.example"]).json()
    record = {"kind": "contact", "id": contact["id"]}
    message = received(system, office, sender="Ito <ITO@abc.example>")
    path = f"/messages/{message['id']}/actions/add_comment"
    assert "見積もりをお願いします" in api.get(path).json()["body"]["text"]
    assert api.post(path, json={"text": "至急対応"}).status_code == 201
    [comment] = api.get("/comments", params=record).json()["items"]
    assert (comment["text"], comment["mail_message_id"]) == ("至急対応", message["id"])


def test_a_correction_holds_and_can_be_taken_back(system, api, stranger):
    contact = new_contact(api).json()
    record = {"kind": "contact", "id": contact["id"]}
    corrected = api.put(f"/messages/{stranger['id']}/decision", json={"record": record})
    assert (corrected.status_code, corrected.json()["match"]) == (200, record)
    nobody = api.put(f"/messages/{stranger['id']}/decision", json={"record": None})
    assert (nobody.json()["state"], nobody.json()["match"]) == ("unmatched", None)
    assert api.post(f"/messages/{stranger['id']}/decision/rematch").status_code == 200


def test_a_mail_is_put_with_a_record_and_taken_off_again_by_the_api_and_on_screen(system, api, stranger):
    record = new_contact(api).json()["id"]
    path = f"/history/contact/{record}/mails/{stranger['id']}"
    answers = [api.put(path).json() for _ in range(2)]
    assert [answer["added"] for answer in answers] == [True, False]
    assert answers[0]["about"]["url"] == f"/api/v1/messages/{stranger['id']}"
    assert api.put(f"/history/contact/{record}/mails/{new_id()}").status_code == 404
    assert system.reader.put(path).status_code == 403

    session = api.post("/sessions", json={"login": "root", "password": PASSWORD}).json()["token"]
    cookies, headers = {"musubi_session": session}, {"Origin": system.url, "Sec-Fetch-Site": "same-origin"}
    here = f"/contacts/{record}"
    with httpx.Client(base_url=system.url, cookies=cookies, headers=headers, timeout=60) as screens:
        unlink = f"{here}/mails/{stranger['id']}/unlink"
        assert unlink in screens.get(f"{here}/related").text
        assert screens.post(unlink).status_code == 303
        assert mails(api, record) == []
        assert stranger["id"] in screens.get("/mails/pick", params={"q": stranger["subject"]}).text
        assert screens.post(f"{here}/mails/choose", data={"mails": [stranger["id"]]}).status_code == 303
        assert mails(api, record) == [stranger["id"]]
        assert screens.post(f"{here}/mails/put-back", params={"before": f"{stranger['id']}="}).status_code == 303
        assert mails(api, record) == []
        assert screens.post(f"{here}/mails/{stranger['id']}/link").status_code == 303
        assert mails(api, record) == [stranger["id"]]


def mails(api, contact):
    return [entry["mail_message_id"] for entry in api.get(f"/contacts/{contact}/related").json()["mails"]["items"]]
