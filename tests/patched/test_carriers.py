"""One behaviour suite for every carrier: what the chassis promises holds on embedded:// as on RabbitMQ."""

from collections.abc import Callable

import orjson
import pytest
from prometheus_client import REGISTRY

from chassis import Services
from chassis.ids import new_id
from chassis.link import Link
from chassis.messages import Outgoing
from chassis.publisher import Publisher
from chassis.runner import Process
from contracts.errors import Conflict
from tests.infra import eventually
from tests.patched.sample.service import FAULTS, EmitterService, SampleService


def ids(number: int) -> list[str]:
    return [new_id() for _ in range(number)]


def test_events_arrive_in_the_order_in_which_they_were_published(services: Services) -> None:
    subjects = ids(120)
    services.mail_ingest.emit(subjects)
    eventually(lambda: services.sample.effects() == subjects)


def test_a_handler_gets_at_most_its_batch_at_once(services: Services) -> None:
    services.mail_ingest.emit(ids(120))
    eventually(lambda: services.sample.effect_count() == 120)
    assert max(map(len, FAULTS["seen"])) == 50


def test_an_event_that_is_delivered_three_times_has_one_effect(services: Services, carrier_url: str) -> None:
    [subject] = ids(1)
    bodies: list[bytes] = []
    with listening(carrier_url, "mail_ingest.events", "#", bodies):
        services.mail_ingest.emit([subject])
        eventually(lambda: bodies)
    send_again(carrier_url, bodies[0], times=2)
    services.mail_ingest.emit([last := new_id()])
    eventually(lambda: last in services.sample.effects())
    assert services.sample.effects().count(subject) == 1


def test_a_batch_is_tried_again_while_another_service_is_away(services: Services) -> None:
    FAULTS["away"] = 3
    subjects = ids(5)
    services.mail_ingest.emit(subjects)
    eventually(lambda: services.sample.effects() == subjects)


def test_the_lag_of_a_reader_that_is_stuck_grows(services: Services) -> None:
    labels = {"service": "sample", "handler": "on_mailboxes_removed"}

    def lag() -> float:
        return REGISTRY.get_sample_value("musubi_event_lag_seconds", labels) or 0

    FAULTS["away"] = 1_000_000
    subjects = ids(2)
    services.mail_ingest.emit(subjects)
    eventually(lambda: lag() > 1)
    FAULTS["away"] = 0
    eventually(lambda: services.sample.effects() == subjects)
    # One that is heard within a second, sooner or later.
    eventually(lambda: services.mail_ingest.emit(ids(1)) or 0 < lag() < 1)


def test_a_poison_event_hurts_only_itself_and_becomes_a_dead_letter(services: Services) -> None:
    subjects = ids(10)
    FAULTS["poison"] = {subjects[4]}
    services.mail_ingest.emit(subjects)
    eventually(lambda: services.sample.dead_letters()["items"], timeout=60)
    [letter] = services.sample.dead_letters()["items"]
    assert letter["queue"] == "sample.mailbox.removed.v1"
    assert letter["attempts"] == 3
    assert "this event cannot be handled" in letter["error"]
    assert services.sample.effects() == subjects[:4] + subjects[5:]


def test_a_dead_letter_can_be_replayed_once(services: Services) -> None:
    [subject] = ids(1)
    FAULTS["poison"] = {subject}
    services.mail_ingest.emit([subject])
    eventually(lambda: services.sample.dead_letters()["items"], timeout=60)
    [letter] = services.sample.dead_letters()["items"]
    FAULTS["poison"] = set()
    for _ in range(2):
        services.sample.replay_dead_letter(id=letter["id"], idempotency_key="the broker delivers the call twice")
    eventually(lambda: services.sample.effects() == [subject])
    with pytest.raises(Conflict, match="replayed already"):
        services.sample.replay_dead_letter(id=letter["id"])


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\x00 not json",
        b"42",
        b'{"type": "mailbox.removed.v1"}',
        b'{"specversion":"1.0","type":"unknown.thing.v1"}',
        b'{"id":"7","source":"x","type":"mailbox.removed.v1","subject":"x","time":"2026-11-22T00:00:00Z","data":{}}',
    ],
    ids=["no json", "no object", "no envelope", "unknown type", "an id that is no UUID"],
)
def test_what_is_no_event_becomes_a_dead_letter_at_once(services: Services, carrier_url: str, body: bytes) -> None:
    send_again(carrier_url, body, times=1)
    eventually(lambda: services.sample.dead_letters()["items"])
    [letter] = services.sample.dead_letters()["items"]
    assert letter["attempts"] == 1


