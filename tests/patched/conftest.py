"""Fixtures of the in-process tests: the sample services on every carrier and database."""

from collections.abc import Callable, Iterator
from typing import Any

import eventlet
import pytest
from eventlet.patcher import is_monkey_patched

from chassis import Services, migrations
from chassis.runner import Process
from chassis.settings import database_url_of, settings
from tests.infra import eventually
from tests.infra.rabbitmq import RabbitMQ
from tests.patched.proxy_process import ProxyProcess
from tests.patched.sample import models
from tests.patched.sample.service import FAULTS, EmitterService, SampleService


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say clearly when somebody runs these without the patch: they would hang."""
    if items and not is_monkey_patched("socket"):
        raise pytest.UsageError("run these with: python -m tests.patched")


@pytest.fixture(params=["embedded", "rabbitmq"])
def carrier_url(request: pytest.FixtureRequest) -> str:
    """The URL of each carrier in turn."""
    return str(request.getfixturevalue("embedded_url" if request.param == "embedded" else "amqp_url"))


@pytest.fixture
def proxy(rabbitmq: RabbitMQ) -> Iterator[ProxyProcess]:
    """A way to RabbitMQ that a test can cut; services take it where ``carrier_url`` is ``url_by_proxy``."""
    proxy = ProxyProcess(rabbitmq.port)
    yield proxy
    proxy.close()


@pytest.fixture
def url_by_proxy(amqp_url: str, proxy: ProxyProcess, rabbitmq: RabbitMQ) -> str:
    """RabbitMQ through the proxy."""
    return amqp_url.replace(f":{rabbitmq.port}/", f":{proxy.port}/")


@pytest.fixture
def start(carrier_url: str, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Process]]:
    """Starts services on the carrier: ``start(SampleService, EmitterService)``."""
    monkeypatch.setenv("MUSUBI_AMQP_URL", carrier_url)
    monkeypatch.setenv("MUSUBI_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("MUSUBI_RETRY_PAUSES", "1,1")
    monkeypatch.setattr("chassis.relay.has_readers", lambda name: name == "mailbox.removed.v1")
    FAULTS.update(poison=set(), away=0, seen=[], open=[], let_go_on=eventlet.Event())
    processes: list[Process] = []

    def begin(*classes: Any) -> Process:
        for cls in classes:
            migrations.upgrade(models, database_url_of(cls.name, settings()))
        process = Process({cls.name: cls for cls in classes})
        process.start()
        processes.append(process)
        eventually(lambda: not process.health.problems())
        return process

    yield begin
    for process in processes:
        process.runner.stop()


@pytest.fixture
def services(start: Callable[..., Process]) -> Iterator[Services]:
    """Both sample services running, and a client for their calls."""
    start(SampleService, EmitterService)
    with Services("test") as client:
        yield client
