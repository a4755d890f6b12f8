"""The app in this process, on a real staff service: what is refused before any service sees it, and how."""

import json
import re
from types import SimpleNamespace

import pytest
from openapi_spec_validator import validate

from chassis.settings import load
from contracts.errors import ERRORS, ServiceTimeout, ServiceUnavailable
from gateway.app import create_app
from gateway.settings import GatewaySettings
from tests.gateway.small import PASSWORD, bearer

UUID = "01a20521-2d3d-7181-9150-c220fbfce669"


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    [
        ("/api/v1/nothing", "GET", 404, "no_such_path"),
        ("/api/v1/contacts/not-an-id", "GET", 404, "no_such_path"),
        ("/api/v1/sessions", "PUT", 405, "method_not_allowed"),
        ("/api/v1/sessions", "OPTIONS", 405, "method_not_allowed"),
        ("/api/v1/sessions", "POST", 422, "invalid"),
        ("/api/v1/contacts", "GET", 401, "not_authenticated"),
        ("/api/v1/docs?x=%00", "GET", 400, "malformed_request"),
    ],
)
def test_every_error_is_a_problem_whose_type_leads_to_a_page(client, path, method, status, code):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(answer.json)
    assert (answer.json["status"], answer.json["code"]) == (status, code)
    assert client.get(answer.json["type"]).status_code == 200


def test_a_wrong_method_is_told_the_right_ones(client):
    assert client.get("/api/v1/password").headers["Allow"] == "PUT"


def test_every_error_that_a_service_can_answer_has_a_page(client):
    assert {code: client.get(f"/problems/{code}").status_code for code in ERRORS} == dict.fromkeys(ERRORS, 200)


def test_fields_are_named_with_what_is_wrong_and_unknown_ones_are_refused(client, staff):
    answer = client.post("/api/v1/contacts", json={"lastname": "田中"}, headers=bearer(staff))
    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"last_name", "lastname"}


def test_an_entry_of_a_list_is_named_by_its_number(client, staff):
    answer = client.post("/api/v1/contacts", json={"last_name": "田中", "phones": ["1", 2]}, headers=bearer(staff))
    assert answer.status_code == 422
    assert set(answer.json["errors"]["phones"]) == {"1"}


def test_an_unknown_query_parameter_is_refused(client, staff):
    answer = client.get("/api/v1/contacts?limt=5", headers=bearer(staff))
    assert answer.status_code == 422
    assert "limt" in answer.json["errors"]


def test_a_body_that_is_not_said_to_be_json_is_refused(client, staff):
    answer = client.post("/api/v1/contacts", data="last_name=x", headers=bearer(staff))
    assert (answer.status_code, answer.json["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"a":' * 900 + b"1" + b"}" * 900, 400),
        (b"[" * 21 + b"]" * 21, 400),
        (b"[" + b"0," * 60_000 + b"0]", 400),
        (b'{"last_name": "\\u0000"}', 400),
        (b'{"last_name": "\\ud800"}', 400),
        (b'{"last_name": "x"', 400),
        (b"\xff\xfe", 400),
        (b'"' + b"x" * 1_100_000 + b'"', 413),
        (b"", 422),
        (b"[]", 422),
        (b"null", 422),
    ],
)
def test_a_json_bomb_is_a_clear_refusal(client, staff, body, status):
    headers = {**bearer(staff), "Content-Type": "application/json"}
    answer = client.post("/api/v1/contacts", data=body, headers=headers)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")


def test_a_body_beyond_25_megabytes_is_refused_unread(client, staff):
    told = {"CONTENT_LENGTH": str(26 * 1024 * 1024)}
    answer = client.post("/api/v1/contacts", json={}, headers=bearer(staff), environ_overrides=told)
    assert answer.status_code == 413
    assert b"body_too_large" in answer.data


def test_a_bug_is_told_without_its_trace(staff):
    def broken(**_):
        raise RuntimeError("secret inside")

    app = create_app(SimpleNamespace(staff=staff, contacts=SimpleNamespace(contacts=broken)))
    answer = app.test_client().get("/api/v1/contacts", headers=bearer(staff))
    assert answer.status_code == 500
    assert b"secret inside" not in answer.data


@pytest.mark.parametrize(("error", "status"), [(ServiceUnavailable, 503), (ServiceTimeout, 504)])
def test_a_dead_service_is_told_with_when_to_come_back(staff, error, status):
    def dead(**_):
        raise error("contacts did not answer.")

    app = create_app(SimpleNamespace(staff=staff, contacts=SimpleNamespace(contacts=dead)))
    answer = app.test_client().get("/api/v1/contacts", headers=bearer(staff))
    assert answer.status_code == status
    assert int(answer.headers["Retry-After"]) > 0


