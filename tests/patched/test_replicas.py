"""Two replicas of a service share one PostgreSQL database: one relay sends at a time, so order and number stay."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import eventlet
import orjson
import pytest

from chassis import Services, migrations
from chassis.ids import new_id
from chassis.runner import Process
from tests.infra import eventually
from tests.patched.sample import models
from tests.patched.sample.service import FAULTS, EmitterService
from tests.patched.test_carriers import listening

EMITTED = "mailbox.recovered.v1"


@pytest.fixture
def replicas(
    amqp_url: str, make_databases: Callable[[Iterable[str]], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[list[Process]]:
    """Two processes of the emitter, as far as they can be told apart inside one."""
    url = make_databases(["mail_ingest"])
    monkeypatch.setenv("MUSUBI_AMQP_URL", amqp_url)
    monkeypatch.setenv("MUSUBI_DATABASE_URL", url)
    migrations.upgrade(models, url.replace("{service}", "mail_ingest"))
    processes = [Process({"mail_ingest": EmitterService}) for _ in range(2)]
    for process in processes:
        process.start()
    eventually(lambda: not any(process.health.problems() for process in processes))
    yield processes
    for process in processes:
        process.runner.stop()


def test_events_of_two_replicas_arrive_once_and_in_the_order_of_their_commits(
    replicas: list[Process], amqp_url: str
) -> None:
    subjects = [[new_id() for _ in range(5)] for _ in range(60)]
    bodies: list[bytes] = []
    with listening(amqp_url, "mail_ingest.events", EMITTED, bodies), Services("test") as client:
        for batch in subjects:
            client.mail_ingest.emit(batch, removed=False)
        eventually(lambda: len(bodies) >= 300)
        stopped = replicas.pop()
        stopped.runner.stop()
        client.mail_ingest.emit([last := new_id()], removed=False)
        eventually(lambda: orjson.loads(bodies[-1])["subject"] == last)
    assert [orjson.loads(body)["subject"] for body in bodies] == [*chain(*subjects), last]


def test_calls_are_answered_while_a_replica_stops(replicas: list[Process]) -> None:
    FAULTS["open"] = []
    with Services("test") as client:
        lingering = [eventlet.spawn(client.mail_ingest.linger, seconds=1) for _ in range(4)]
        eventually(lambda: len(FAULTS["open"]) == 4)
        stopping = eventlet.spawn(replicas.pop().runner.stop)
        texts = [str(number) for number in range(60)]
        assert [client.mail_ingest.echo(text=text) for text in texts] == texts
        assert [greenlet.wait() for greenlet in lingering] == [None] * 4
        stopping.wait()
