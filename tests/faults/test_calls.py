"""What calls leave behind when they come twice, or when whoever they call hangs: what was answered, nothing else."""

import secrets
from concurrent.futures import ThreadPoolExecutor
from threading import Timer

import psycopg
import pytest

from chassis.crash import CRASH_EXIT_CODE
from tests.gateway.conftest import System
from tests.infra import eventually
from tests.infra.proxy import TcpProxy
from tests.infra.services import ServiceProcesses

pytestmark = pytest.mark.timeout(300)

SERVICES = ("gateway", "staff", "leads", "contacts", "contacts")
CONTACTS = ("contacts-1", "contacts-2")
LEADS = 16
ONE_CALL = 8.0
# The records that a conversion makes would be made about when the gateway gives up.
HANGS_SECONDS = ONE_CALL - 0.12


@pytest.fixture(scope="module")
def contacts_amqp(rabbitmq):
    """The links of the contacts service to the broker."""
    with TcpProxy(rabbitmq.port) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def name():
    """That of the virtual host, and the beginning of those of the databases."""
    return f"c{secrets.token_hex(5)}"


@pytest.fixture(scope="module")
def running(rabbitmq, postgres, contacts_amqp, name):
    """A gateway and what it calls, two replicas of contacts; who ends stays down."""
    amqp_url, database_url = rabbitmq.add_vhost(name), postgres.make_databases(name, set(SERVICES))
    env = {"MUSUBI_RPC_TIMEOUT": str(ONE_CALL)}
    processes = ServiceProcesses(SERVICES, amqp_url=amqp_url, database_url=database_url, env=env, supervise=False)
    for replica in CONTACTS:
        by_proxy = amqp_url.replace(f":{rabbitmq.port}/", f":{contacts_amqp.port}/")
        processes.replicas[replica].server.env["MUSUBI_AMQP_URL"] = by_proxy
    with processes:
        system = System(processes)
        yield system
        system.close()
    rabbitmq.delete_vhost(name)
    postgres.drop_databases(name)


@pytest.fixture
def system(running):
    """The same for every test, with what the one before ended up again."""
    for replica in running.processes.replicas.values():
        if not replica.server.running:
            replica.start()
    running.processes.wait_ready()
    return running


@pytest.fixture
def rows(postgres, name):
    """The rows that the database of a service answers."""
    return lambda service, sql: postgres.query(sql, database=f"{name}_{service}")


@pytest.mark.parametrize("point", ["before_commit", "after_commit", "after_publish"])
def test_a_write_without_a_key_is_done_once_when_its_replica_ends_while_doing_it(system, rows, point):
    first = system.processes.replicas["contacts-1"]
    first.server.kill9()
    # What the life before left unsent would end the new one at `after_publish` before it is ready.
    eventually(lambda: not rows("contacts", "SELECT 1 FROM outbox"), what="the other replica sends what was left")
    system.processes.crash_at(first.name, point)
    first.start()
    system.processes.wait_ready(first.name)
    names: list[str] = []
    while first.server.running:
        names.append(f"{point} {len(names)}")
        assert system.admin.post("/contacts", json={"last_name": names[-1]}).status_code == 201
        if point == "after_publish":
            eventually(lambda: not rows("contacts", "SELECT 1 FROM outbox") or not first.server.running)
    assert first.server.exit_code == CRASH_EXIT_CODE
    made = rows("contacts", f"SELECT last_name FROM contacts WHERE last_name LIKE '{point} %' ORDER BY id")
    assert made == [(name,) for name in names]


def test_a_write_without_a_key_is_done_once_and_answered_when_its_connection_goes_meanwhile(
    system, rows, postgres, name, contacts_amqp
):
    waiting = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    server = f"postgresql://musubi@127.0.0.1:{postgres.port}/{name}_contacts"
    with psycopg.connect(server) as connection, ThreadPoolExecutor(1) as client:
        connection.execute("LOCK TABLE contacts IN EXCLUSIVE MODE")
        answer = client.submit(system.admin.post, "/contacts", json={"last_name": "田中"})
        eventually(lambda: len(rows("contacts", waiting)) == 1)
        contacts_amqp.reset()
        eventually(lambda: len(rows("contacts", waiting)) == 2, what="the second run of the call")
        connection.rollback()
        assert answer.result().status_code == 201
    assert rows("contacts", "SELECT id::text FROM contacts WHERE last_name = '田中'") == [
        (answer.result().json()["id"],)
    ]


def test_a_conversion_whose_callee_hangs_is_done_if_it_was_answered_and_else_not(system, rows):
    for number in range(LEADS):
        lead = {"last_name": f"田中 {number}", "company": "株式会社"}
        assert system.admin.post("/leads", json=lead).status_code == 201
    leads = [lead["id"] for lead in system.admin.get("/leads").json()["items"]]
    hanging = [system.processes.replicas[replica].server for replica in CONTACTS]
    for server in hanging:
        server.pause()
        Timer(HANGS_SECONDS, server.resume).start()
    with ThreadPoolExecutor(LEADS) as clients:
        answers = clients.map(lambda id: system.admin.post(f"/leads/{id}/convert", json={}).status_code, leads)
        statuses = dict(zip(leads, answers, strict=True))
    # What came too late for its caller would come before these, which wait behind it.
    eventually(lambda: all(system.admin.get("/contacts").status_code == 200 for _ in hanging))
    eventually(lambda: not rows("leads", "SELECT pid FROM pg_stat_activity WHERE state LIKE '%in transaction'"))
    states = dict(rows("leads", "SELECT id::text, state FROM leads"))
    assert set(statuses.values()) <= {200, 504}
    assert states == {lead: "converted" if status == 200 else "open" for lead, status in statuses.items()}
