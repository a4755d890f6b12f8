"""Lists over HTTP: the filter in the URL, counts, saved lists, mass changes."""

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


def test_many_are_changed_once_however_often_it_comes_and_undone(system, tagged):
    ids, wanted = tagged
    body = {"record_kind": "contact", "action": "update", "data": {"title": "部長"}, "selection": {"filter": wanted}}
    headers = {"Idempotency-Key": secrets.token_hex(4)}
    made, again = (system.admin.post("/mass-changes", json=body, headers=headers) for _ in range(2))
    assert (made.status_code, made.json()["state"], made.json()["changed"]) == (201, "finished", 2)
    assert again.json() == made.json()
    path = f"/mass-changes/{made.json()['id']}"
    assert system.reader.get(path).json() == made.json()
    read = [system.admin.get(f"/contacts/{id}").json() for id in ids]
    assert [(each["title"], each["version"]) for each in read] == [("部長", 2), ("", 1), ("部長", 2)]
    system.admin.patch(f"/contacts/{ids[0]}", json={"title": "社長"}, headers={"If-Match": '"2"'})
    undone = system.admin.post(f"{path}/undo").json()
    assert (undone["state"], undone["undone"], undone["kept"]) == ("undone", 1, 1)
    [problem] = system.reader.get(f"{path}/problems").json()["items"]
    assert (problem["id"], problem["label"], "changed since" in problem["problem"]) == (ids[0], "田中", True)
    assert system.admin.post(f"{path}/cancel").json()["state"] == "undone"
    assert made.json()["id"] in [each["id"] for each in system.reader.get("/mass-changes").json()["items"]]


def test_what_cannot_be_done_to_many_is_refused_by_its_field(system, tagged):
    ids, _ = tagged
    right = {"record_kind": "contact", "action": "update", "data": {"title": "部長"}, "ids": ids}
    for wrong, field in (
        ({"ids": ids, "selection": {}}, "ids"),
        ({"ids": [*ids, "all"]}, "ids"),
        ({"data": {"birthday": "gestern"}}, "birthday"),
        ({"ids": None, "selection": {"filter": {"match": "some", "conditions": []}}}, "filter"),
    ):
        answer = system.admin.post("/mass-changes", json=right | wrong)
        assert (answer.status_code, field in answer.json()["errors"]) == (422, True), answer.text
    assert system.reader.post("/mass-changes", json=right).status_code == 403


def test_the_fields_of_lists_are_told(system):
    names = [item["name"] for item in system.reader.get("/contacts/fields").json()["items"]]
    assert {"mailing_state", "tags", "created_at", "organization_name"} <= set(names)
