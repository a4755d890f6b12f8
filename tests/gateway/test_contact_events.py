"""What another system, with another AMQP library, hears when people work with contacts through the API."""

import secrets

import pytest

from tests.gateway import foreign
from tests.gateway.conftest import System
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

HEARD = [
    "contact.created.v1",
    "contact.updated.v1",
    "contact.opted_out.v1",
    "contact.updated.v1",
    "contact.opted_in.v1",
    "contact.updated.v1",
    "contact.portal_enabled.v1",
    "contact.updated.v1",
    "contact.portal_disabled.v1",
    "contact.deleted.v1",
    "contact.restored.v1",
    "contact.created.v1",
    "contact.merged.v1",
    "contact.unmerged.v1",
    # A picture.
    "contact.updated.v1",
]

HEARD_OF_ORGANIZATIONS = [
    "organization.created.v1",
    "organization.updated.v1",
    "organization.opted_out.v1",
    "organization.updated.v1",
    "organization.deleted.v1",
    "organization.restored.v1",
    "organization.created.v1",
    "contact.created.v1",
    "contact.updated.v1",
    "organization.merged.v1",
    "contact.updated.v1",
    "organization.unmerged.v1",
]
HEARD_OF_AN_IMPORT = [
    "import.started.v1",
    "import.advanced.v1",
    "organization.created.v1",
    "contact.created.v1",
    "contact.opted_out.v1",
    "contact.created.v1",
    "import.finished.v1",
    "contact.deleted.v1",
    "contact.deleted.v1",
    "organization.deleted.v1",
    "import.advanced.v1",
    "import.undone.v1",
]
PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.fixture(scope="module")
def broker(rabbitmq):
    """A virtual host for the tests of this file."""
    name = f"t{secrets.token_hex(5)}"
    yield rabbitmq.add_vhost(name)
    rabbitmq.delete_vhost(name)


@pytest.fixture(scope="module")
def system(broker, tmp_path_factory):
    """Contacts, staff and the gateway, each a process, on RabbitMQ; the queues of all others are there."""
    url = f"sqlite:///{tmp_path_factory.mktemp('heard')}/{{service}}.db"
    with ServiceProcesses(["contacts", "staff", "gateway"], amqp_url=broker, database_url=url) as processes:
        processes.musubi("migrate")
        system = System(processes)
        yield system
        system.close()


@pytest.fixture
def heard(broker, system):
    with foreign.heard(broker, "contacts.events", "contact.#", "organization.#", "import.#") as so_far:
        yield so_far


def test_every_change_of_contacts_and_organizations_is_heard_once_and_in_order(system, heard):
    api = system.admin
    made = api.post("/contacts", json={"last_name": "田中", "addresses": ["tanaka@abc.example"]})
    path, etag = f"/contacts/{made.json()['id']}", made.headers["ETag"]
    for change in ({"email_opt_out": True}, {"email_opt_out": False}, {"portal": True}, {"portal": False}):
        answer = api.patch(path, json=change, headers={"If-Match": etag})
        etag = answer.headers["ETag"]
    api.delete(path)
    api.post(f"{path}/restore")
    other = api.post("/contacts", json={"last_name": "田中", "email_opt_out": False}).json()
    api.post(f"{path}/merge", json={"other_ids": [other["id"]]})
    api.post(f"/contacts/{other['id']}/unmerge")
    api.put(f"{path}/image", json={"content": PNG})
    eventually(lambda: len(heard()) >= len(HEARD))
    assert [event["type"] for event in heard()] == HEARD
    assert {event["subject"] for event in heard()} == {made.json()["id"], other["id"]}
    assert len({event["id"] for event in heard()}) == len(HEARD)
    assert heard()[1]["data"]["changes"] == [{"field": "email_opt_out", "old": False, "new": True}]
    assert heard()[-1]["data"]["changes"] == [{"field": "image", "old": None, "new": "image/png"}]

    api.delete(f"{path}/image")
    made = api.post("/organizations", json={"name": "結び商事"})
    path, etag = f"/organizations/{made.json()['id']}", made.headers["ETag"]
    api.patch(path, json={"industry": "計測", "email_opt_out": True}, headers={"If-Match": etag})
    api.put(f"{path}/image", json={"content": PNG})
    api.delete(path)
    api.post(f"{path}/restore")
    other = api.post("/organizations", json={"name": "結び商会"}).json()
    api.post("/contacts", json={"last_name": "鈴木", "organization_id": other["id"]})
    api.post(f"{path}/merge", json={"other_ids": [other["id"]]})
    api.post(f"/organizations/{other['id']}/unmerge")
    whole = [*HEARD, "contact.updated.v1", *HEARD_OF_ORGANIZATIONS]
    eventually(lambda: len(heard()) >= len(whole))
    assert [event["type"] for event in heard()] == whole
    updated = next(event["data"] for event in heard() if event["type"] == "organization.updated.v1")
    told = [{"field": "email_opt_out", "old": False, "new": True}, {"field": "industry", "old": "", "new": "計測"}]
    assert updated["changes"] == told
    [opted_out] = [event["data"] for event in heard() if event["type"] == "organization.opted_out.v1"]
    assert (opted_out["opted_out_source"], opted_out["opted_out_by"] is None) == ("api", False)


