"""Events a second, through the chassis and through py-amqp alone, in the same run on the same broker."""

import http.client
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import orjson

from bench.caller import Caller
from bench.events.plain import BATCH
from bench.ground import Ground
from bench.meters import Cost, Meters
from bench.workshop import Workshop
from contracts.base import Event
from tests.infra import eventually
from tests.infra.process import Server, free_port, work_folder
from tests.infra.services import ServiceProcesses

EVENTS = 20_000
ROOT = Path(__file__).parent.parent.parent
NAMES = {"emitter": "mail_ingest", "reader": "bench_reader"}


def events_part(shop: Workshop) -> None:
    """Events through outbox, broker and inbox, against plain py-amqp with batch confirms and bulk acks."""
    plain, ours = [], []
    for _ in range(shop.options.runs):
        plain.append(_plain(shop.ground))
        ours.append(_through_chassis(shop.ground))
    shop.report.add("plain py-amqp, batch confirms, bulk acks", EVENTS / statistics.median(plain), "events/s")
    rate = EVENTS / statistics.median(seconds for seconds, _ in ours)
    shop.report.add("events through outbox, broker, inbox", rate, "events/s")
    shop.report.against("events through outbox, broker, inbox", "plain py-amqp, batch confirms, bulk acks")
    shop.report.costs("events", [costs for _, costs in ours], count=EVENTS, what="event")


def _plain(ground: Ground) -> float:
    vhost = f"plain{secrets.token_hex(3)}"
    arguments = [ground.rabbitmq.add_vhost(vhost), str(EVENTS), str(_size())]
    try:
        consumer, publisher = _program("consume", arguments), _program("publish", arguments)
        began = time.perf_counter()
        _tell(publisher)
        _expect(consumer, "done")
        seconds = time.perf_counter() - began
        for process in (consumer, publisher):
            process.wait(30)
        return seconds
    finally:
        ground.rabbitmq.delete_vhost(vhost)


def _program(word: str, arguments: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "bench.events.plain", word, *arguments]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    _expect(process, "ready")
    return process


def _tell(process: "subprocess.Popen[str]") -> None:
    assert process.stdin
    process.stdin.write("go\n")
    process.stdin.flush()


def _expect(process: "subprocess.Popen[str]", word: str) -> None:
    assert process.stdout
    if process.stdout.readline().strip() != word:
        raise RuntimeError(f"py-amqp's process ended with {process.wait()} before it was {word}; its message is above")


def _size() -> int:
    """The size of the events that the chassis sends."""
    one = "01900000-0000-7000-8000-000000000000"
    event = Event(
        id=one,
        type="mailbox.removed.v1",
        source="mail_ingest",
        subject=one,
        time="2026-11-22T20:00:00.000000Z",
        correlation_id=one,
        causation_id=None,
        data={"mailbox_id": one},
    )
    return len(orjson.dumps(event.to_wire()))


def _through_chassis(ground: Ground) -> tuple[float, dict[str, Cost]]:
    prefix = f"events{secrets.token_hex(3)}"
    url = ground.postgres.make_databases(prefix, NAMES.values())
    system = ServiceProcesses([], amqp_url=ground.rabbitmq.add_vhost(prefix), database_url=url)
    servers = {name: _started(name, system.env) for name in reversed(NAMES)}
    try:
        return _timed(ground, system, servers, f"{prefix}_{NAMES['reader']}")
    finally:
        for server in servers.values():
            server.stop()
        ground.rabbitmq.delete_vhost(prefix)
        ground.postgres.drop_databases(f"{prefix}_")


def _timed(
    ground: Ground, system: ServiceProcesses, servers: dict[str, Server], database: str
) -> tuple[float, dict[str, Cost]]:
    with Caller(system.env) as caller:
        meters = Meters({**servers, "RabbitMQ": ground.rabbitmq.server, "PostgreSQL": ground.postgres.server})
        count = EVENTS - EVENTS % BATCH
        began = time.perf_counter()
        caller.call(NAMES["emitter"], "emit", count=count)
        while (found := ground.postgres.query("SELECT count(*) FROM effects", database=database)[0][0]) < count:
            time.sleep(0.05)
            if time.perf_counter() - began > 300:
                raise RuntimeError(f"only {found} of {count} events arrived")
        return time.perf_counter() - began, meters.read()


def _started(name: str, env: dict[str, str]) -> Server:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "bench.events.services", name]
    env = {**env, "MUSUBI_HTTP_PORT": str(port), "MUSUBI_LOG_LEVEL": "WARNING", "PYTHONPATH": str(ROOT)}
    server = Server(name, folder=work_folder("events"), command=command, env=env)
    server.start()
    eventually(lambda: _ready(port), timeout=60, what=f"{name} is ready")
    return server


def _ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/health/ready")
    return connection.getresponse().status == 200
