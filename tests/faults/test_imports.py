"""An import goes on where it stood when its process was killed, and no row of it is there twice."""

import httpx
import pytest

from tests.gateway.small import PASSWORD
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

ROWS = 1_500
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
        content = "姓,メール\n" + "".join(f"人{number},p{number}@abc.example\n" for number in range(ROWS))
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
        done = eventually(lambda: finished(api, path), timeout=200)
        assert (done["rows"], done["done"], done["created"], done["refused"]) == (ROWS, ROWS, ROWS, 0)
        assert api.get("/contacts/count").json()["count"] == ROWS


def finished(api, path):
    """The import, once it has ended; None while it goes on, or while nobody answers."""
    try:
        answer = api.get(path)
    except httpx.HTTPError:
        return None
    return answer.status_code == 200 and answer.json()["state"] == "finished" and answer.json()
