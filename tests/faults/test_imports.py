"""An import goes on where it stood when its process was killed, and no row of it is there twice."""

import httpx
import pytest

from tests.gateway.small import PASSWORD
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

ROWS = 1_500
# Each reports to the one of the next row, in lines of ten.
LINE = 10
LINKS = ROWS - ROWS // LINE
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def system(embedded_url, sqlite_url):
    with ServiceProcesses(["contacts+staff+gateway"], amqp_url=embedded_url, database_url=sqlite_url) as system:
        yield system


def test_whoever_is_killed_in_the_middle_of_an_import_goes_on_with_it(system):
    system.env["MUSUBI_ADMIN_PASSWORD"] = PASSWORD
    system.musubi("staff", "add-admin", "--login", "root", "--name", "管理者")
    token = system.musubi("staff", "add-token", "--login", "root", "--scope", "read", "--scope", "write").strip()
    with httpx.Client(
        base_url=f"{system.url('gateway')}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=30
    ) as api:
        content = "姓,メール,上司\n" + "".join(map(row, range(ROWS)))
        made = api.post(
            "/imports",
            params={"record_kind": "contact"},
            content=content.encode(),
            headers={"Content-Type": "text/csv"},
        )
        path = f"/imports/{made.json()['id']}"
        assert api.post(f"{path}/start").status_code == 200
        eventually(lambda: api.get(path).json()["done"] > 0)
        system.kill9("gateway")
        # Among the links, where they have not all been set already.
        eventually(lambda: told(api, path).get("links_done"), timeout=200)
        system.kill9("gateway")
        done = eventually(lambda: finished(api, path), timeout=200)
        assert (done["rows"], done["done"], done["created"], done["refused"]) == (ROWS, ROWS, ROWS, 0)
        assert (done["links"], done["links_done"], done["unlinked"]) == (LINKS, LINKS, 0)
        assert api.get("/contacts/count").json()["count"] == ROWS
        [last] = api.get("/contacts", params={"query": f"p{LINE - 1}@abc.example"}).json()["items"]
        assert len(api.get(f"/contacts/{last['id']}/reports").json()["items"]) == 1


def row(number):
    """A line of the file."""
    above = "" if number % LINE == LINE - 1 else f"p{number + 1}@abc.example"
    return f"人{number},p{number}@abc.example,{above}\n"


def told(api, path):
    """What the import says of itself; nothing while nobody answers."""
    try:
        answer = api.get(path)
    except httpx.HTTPError:
        return {}
    return answer.json() if answer.status_code == 200 else {}


def finished(api, path):
    """The import, once it has ended; None before."""
    found = told(api, path)
    return found.get("state") == "finished" and found
