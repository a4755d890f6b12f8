"""What the chassis does when RabbitMQ restarts, dies, hangs, or the network swallows a connection."""

import contextlib
import time
from collections.abc import Callable

import pytest
from nameko.containers import ServiceContainer

from chassis import Services
from chassis.carrier import Carrier
from chassis.ids import new_id
from chassis.link import Disconnected, Link
from chassis.messages import Outgoing
from chassis.publisher import Publisher
from chassis.runner import Process
from chassis.settings import settings
from contracts.errors import ServiceTimeout, ServiceUnavailable
from tests.infra import eventually
from tests.infra.rabbitmq import RabbitMQ
from tests.patched.proxy_process import ProxyProcess
from tests.patched.sample.service import SampleService

# These notice by themselves, after twelve seconds at the earliest, that a link is dead.
SOONER_THAN_HEARTBEATS = 11
AWAY = (ServiceUnavailable, ServiceTimeout)


@pytest.fixture
def carrier_url(url_by_proxy: str) -> str:
    """RabbitMQ through the proxy."""
    return url_by_proxy


def answers(services: Services, text: str) -> bool:
    """True when both services answer again."""
    try:
        return bool(services.sample.relay_call(text=text) == text)
    except AWAY:
        return False


def answers_effects(services: Services) -> bool:
    """True when the sample service answers again."""
    try:
        return bool(services.sample.effects() == [])
    except AWAY:
        return False


def test_calls_and_events_work_again_by_themselves_after_a_broker_restart(
    services: Services, rabbitmq: RabbitMQ
) -> None:
    first, second = new_id(), new_id()
    services.mail_ingest.emit([first])
    eventually(lambda: services.sample.effects() == [first])
    rabbitmq.stop_app()
    rabbitmq.start_app()
    eventually(lambda: answers(services, "again"), timeout=60)
    services.mail_ingest.emit([second])
    eventually(lambda: services.sample.effects() == [first, second])


def test_events_published_while_the_broker_is_dead_arrive_once_after_it(services: Services, rabbitmq: RabbitMQ) -> None:
    subjects = [new_id() for _ in range(20)]
    services.mail_ingest.emit(subjects[:10])
    rabbitmq.settle()
    rabbitmq.kill9()
    rabbitmq.start()
    eventually(lambda: answers(services, "again"), timeout=60)
    services.mail_ingest.emit(subjects[10:])
    eventually(lambda: sorted(services.sample.effects()) == sorted(subjects), timeout=60)


def test_a_half_open_connection_is_noticed_by_its_heartbeats(
    start: Callable[..., Process], proxy: ProxyProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert 2 * settings().heartbeat <= 12, "what docs/architecture.md promises"
    monkeypatch.setenv("MUSUBI_HEARTBEAT", "2")
    process = start(SampleService)
    links = [link for container in process.runner.containers for link in links_of(container)]
    proxy.tell("hole")
    eventually(lambda: any(not link.connected for link in links))
    eventually(lambda: not process.health.problems())
    with Services("test") as client:
        # The broker, too, must first notice that the old consumers are gone: till then it hands calls to them.
        eventually(lambda: answers_effects(client), timeout=60)


def test_calls_are_refused_in_time_while_the_network_swallows_everything(
    services: Services, proxy: ProxyProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "1")
    proxy.tell("hole_all")
    began = time.monotonic()
    with pytest.raises(AWAY):
        services.sample.effects()
    assert time.monotonic() - began < SOONER_THAN_HEARTBEATS
    proxy.tell("heal")
    monkeypatch.delenv("MUSUBI_RPC_TIMEOUT")
    eventually(lambda: answers(services, "again"), timeout=60)


def test_a_memory_alarm_delays_events_and_loses_none(services: Services, rabbitmq: RabbitMQ) -> None:
    before, during, after = new_id(), new_id(), new_id()
    services.mail_ingest.emit([before])
    with rabbitmq.memory_alarm(), contextlib.suppress(*AWAY):
        services.mail_ingest.emit([during])
    eventually(lambda: answers(services, "again"), timeout=60)
    services.mail_ingest.emit([after])
    eventually(lambda: set(services.sample.effects()) >= {before, after}, timeout=60)
    assert len(services.sample.effects()) == len(set(services.sample.effects()))


def links_of(container: ServiceContainer) -> list[Link]:
    """The connections of a service to the broker."""
    return [link for extension in container.extensions if isinstance(extension, Carrier) for link in extension.links]


def test_a_link_that_is_given_up_connects_anew(amqp_url: str) -> None:
    link = Link("given up", amqp_url)
    connected: list[Link] = []
    link.on_connect.append(connected.append)
    link.start()
    assert link.wait_ready(30)
    link.abort("a test")
    eventually(lambda: len(connected) == 2 and link.connected)
    link.stop()


def test_a_call_cut_off_in_the_middle_of_a_frame_leaves_those_after_it_whole(
    services: Services, rabbitmq: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MUSUBI_RPC_TIMEOUT", "1")
    rabbitmq.pause()
    try:
        with pytest.raises(ServiceTimeout):
            services.mail_ingest.echo(text="x" * 60_000_000)
    finally:
        rabbitmq.resume()
    assert eventually(lambda: answers(services, "whole"), timeout=SOONER_THAN_HEARTBEATS)


def test_a_send_that_a_hanging_broker_does_not_take_ends_in_time_and_the_link_heals(
    carrier_url: str, rabbitmq: RabbitMQ, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chassis.publisher.SEND_TIMEOUT_SECONDS", 1)
    link = Link("sender", carrier_url)
    publisher = Publisher(link)
    link.start()
    assert link.wait_ready(30)
    more_than_the_buffers_hold = [Outgoing(b"x" * 100_000, exchange="", routing_key="nobody", message_id="m")] * 600
    began = time.monotonic()
    rabbitmq.pause()
    try:
        with pytest.raises(Disconnected):
            publisher.publish(more_than_the_buffers_hold)
        assert time.monotonic() - began < SOONER_THAN_HEARTBEATS
    finally:
        rabbitmq.resume()
    eventually(lambda: link.connected, timeout=60)
    link.stop()