def test_a_ticket_is_shown_without_its_attachments_while_mail_ingest_is_away(staff):
    def dead(**_):
        raise ServiceUnavailable("mail_ingest did not answer.")

    ticket = {"id": UUID, "version": 1, "messages": [{"mail_message_id": UUID}]}
    away = SimpleNamespace(attachments=dead)
    app = create_app(SimpleNamespace(staff=staff, tickets=SimpleNamespace(ticket=lambda id: ticket), mail_ingest=away))
    answer = app.test_client().get(f"/api/v1/tickets/{UUID}", headers=bearer(staff))
    assert (answer.json or {})["messages"] == [{"mail_message_id": UUID, "attachments": None}]


def test_a_ticket_with_one_more_mail_is_another_answer_although_its_version_is_the_same(staff):
    ticket = {"id": UUID, "version": 3, "messages": []}
    changed = []

    def update_ticket(version, **_):
        changed.append(version)
        return ticket | {"version": version + 1}

    tickets = SimpleNamespace(ticket=lambda id: ticket, update_ticket=update_ticket)
    mail_ingest = SimpleNamespace(attachments=lambda mail_message_ids: {})
    app = create_app(SimpleNamespace(staff=staff, tickets=tickets, mail_ingest=mail_ingest))
    client, path, known = app.test_client(), f"/api/v1/tickets/{UUID}", bearer(staff)
    etag = client.get(path, headers=known).headers["ETag"]
    assert client.get(path, headers={**known, "If-None-Match": etag}).status_code == 304
    ticket["messages"] = [{"mail_message_id": UUID}]
    assert client.get(path, headers={**known, "If-None-Match": etag}).status_code == 200
    assert client.patch(path, json={"title": "件名"}, headers={**known, "If-Match": etag}).status_code == 200
    assert changed == [3]


