"""Who may come in and how far: the app in this process, on a real staff service."""

import re

import eventlet
import pytest
from eventlet import GreenPool
from eventlet.event import Event

from chassis import deadline
from contracts.errors import NotAuthenticated, ServiceTimeout
from gateway import access
from gateway.authentication import MAX_ASKING, Authenticator
from services.staff import domain
from tests.gateway.small import PASSWORD, bearer

UUID = "01a20521-2d3d-7181-9150-c220fbfce669"


def calls(app):
    """Every method of every path but HEAD, with ids filled in."""
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule)
        path = re.sub(r"<string[^>]*>", "not_found", re.sub(r"<uuid:[^>]*>", UUID, path))
        yield from ((rule.endpoint, method, path) for method in rule.methods - {"HEAD"})


def test_every_path_has_a_scope_and_every_scope_a_path(app):
    assert {rule.endpoint for rule in app.url_map.iter_rules()} == set(access.NEEDED)


def test_nothing_but_the_door_and_the_documentation_answers_without_a_token(app, client):
    statuses = {endpoint: client.open(path, method=method).status_code for endpoint, method, path in calls(app)}
    answered = {endpoint for endpoint, status in statuses.items() if status != 401}
    assert answered == {
        "documentation.openapi",
        "documentation.docs",
        "documentation.problem_page",
        "documentation.style",
        "sessions.log_in",
        "calendars.read_calendar",
    }


def test_a_path_that_nobody_listed_is_refused_even_to_an_admin(app, staff):
    app.add_url_rule("/forgotten", "forgotten", lambda: "secret")
    answer = app.test_client().get("/forgotten", headers=bearer(staff))
    assert answer.status_code == 403
    assert b"secret" not in answer.data


@pytest.mark.parametrize(("role", "scopes"), [("read_only", {"read"}), ("staff", {"read", "write"})])
def test_a_role_gets_no_further_than_its_scopes(app, client, staff, role, scopes):
    headers = bearer(staff, role)
    beyond = [call for call in calls(app) if access.NEEDED[call[0]] not in scopes | {access.PUBLIC}]
    assert len(beyond) > 10
    assert {client.open(path, method=method, headers=headers).status_code for _, method, path in beyond} == {403}


@pytest.mark.parametrize("scope", ["read", "write", "admin", None])
def test_one_function_says_who_may_do_what(scope):
    able = {role for role, scopes in domain.ROLE_SCOPES.items() if access.may({"scopes": list(scopes)}, scope)}
    everybody = {"read": {"admin", "staff", "read_only"}, "write": {"admin", "staff"}, "admin": {"admin"}}
    assert able == everybody.get(str(scope), set())


