"""The API of the running system: real services, a real mailbox, real HTTP."""

import json

import httpx
import pytest

from tests.gateway.post import new_contact, received
from tests.infra import eventually

EVIL = '<p onclick="x()">こんにちは<script>alert(1)</script><img src="http://evil.example/pixel.png"></p>'


def test_a_record_is_created_read_changed_and_deleted(api):
    made = new_contact(api, first_name="一郎", addresses=["tanaka.ichiro@abc.example"])
    path = f"/contacts/{made.json()['id']}"
    assert api.get(path).json()["first_name"] == "一郎"
    changed = api.patch(path, json={"title": "部長"}, headers={"If-Match": made.headers["ETag"]})
    assert (changed.status_code, changed.json()["title"], changed.json()["last_name"]) == (200, "部長", "田中")
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404


def test_what_was_deleted_is_found_in_the_recycle_bin_and_restored(api):
    made = new_contact(api, last_name="籠", addresses=["kago@abc.example"])
    path, deleted = f"/contacts/{made.json()['id']}", {"query": "籠", "deleted": "true"}
    assert api.get("/contacts", params=deleted).json()["items"] == []
    api.delete(path)
    [found] = api.get("/contacts", params=deleted).json()["items"]
    assert (found["id"], bool(found["deleted_at"])) == (made.json()["id"], True)
    assert api.post(f"{path}/restore").json()["deleted_at"] is None
    assert api.get(path).json()["addresses"] == ["kago@abc.example"]


def test_a_change_without_the_version_is_refused_and_of_an_old_version_too(api):
    made = new_contact(api)
    path, first = f"/contacts/{made.json()['id']}", made.headers["ETag"]
    assert api.patch(path, json={"title": "課長"}).status_code == 428
    assert api.patch(path, json={"title": "課長"}, headers={"If-Match": first}).status_code == 200
    assert api.patch(path, json={"title": "係長"}, headers={"If-Match": first}).status_code == 412
    assert api.patch(path, json={"title": "係長"}, headers={"If-Match": "nonsense"}).status_code == 412
    assert api.get(path).json()["title"] == "課長"


def test_who_has_the_present_version_gets_no_second_copy(api):
    made = new_contact(api)
    path, etag = f"/contacts/{made.json()['id']}", made.headers["ETag"]
    same = api.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    assert api.get(path, headers={"If-None-Match": '"99"'}).status_code == 200


