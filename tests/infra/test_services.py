"""Services run as processes: they become ready, come back after kill -9, end in order, and can be made to crash."""

import pytest

from tests.infra import eventually
from tests.infra.services import ServiceProcesses


@pytest.fixture(scope="module")
def staff(rabbitmq, postgres):
    urls = {"amqp_url": rabbitmq.add_vhost("services"), "database_url": postgres.make_databases("services", ["staff"])}
    with ServiceProcesses(["staff"], **urls) as system:
        yield system
    rabbitmq.delete_vhost("services")
    postgres.drop_databases("services_")


def test_a_killed_service_comes_back_by_itself(staff):
    [replica] = staff.replicas.values()
    before = replica.server.pid
    staff.kill9("staff")
    eventually(lambda: staff.restarts == {"staff-1": 1})
    staff.wait_ready()
    assert replica.server.pid != before


def test_a_service_ends_in_order_on_sigterm(staff):
    staff.wait_ready()
    assert staff.terminate("staff") == [0]
    staff.wait_ready()


def test_a_halted_service_stays_down_until_resumed(staff):
    restarts = dict(staff.restarts)
    staff.halt("staff")
    with pytest.raises(AssertionError, match="did not hold"):
        eventually(lambda: staff.restarts != restarts, timeout=1)
    staff.resume("staff")
    staff.wait_ready()


def test_what_a_process_says_and_uses_can_be_read(staff):
    assert [line for line in staff.logs("staff") if line.get("event") == "running"]
    [replica] = staff.replicas.values()
    assert 20_000_000 < replica.server.usage().memory < 400_000_000
    assert replica.get("/metrics")[0] == 200


def test_an_unknown_name_is_told_with_the_names_there_are(staff):
    with pytest.raises(KeyError, match="there are staff-1"):
        staff.kill9("stuff")
