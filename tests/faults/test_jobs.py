"""What goes on in the background goes on where it stood when its process was killed, and nothing is done twice."""

import secrets

import httpx
import pytest

from tests.gateway.small import PASSWORD
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

ROWS = 1_500
# Each reports to the one of the next row, in lines of ten.
LINE = 10
LINKS = ROWS - ROWS // LINE
SERVICES = ["contacts", "staff", "gateway"]
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def system(rabbitmq, postgres):
    name = f"j{secrets.token_hex(4)}"
    amqp_url, database_url = rabbitmq.add_vhost(name), postgres.make_databases(name, SERVICES[:2])
    with ServiceProcesses(SERVICES, amqp_url=amqp_url, database_url=database_url) as system:
        yield system
    postgres.drop_databases(name)
    rabbitmq.delete_vhost(name)


@pytest.fixture(scope="module")
def api(system):
    system.env["MUSUBI_ADMIN_PASSWORD"] = PASSWORD
    system.musubi("staff", "add-admin", "--login", "root", "--name", "管理者")
    token = system.musubi("staff", "add-token", "--login", "root", "--scope", "read", "--scope", "write").strip()
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{system.url('gateway')}/api/v1", headers=headers, timeout=30) as api:
        yield api


@pytest.fixture(scope="module")
def imported(system, api):
    """An import whose process was killed in the middle, and once more among the links, where not all were set yet."""
    content = "姓,メール,上司\n" + "".join(map(row, range(ROWS)))
    headers = {"Content-Type": "text/csv"}
    made = api.post("/imports", params={"record_kind": "contact"}, content=content.encode(), headers=headers)
    path = f"/imports/{made.json()['id']}"
    assert api.post(f"{path}/start").status_code == 200
    killed_in_the_middle(system, api, path, "done")
    killed_in_the_middle(system, api, path, "links_done")
    return ended(api, path, "finished")


def test_whoever_is_killed_in_the_middle_of_an_import_goes_on_with_it(api, imported):
    assert [imported[name] for name in ("rows", "done", "created", "refused")] == [ROWS, ROWS, ROWS, 0]
    assert [imported[name] for name in ("links", "links_done", "unlinked")] == [LINKS, LINKS, 0]
    assert api.get("/contacts/count").json()["count"] == ROWS
    [last] = api.get("/contacts", params={"query": f"p{LINE - 1}@abc.example"}).json()["items"]
    assert len(api.get(f"/contacts/{last['id']}/reports").json()["items"]) == 1


def test_whoever_is_killed_in_the_middle_of_a_mass_change_or_its_undoing_goes_on_with_it(system, api, imported):
    before = versions(api, "")
    body = {"record_kind": "contact", "action": "update", "data": {"title": "係長"}, "selection": {}}
    path = f"/mass-changes/{api.post('/mass-changes', json=body).json()['id']}"
    killed_in_the_middle(system, api, path, "done")
    done = ended(api, path, "finished")
    assert [done[name] for name in ("records", "done", "changed", "refused")] == [ROWS, ROWS, ROWS, 0]
    assert versions(api, "係長") == {id: version + 1 for id, version in before.items()}
    assert api.post(f"{path}/undo").json()["state"] == "undoing"
    killed_in_the_middle(system, api, path, "undone")
    undone = ended(api, path, "undone")
    assert (undone["undone"], undone["kept"]) == (ROWS, 0)
    assert versions(api, "") == {id: version + 2 for id, version in before.items()}


def row(number):
    """A line of the file."""
    above = "" if number % LINE == LINE - 1 else f"p{number + 1}@abc.example"
    return f"人{number},p{number}@abc.example,{above}\n"


def killed_in_the_middle(system, api, path, counted):
    """Kill the process of a job as soon as some of it was done."""
    eventually(lambda: told(api, path).get(counted), timeout=200)
    system.kill9("contacts")


def ended(api, path, state):
    """The job, once it is in its last state."""
    return eventually(lambda: (found := told(api, path)).get("state") == state and found, timeout=200)


def told(api, path):
    """What a job says of itself; nothing while nobody answers."""
    try:
        answer = api.get(path)
    except httpx.HTTPError:
        return {}
    return answer.json() if answer.status_code == 200 else {}


def versions(api, title):
    """The versions of all contacts with a title."""
    path, found = "/contacts?limit=200", dict[str, int]()
    while path:
        page = api.get(path.removeprefix("/api/v1")).json()
        found |= {each["id"]: each["version"] for each in page["items"] if each["title"] == title}
        path = page["next"]
    return found