def test_a_repeated_post_with_its_key_has_one_effect_and_one_answer(api):
    body, key = {"last_name": "鈴木", "title": "一度だけ"}, {"Idempotency-Key": "once-1"}
    first, second = (api.post("/contacts", json=body, headers=key) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert len(api.get("/contacts", params={"query": "一度だけ"}).json()["items"]) == 1


def test_a_key_used_for_another_request_is_refused(api):
    api.post("/contacts", json={"last_name": "佐藤"}, headers={"Idempotency-Key": "once-2"})
    other = api.post("/contacts", json={"last_name": "加藤"}, headers={"Idempotency-Key": "once-2"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_conflict")


def test_a_list_is_walked_by_its_links(api):
    made = {new_contact(api, title="連番").json()["id"] for _ in range(5)}
    path, seen = "/api/v1/contacts?query=連番&limit=2", []
    while path:
        page = api.get(httpx.URL(api.base_url).join(path))
        seen += [item["id"] for item in page.json()["items"]]
        path = page.json()["next"]
        assert bool(path) == ('rel="next"' in page.headers.get("Link", ""))
    assert sorted(seen) == sorted(made)


def test_a_cursor_that_is_not_ours_is_refused(api):
    for path in ("/contacts", "/leads", "/tickets", "/messages", "/decisions", "/quarantine", "/staff-users"):
        answer = api.get(path, params={"cursor": "bm90IG91cnM"})
        assert answer.status_code == 422, path


def test_a_body_may_come_in_chunks_of_unknown_length_and_is_bounded_all_the_same(api):
    json_type = {"Content-Type": "application/json"}
    made = api.post("/contacts", content=iter([b'{"last_name":', ' "分割"}'.encode()]), headers=json_type)
    assert (made.status_code, made.json()["last_name"]) == (201, "分割")
    endless = api.post("/contacts", content=(b" " * 1_000_000 for _ in range(27)), headers=json_type)
    assert (endless.status_code, endless.json()["code"]) == (413, "body_too_large")


def test_a_request_line_and_headers_beyond_all_measure_are_refused(api):
    assert api.get("/contacts", params={"query": "x" * 9_000}).status_code == 414
    assert api.get("/contacts", headers={"X-Long": "x" * 9_000}).status_code == 400


def test_the_request_id_of_the_client_comes_back(api):
    assert api.get("/contacts", headers={"X-Request-Id": "my-request.1"}).headers["X-Request-Id"] == "my-request.1"
    assert api.get("/contacts", headers={"X-Request-Id": "a b\tc"}).headers["X-Request-Id"] != "a b\tc"


def test_the_log_tells_route_and_status_but_neither_query_nor_ids(system, api):
    api.get("/contacts", params={"query": "secret@abc.example"}, headers={"X-Request-Id": "find-me-in-the-log"})

    def line():
        lines = system.processes.logs("gateway")
        return next((one for one in lines if one.get("request_id") == "find-me-in-the-log"), None)

    told = eventually(line)
    assert (told["method"], told["route"], told["status"]) == ("GET", "/api/v1/contacts", 200)
    assert "secret@" not in json.dumps(system.processes.logs("gateway"))


def test_health_and_metrics_answer_without_a_log_in(system):
    with httpx.Client(base_url=system.url) as client:
        assert client.get("/health/live").status_code == 200
        assert client.get("/health/ready").json()["ready"] is True
        assert "musubi" in client.get("/metrics").text


def test_a_mailbox_that_refuses_is_told_in_plain_words_and_its_password_is_never_given_back(api, office):
    refused = api.post(
        "/mailboxes",
        json={
            "provider": "other",
            "host": office.host,
            "port": office.port,
            "security": "none",
            "user": office.user,
            "secret": "wrong-secret-word",
        },
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "mailbox_refused")
    assert refused.json()["reason"] == "login_refused"
    assert "wrong-secret-word" not in refused.text
    assert office.password not in api.get("/mailboxes").text


def test_a_mailbox_is_checked_without_saving_and_shows_its_folders(api, office):
    [mailbox] = api.get("/mailboxes").json()["items"]
    folders = api.get(f"/mailboxes/{mailbox['id']}/folders").json()["items"]
    assert "INBOX" in {folder["name"] for folder in folders}
    assert api.post(f"/mailboxes/{mailbox['id']}/synchronize").status_code == 202


def test_an_open_mail_says_who_wrote_why_and_what_can_be_done(api, stranger):
    shown = api.get(f"/messages/{stranger['id']}").json()
    assert "見積もりをお願いします" in shown["text"]
    assert shown["panel"]["decision"]["state"] == "unmatched"
    assert [rule["rule"] for rule in shown["panel"]["decision"]["tried"] if rule["fired"]] == ["unknown_address"]
    assert set(shown["panel"]["actions"]) == {"add_contact", "add_lead", "add_organization", "add_ticket"}


def test_html_is_made_harmless_and_its_page_has_a_policy_of_its_own(system, api, office):
    message = received(system, office, sender="evil{}@shin-kyaku.example", html=EVIL)
    shown = api.get(f"/messages/{message['id']}").json()
    assert shown["has_remote_images"] is True
    page = api.get(f"/messages/{message['id']}/body")
    for html in (shown["html"], page.text):
        assert "こんにちは" in html
        assert not [word for word in ("script", "onclick", "evil.example") if word in html]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "sandbox" in page.headers["Content-Security-Policy"]
    asked = api.get(f"/messages/{message['id']}", params={"remote_images": "true"}).json()["html"]
    assert "http://evil.example/pixel.png" in asked
    assert "script" not in asked


def test_raw_mail_and_attachments_are_downloads_that_no_browser_runs(system, api, office):
    content = b"<svg onload=alert(1)>" + bytes(range(256)) * 8_000
    file = ("見積書\u202egvs.exe", "image/svg+xml", content)
    message = received(system, office, sender="file{}@shin-kyaku.example", file=file)
    [attachment] = api.get(f"/messages/{message['id']}").json()["attachments"]
    answer = api.get(f"/messages/{message['id']}/attachments/{attachment['part']}")
    assert answer.content == content
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E2%80%AE" not in answer.headers["Content-Disposition"]
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    raw = api.get(f"/messages/{message['id']}/raw")
    assert b"file" in raw.content[:300]
    assert len(raw.content) == int(raw.headers["Content-Length"]) == message["size"]
    assert api.get(f"/messages/{message['id']}/attachments/99").status_code == 404


def test_dead_letters_are_listed_by_service_and_an_unknown_one_is_not_found(api):
    assert api.get("/services/matcher/dead-letters").json() == {"items": [], "next": None}
    assert api.get("/services/nobody/dead-letters").status_code == 404
    assert api.post(f"/services/matcher/dead-letters/{new_contact(api).json()['id']}/replay").status_code == 404


def test_a_reader_sees_and_changes_nothing(system, stranger):
    assert system.reader.get(f"/messages/{stranger['id']}").status_code == 200
    assert system.reader.post("/contacts", json={"last_name": "x"}).status_code == 403
    assert system.reader.post(f"/messages/{stranger['id']}/actions/add_lead", json={}).status_code == 403


LISTS = (
    "api-tokens",
    "staff-users",
    "services/staff/dead-letters",
    "contacts",
    "organizations",
    "leads",
    "tickets",
    "activities",
    "decisions",
    "comments?kind=contact&id=01a20521-2d3d-7181-9150-c220fbfce669",
)


@pytest.mark.parametrize("path", LISTS)
def test_a_cursor_that_no_list_gave_out_is_a_refusal_that_names_it(api, path):
    answer = api.get(f"/{path}{'&' if '?' in path else '?'}cursor=W3t9XQ")
    assert (answer.status_code, set(answer.json()["errors"])) == (422, {"cursor"})
