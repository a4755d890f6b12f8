"""Lists over HTTP: the filter in the URL, counts, saved lists, changes of many records at once."""

import json
import secrets

import pytest

TOKYO = {"match": "all", "conditions": [{"field": "mailing_state", "operator": "equals", "value": "東京都"}]}


@pytest.fixture
def tagged(system):
    """Three contacts with a tag of their own, and the filter that finds them."""
    tag = secrets.token_hex(4)
    states = {"田中": "東京都", "鈴木": "大阪府", "佐藤": "東京都"}
    ids = [
        system.admin.post("/contacts", json={"last_name": name, "mailing_state": state, "tags": [tag]}).json()["id"]
        for name, state in states.items()
    ]
    mine = {"field": "tags", "operator": "any_of", "value": [tag]}
    return ids, {"match": "all", "conditions": [mine, TOKYO]}


def test_a_filter_stands_in_the_url_and_in_that_of_the_next_page(system, tagged):
    _, wanted = tagged
    asked = {"filter": json.dumps(wanted, ensure_ascii=False), "sort": "-last_name", "limit": 1}
    first = system.admin.get("/contacts", params=asked).json()
    second = system.admin.get(f"{system.url}{first['next']}").json()
    names = [item["last_name"] for page in (first, second) for item in page["items"]]
    assert (names, second["next"]) == (["田中", "佐藤"], None)
    count = system.admin.get("/contacts/count", params={"filter": asked["filter"]})
    assert count.json() == {"count": 2, "exact": True}


@pytest.mark.parametrize(
    ("filter", "field"),
    [
        ("{", "filter"),
        ("[]", "filter"),
        ("x" * 4_001, "filter"),
        ("[" * 1_000, "filter"),
        (json.dumps({"match": "all", "conditions": [{"field": "shoe"}]}), "filter.conditions.0.field"),
    ],
)
def test_a_filter_that_cannot_be_used_is_refused_by_the_place_of_its_fault(system, filter, field):
    answer = system.admin.get("/contacts", params={"filter": filter})
    assert answer.status_code == 422
    assert field in json.dumps(answer.json()["errors"])


def test_mine_is_what_my_groups_are_in_charge_of_too(system):
    login = {"login": secrets.token_hex(4), "password": secrets.token_hex(8)}
    user = system.admin.post("/staff-users", json={**login, "name": "花子", "role": "staff"}).json()["id"]
    group = system.admin.post("/staff-groups", json={"name": login["login"], "member_ids": [user]}).json()["id"]
    root = system.admin.get("/sessions/current").json()["staff_user_id"]
    for name, owner in (("私の", user), ("組の", group), ("他人の", root)):
        system.admin.post("/contacts", json={"last_name": name, "tags": [login["login"]], "owner_id": owner})
    hanako = system.client(system.client().post("/sessions", json=login).json()["token"])
    assert hanako.get("/sessions/current").json()["group_ids"] == [group]
    ours = {"field": "tags", "operator": "any_of", "value": [login["login"]]}
    wanted = {"match": "all", "conditions": [ours, {"field": "owner_id", "operator": "is_me"}]}
    asked = {"filter": json.dumps(wanted)}
    assert {one["last_name"] for one in hanako.get("/contacts", params=asked).json()["items"]} == {"私の", "組の"}
    assert hanako.get("/contacts/count", params=asked).json()["count"] == 2
    exported = hanako.get("/contacts/export", params=asked).content.decode("utf-8-sig")
    assert ("私の" in exported, "組の" in exported, "他人の" in exported) == (True, True, False)
    assert system.admin.get("/contacts/count", params=asked).json()["count"] == 1


def test_a_list_is_saved_changed_and_deleted(system):
    data = {"record_kind": "contact", "name": "東京", "filter": TOKYO, "columns": ["label", "title"], "sort": "name"}
    made = system.reader.post("/list-views", json=data)
    assert (made.status_code, made.json()["filter"]) == (201, TOKYO)
    path, etag = f"/list-views/{made.json()['id']}", made.headers["ETag"]
    changed = system.admin.patch(path, json={"shared": True}, headers={"If-Match": etag})
    assert (changed.status_code, changed.json()["shared"]) == (200, True)
    listed = system.admin.get("/list-views", params={"record_kind": "contact"}).json()["items"]
    assert made.json()["id"] in [view["id"] for view in listed]
    assert system.admin.delete(path).status_code == 204
    assert system.admin.get(path).status_code == 404


def test_many_are_changed_in_one_call_once_however_often_it_comes(system, tagged):
    ids, _ = tagged
    body = {"ids": ids, "action": "update", "data": {"title": "部長"}}
    headers = {"Idempotency-Key": secrets.token_hex(4)}
    answers = [system.admin.post("/contacts/bulk", json=body, headers=headers).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert [result["done"] for result in answers[0]["results"]] == [True] * 3
    versions = [system.admin.get(f"/contacts/{id}").json()["version"] for id in ids]
    assert versions == [2, 2, 2]
    assert system.reader.post("/contacts/bulk", json=body).status_code == 403


def test_the_fields_of_lists_are_told(system):
    names = [item["name"] for item in system.reader.get("/contacts/fields").json()["items"]]
    assert {"mailing_state", "tags", "created_at", "organization_name"} <= set(names)