def test_whoever_asks_too_often_is_told_to_wait_and_others_are_not_hindered(staff):
    settings = load(GatewaySettings, {"MUSUBI_REQUESTS_PER_MINUTE": "5"})
    client = create_app(SimpleNamespace(staff=staff), settings=settings).test_client()
    busy, calm = bearer(staff), bearer(staff, "staff")
    statuses = [client.get("/api/v1/sessions/current", headers=busy).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    refused = client.get("/api/v1/sessions/current", headers=busy)
    assert 1 <= int(refused.headers["Retry-After"]) <= 12
    assert client.get("/api/v1/sessions/current", headers=calm).status_code == 200


def test_guessing_tokens_is_limited_by_address(staff):
    few = load(GatewaySettings, {"MUSUBI_ANONYMOUS_PER_MINUTE": "3"})
    client = create_app(SimpleNamespace(staff=staff), settings=few).test_client()
    guesses = [{"Authorization": f"Bearer musubi_t_{number}"} for number in range(4)]
    statuses = [client.get("/api/v1/contacts", headers=guess).status_code for guess in guesses]
    assert statuses == [401, 401, 401, 429]


def limited(staff, requests):
    settings = load(GatewaySettings, {"MUSUBI_ANONYMOUS_PER_MINUTE": str(requests)})
    return create_app(SimpleNamespace(staff=staff), settings=settings).test_client()


def guess(client, number, **more):
    headers = {"Authorization": f"Bearer musubi_t_{number}"}
    return client.get("/api/v1/sessions/current", headers=headers, **more).status_code


def test_no_guess_beyond_the_limit_reaches_the_staff_service(staff):
    asked = []

    def authenticate(*, token):
        asked.append(token)
        return staff.authenticate(token=token)

    client = limited(SimpleNamespace(authenticate=authenticate), 3)
    assert [guess(client, number) for number in range(5)] == [401, 401, 401, 429, 429]
    assert asked == ["musubi_t_0", "musubi_t_1", "musubi_t_2"]


def test_a_guesser_hinders_nobody_at_the_same_address_whose_token_is_known(staff):
    client, colleague = limited(staff, 3), bearer(staff)
    assert client.get("/api/v1/sessions/current", headers=colleague).status_code == 200
    assert [guess(client, number) for number in range(4)] == [401, 401, 401, 429]
    assert client.get("/api/v1/sessions/current", headers=colleague).status_code == 200


def test_good_tokens_use_up_nothing_of_the_limit_of_their_address(staff):
    client = limited(staff, 1)
    for role in ("admin", "staff", "read_only"):
        assert client.get("/api/v1/sessions/current", headers=bearer(staff, role)).status_code == 200


def test_the_addresses_of_one_ipv6_network_share_a_limit(staff):
    client = limited(staff, 2)
    addresses = ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2::3", "2001:db8:1:3::1")
    statuses = [guess(client, number, environ_base={"REMOTE_ADDR": ip}) for number, ip in enumerate(addresses)]
    assert statuses == [401, 401, 429, 401]


def test_forwarded_addresses_are_believed_only_from_as_many_proxies_as_were_named(staff):
    one = {"MUSUBI_ANONYMOUS_PER_MINUTE": "1"}
    behind = load(GatewaySettings, {**one, "MUSUBI_TRUSTED_PROXIES": "1"})
    trusting = create_app(SimpleNamespace(staff=staff), settings=behind).test_client()
    plain = create_app(SimpleNamespace(staff=staff), settings=load(GatewaySettings, one)).test_client()

    def statuses(client):
        forged = [{"X-Forwarded-For": f"198.51.100.{number}"} for number in range(3)]
        return [client.get("/api/v1/docs", headers=headers).status_code for headers in forged]

    assert statuses(trusting) == [200, 200, 200]
    assert statuses(plain) == [200, 429, 429]


def test_every_answer_carries_the_security_headers(client):
    for path in ("/api/v1/docs", "/api/v1/contacts", "/nothing"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Referrer-Policy"] == "no-referrer"


def test_the_openapi_document_is_valid_and_names_the_scope_of_each_call(client):
    document = client.get("/api/v1/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["paths"]["/api/v1/contacts"]["post"]["x-scope"] == "write"
    update = document["paths"]["/api/v1/contacts/{id}"]["patch"]
    assert [header["name"] for header in update["parameters"]] == ["If-Match", "Idempotency-Key"]
    assert {"412", "428"} <= set(update["responses"])
    assert document["components"]["schemas"]["Contact"]["description"] == "A person."
    assert "application/problem+json" in document["paths"]["/api/v1/contacts"]["get"]["responses"]["401"]["content"]


def test_every_change_takes_an_idempotency_key_but_those_that_can_be_repeated_as_they_are(client):
    calls = client.get("/api/v1/openapi.json").json["paths"]
    keyless = {
        f"{method} {path.removeprefix('/api/v1')}"
        for path, methods in calls.items()
        for method, call in methods.items()
        if method in ("post", "put", "patch", "delete")
        and "Idempotency-Key" not in [parameter["name"] for parameter in call.get("parameters", [])]
    }
    log_in_and_out = {"post /sessions", "delete /sessions/current"}
    asked_only = {f"post /{kind}/{what}" for kind in ("contacts", "organizations") for what in ("duplicates", "export")}
    asked_only.add("post /quotes/totals")
    repeated = {"post /mailboxes/check", "post /mailboxes/{id}/synchronize"}
    assert keyless == log_in_and_out | asked_only | repeated


def test_the_page_shows_every_call_and_loads_nothing_from_elsewhere(client):
    document = client.get("/api/v1/openapi.json").json
    page = client.get("/api/v1/docs").get_data(as_text=True)
    assert [path for path in document["paths"] if path not in page] == []
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page) == []
    assert "<script" not in page
    assert "`" not in page
    assert "(<code>attachments</code> null)" in page


def test_the_commands_of_the_page_go_to_where_the_page_comes_from(client):
    page = client.get("/api/v1/docs", base_url="http://crm.office.example:8123").get_data(as_text=True)
    assert set(re.findall(r"(https?://[^/]+)/", page)) == {"http://crm.office.example:8123"}
    hostile = client.get("/api/v1/docs", headers={"Host": "a<script>b"})
    assert b"<script" not in hostile.data


def test_japanese_text_travels_as_it_is(client):
    answer = client.post("/api/v1/sessions", json={"login": "田中", "password": PASSWORD})
    assert answer.status_code == 401
    assert "\\u" not in json.dumps(answer.json, ensure_ascii=False)


def test_who_leaves_the_live_feed_or_asks_for_its_head_alone_gives_the_place_back(app, client, staff):
    hub, headers = app.extensions["musubi_live"], bearer(staff)
    with client.get("/api/v1/live", headers=headers) as feed:
        assert next(feed.response) == b"retry: 2000\n\n"
        assert len(hub.clients) == 1
    assert hub.clients == set()
    with client.head("/api/v1/live", headers=headers) as head:
        assert head.content_type.startswith("text/event-stream")
    assert hub.clients == set()