def test_what_is_no_event_in_a_batch_hurts_only_itself(services: Services, carrier_url: str) -> None:
    bodies: list[bytes] = []
    first, second = ids(2), ids(2)
    with listening(carrier_url, "mail_ingest.batches", "#", bodies):
        services.mail_ingest.emit(first)
        eventually(lambda: bodies)
    [one, other] = orjson.loads(bodies[0])
    [new, last] = [{**one, "id": new_id(), "subject": subject} for subject in second]
    send_again(carrier_url, orjson.dumps([new, 42, other, last]), times=1)
    eventually(lambda: services.sample.effects() == first + second)
    eventually(lambda: services.sample.dead_letters()["items"])
    [letter] = services.sample.dead_letters()["items"]
    assert services.sample.dead_letter(id=letter["id"])["body"] == "42"


def test_an_event_that_breaks_its_schema_becomes_a_dead_letter_that_names_the_place(
    services: Services, carrier_url: str
) -> None:
    body = (
        b'{"specversion":"1.0","id":"%b","source":"musubi/mail_ingest","type":"mailbox.removed.v1",' % new_id().encode()
    )
    send_again(
        carrier_url, body + b'"subject":"x","time":"2026-11-22T00:00:00Z","data":{"mailbox_id":"secret"}}', times=1
    )
    eventually(lambda: services.sample.dead_letters()["items"])
    [letter] = services.sample.dead_letters()["items"]
    assert "mailbox_id" in letter["error"]
    assert "secret" not in letter["error"]


def test_an_event_follows_from_another_with_its_correlation(services: Services, carrier_url: str) -> None:
    bodies: list[bytes] = []
    with (
        listening(carrier_url, "mail_ingest.events", "#", bodies),
        listening(carrier_url, "sample.events", "#", bodies),
    ):
        services.mail_ingest.emit(ids(1), removed=False)
        eventually(lambda: len(bodies) == 2)
    cause, effect = map(orjson.loads, bodies)
    assert effect["causationid"] == cause["id"]
    assert effect["correlationid"] == cause["correlationid"] == cause["id"]


def test_what_was_published_while_the_reader_was_down_waits_for_it(start: Callable[..., Process]) -> None:
    first = start(SampleService, EmitterService)
    first.runner.service_map["sample"].stop()
    subjects = ids(3)
    with Services("test") as client:
        client.mail_ingest.emit(subjects)
        start(SampleService)
        eventually(lambda: client.sample.effects() == subjects)


def send_again(url: str, body: bytes, *, times: int) -> None:
    """Publish raw bytes to the reader's queue, as a foreign client could."""
    message = Outgoing(body, exchange="mail_ingest.batches", routing_key="mailbox.removed.v1", message_id="foreign")
    publish(url, *[message] * times)


def publish(url: str, *messages: Outgoing) -> None:
    """Publish as a foreign client could."""
    link = Link("foreign", url)
    publisher = Publisher(link)
    link.start()
    assert link.wait_ready(30)
    publisher.publish(list(messages))
    link.stop()


class listening:
    """Collects the bodies of what an exchange sends out meanwhile."""

    def __init__(self, url: str, exchange: str, pattern: str, bodies: list[bytes]) -> None:
        self.link = Link("listening", url)
        self.names = exchange, pattern, bodies
        self.link.on_connect.append(self._consume)

    def _consume(self, link: Link) -> None:
        exchange, pattern, bodies = self.names
        channel = link.channel()
        queue = new_id()
        channel.queue_declare(queue, durable=False, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, exchange, pattern)
        channel.basic_consume(
            queue, callback=lambda message: bodies.append(message.body), consumer_tag=new_id(), no_ack=True
        )

    def __enter__(self) -> None:
        self.link.start()
        assert self.link.wait_ready(30)

    def __exit__(self, *_: object) -> None:
        self.link.stop()