def test_a_wrong_token_is_refused_with_the_way_to_get_one(client):
    answer = client.get("/api/v1/contacts", headers={"Authorization": "Bearer musubi_t_guess"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_browser_gets_a_cookie_that_no_script_and_no_other_site_can_use(client):
    answer = client.post("/api/v1/sessions", json={"login": "admin", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert answer.status_code == 201
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert client.get("/api/v1/sessions/current").json["role"] == "admin"


def test_the_cookie_is_for_https_alone_where_the_session_began_there(app):
    answer = app.test_client().post(
        "/api/v1/sessions", json={"login": "admin", "password": PASSWORD}, base_url="https://crm.example"
    )
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, 204),
        ({"Origin": "http://localhost"}, 204),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({}, 403),
    ],
)
def test_a_change_with_the_cookie_must_come_from_our_own_pages(client, headers, status):
    client.post("/api/v1/sessions", json={"login": "admin", "password": PASSWORD})
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == status


def test_log_out_holds_at_once_although_sessions_are_remembered(client, staff):
    headers = bearer(staff)
    assert client.get("/api/v1/sessions/current", headers=headers).status_code == 200
    assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
    assert client.get("/api/v1/sessions/current", headers=headers).status_code == 401


def test_many_wrong_passwords_are_answered_with_the_seconds_to_wait(client):
    for _ in range(5):
        client.post("/api/v1/sessions", json={"login": "admin", "password": "wrong password"})
    answer = client.post("/api/v1/sessions", json={"login": "admin", "password": PASSWORD})
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 3


def test_a_token_makes_no_key_that_would_outlive_it_but_ends_keys(client, staff):
    actor = {"staff_user_id": staff.staff_users()["items"][0]["id"]}
    data = {"name": "backup", "scopes": ["read", "write", "admin"], "days": 1}
    made = staff.create_api_token(data=data, actor=actor)
    headers = {"Authorization": f"Bearer {made['token']}"}
    asked = {"api-tokens": {"name": "another", "scopes": ["read"]}, "calendar-address": {}}
    answers = [client.post(f"/api/v1/{path}", json=body, headers=headers) for path, body in asked.items()]
    assert [(answer.status_code, "log in" in answer.json["detail"]) for answer in answers] == [(403, True)] * 2
    assert [one["id"] for one in staff.api_tokens(**actor)["items"]] == [made["id"]]
    assert not staff.calendar_address(actor=actor)["active"]
    assert client.delete(f"/api/v1/api-tokens/{made['id']}", headers=headers).status_code == 204


def test_a_session_makes_no_token_beyond_its_role(client, staff):
    data = {"name": "strong", "scopes": ["read", "admin"]}
    answer = client.post("/api/v1/api-tokens", json=data, headers=bearer(staff, "staff"))
    assert answer.status_code == 403
    assert "admin" in answer.json["detail"]


def test_one_sees_and_revokes_only_the_own_tokens(client, staff):
    mine = bearer(staff, "staff")
    made = client.post("/api/v1/api-tokens", json={"name": "report", "scopes": ["read"]}, headers=mine)
    path = f"/api/v1/api-tokens/{made.json['id']}"
    assert client.get("/api/v1/api-tokens", headers=bearer(staff)).json["items"] == []
    assert client.delete(path, headers=bearer(staff)).status_code == 404
    assert client.delete(path, headers=mine).status_code == 204


def test_whoever_may_read_sees_who_can_be_in_charge_and_only_an_admin_makes_groups(client, staff):
    group = {"name": "営業部", "member_ids": [staff.staff_users()["items"][0]["id"]]}
    clerk = bearer(staff, "read_only")
    assert client.post("/api/v1/staff-groups", json=group, headers=clerk).status_code == 403
    made = client.post("/api/v1/staff-groups", json=group, headers=bearer(staff))
    assert (made.status_code, made.json["member_ids"]) == (201, group["member_ids"])
    owners = client.get("/api/v1/owners", headers=clerk).json["items"]
    assert {"id": made.json["id"], "kind": "staff_group", "name": "営業部"} in owners


class Staff:
    """A staff service whose answers a test decides."""

    def __init__(self):
        self.asked = 0
        self.error = None

    def authenticate(self, *, token):
        self.asked += 1
        if self.error:
            raise self.error
        return {"staff_user_id": token, "scopes": ["read"]}


def test_a_token_is_asked_about_again_after_five_seconds():
    now, staff = [0.0], Staff()
    authenticator = Authenticator(clock=lambda: now[0])
    for moment in (0, 4.9, 5.1):
        now[0] = moment
        authenticator.principal("t", staff)
    assert staff.asked == 2


def test_while_the_staff_service_is_away_who_was_known_stays_known_and_nobody_new_comes_in():
    now, staff = [0.0], Staff()
    authenticator = Authenticator(clock=lambda: now[0])
    authenticator.principal("known", staff)
    staff.error, now[0] = ServiceTimeout("away"), 60.0
    assert authenticator.principal("known", staff)["staff_user_id"] == "known"
    with pytest.raises(ServiceTimeout):
        authenticator.principal("new", staff)
    now[0] = 600.0
    with pytest.raises(ServiceTimeout):
        authenticator.principal("known", staff)


def test_a_flood_of_guessed_tokens_leaves_the_staff_service_room_for_who_logs_in():
    inside, most, all_began = set(), [], Event()

    class Staff:
        def authenticate(self, *, token):
            inside.add(token)
            most.append(len(inside))
            all_began.wait()
            inside.remove(token)
            raise NotAuthenticated("It is a guess.")

    def guess(number):
        with pytest.raises(NotAuthenticated):
            authenticator.principal(str(number), Staff())

    authenticator, guessers = Authenticator(), GreenPool()
    for number in range(3 * MAX_ASKING):
        guessers.spawn(guess, number)
    guessers.spawn(all_began.send)
    guessers.waitall()
    assert (max(most), len(most)) == (MAX_ASKING, 3 * MAX_ASKING)


def test_who_waits_for_a_turn_has_so_much_less_time_for_the_answer():
    times = []

    class Staff:
        def authenticate(self, *, token):
            times.append(deadline.time_for_a_call(60))
            eventlet.sleep(0.2)  # the staff service takes its time
            return {"staff_user_id": token, "scopes": ["read"]}

    authenticator, askers = Authenticator(), GreenPool()
    for number in range(2 * MAX_ASKING):
        askers.spawn(authenticator.principal, str(number), Staff())
    askers.waitall()
    assert max(times) <= 4
    assert max(times[MAX_ASKING:]) < 3.9