def test_an_import_is_heard_from_its_start_to_its_undoing(system, heard):
    api, text = system.admin, "姓,会社,メール配信停止\n山田,結び工業,はい\n,,\n木村,,\n森,,たぶん\n"
    asked = {"record_kind": "contact", "file_name": "名簿.csv"}
    made = api.post("/imports", params=asked, content=text.encode(), headers={"Content-Type": "text/csv"}).json()
    path = f"/imports/{made['id']}"
    api.post(f"{path}/start")
    eventually(lambda: api.get(path).json()["state"] == "finished")
    api.post(f"{path}/undo")
    eventually(lambda: api.get(path).json()["state"] == "undone")
    eventually(lambda: len(heard()) >= len(HEARD_OF_AN_IMPORT))
    assert [event["type"] for event in heard()] == HEARD_OF_AN_IMPORT
    told = [event["data"] for event in heard() if event["type"].startswith("import.")]
    assert {event["import_id"] for event in told} == {made["id"]}
    assert [(event["rows"], event["done"], event["created"], event["refused"]) for event in told] == [
        *((None, 0, 0, 0), (3, 0, 0, 0)),
        *[(3, 3, 2, 1)] * 3,
    ]
    assert (told[-1]["undone"], told[-1]["kept"]) == (3, 0)


def test_who_is_in_charge_is_told_once_of_what_others_did_though_staff_ends_in_the_middle(system, heard):
    processes, mine, hers = system.processes, system.admin, system.colleague("受付")
    owner = mine.get("/sessions/current").json()["staff_user_id"]
    before = mine.get("/notices").json()["unread"]
    lives = processes.restarts["staff-1"]
    processes.crash_at("staff", "after_effect")
    processes.kill9("staff")
    eventually(lambda: processes.restarts["staff-1"] == lives + 1)
    processes.wait_ready("staff")
    made = hers.post("/contacts", json={"last_name": "高橋", "owner_id": owner, "notify_owner": True})
    assert made.status_code == 201, made.text
    eventually(lambda: processes.restarts["staff-1"] == lives + 2)
    processes.wait_ready("staff")
    eventually(lambda: mine.get("/notices").json()["unread"] > before)
    etag = {"If-Match": made.headers["ETag"]}
    mine.patch(f"/contacts/{made.json()['id']}", json={"title": "部長"}, headers=etag).raise_for_status()
    eventually(lambda: "contact.updated.v1" in [event["type"] for event in heard()])
    assert heard()[-1]["data"]["actor_id"] == owner
    hers.post("/organizations", json={"name": "高橋", "owner_id": owner, "notify_owner": True}).raise_for_status()
    eventually(lambda: mine.get("/notices").json()["items"][0]["record"]["kind"] == "organization")
    [_, notice] = mine.get("/notices", params={"limit": 2}).json()["items"]
    assert (notice["what"], notice["title"], notice["actor"]["name"]) == ("created", "高橋", "受付")
    assert mine.get("/notices").json()["unread"] == before + 2
    assert hers.get("/notices").json()["items"] == []
    assert hers.post(f"/notices/{notice['id']}/read").status_code == 404
    assert mine.post(f"/notices/{notice['id']}/read").json()["read"]
    assert mine.post("/notices/read", json={"up_to": notice["id"]}).json() == {"unread": before + 1}
