"""Services as processes on RabbitMQ: one that is dead takes only its own calls with it."""

import signal
import time

import httpx
import pytest

from chassis.settings import settings
from tests.gateway.conftest import System
from tests.infra import eventually
from tests.infra.services import ServiceProcesses

ONE_CALL = settings().rpc_timeout


@pytest.fixture
def system(amqp_url, sqlite_url):
    with ServiceProcesses(
        ["gateway", "staff", "contacts", "leads"], amqp_url=amqp_url, database_url=sqlite_url
    ) as processes:
        system = System(processes)
        yield system
        system.close()


def timed(client, path, **kwargs):
    """Status and seconds."""
    began = time.monotonic()
    status = client.request("GET", path, **kwargs).status_code
    return status, time.monotonic() - began


def test_with_one_service_dead_the_others_answer_and_it_comes_back_by_itself(system):
    api, processes = system.admin, system.processes
    assert [timed(api, path)[0] for path in ("/contacts", "/leads")] == [200, 200]
    contact = api.post("/contacts", json={"last_name": "田中"}).json()["id"]
    related = api.get(f"/contacts/{contact}/related").json()
    # Those that do not run at all.
    assert {name for name, part in related.items() if part["error"]} == related.keys() - {"reports", "leads"}
    assert related["tickets"]["error"]["status"] in (503, 504)
    assert (related["reports"]["items"], related["reports"]["count"]) == ([], 0)
    processes.halt("contacts")
    answer = api.get(f"/contacts/{contact}/related")
    assert (answer.status_code, answer.json()["reports"]["error"]["status"] in (503, 504)) == (200, True)
    status, seconds = timed(api, "/contacts")
    assert status in (503, 504)
    assert seconds < 2 * ONE_CALL
    status, seconds = timed(api, "/leads")
    assert (status, seconds < ONE_CALL) == (200, True)
    processes.resume("contacts")
    processes.wait_ready("contacts")
    eventually(lambda: timed(api, "/contacts")[0] == 200)
    processes.halt("staff")
    assert timed(api, "/leads")[0] == 200
    # Nobody can say who works here; nothing else waits for that.
    assert api.post("/contacts", json={"last_name": "田中", "owner_id": contact}).status_code in (503, 504)
    assert api.post("/contacts", json={"last_name": "田中"}).status_code == 201
    assert timed(system.client("musubi_t_nobody"), "/leads")[0] in (503, 504)


def test_the_gateway_stops_in_order_although_somebody_follows_the_live_feed(system):
    with system.admin.stream("GET", "/live") as answer:
        lines = answer.iter_lines()
        assert next(lines) == "retry: 2000"
        gateway = system.processes.replicas["gateway-1"]
        gateway.wanted = False
        gateway.server.send(signal.SIGTERM)
        rest = _until_the_end(lines)
    # No second signal: one that comes while the interpreter itself ends finds no handler any more.
    eventually(lambda: not gateway.server.running, timeout=60)
    # Who does not end by itself in time is ended with another code.
    assert gateway.server.exit_code == 0
    assert rest == "ended"


def _until_the_end(lines):
    try:
        for _ in lines:
            continue
    except httpx.RemoteProtocolError:
        return "cut"
    return "ended"
