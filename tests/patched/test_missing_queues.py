"""A queue that nobody declared, or that somebody deleted, loses no event."""

from collections.abc import Callable

import pytest
from prometheus_client import REGISTRY

from chassis import Services
from chassis.link import Link
from chassis.runner import Process
from tests.infra import eventually
from tests.patched.sample.service import FAULTS, EmitterService, SampleService
from tests.patched.test_carriers import ids


def delete_queue(url: str, name: str) -> None:
    """As an administrator does."""
    link = Link("administrator", url)
    link.on_connect.append(lambda link: link.channel().queue_delete(name))
    link.start()
    assert link.wait_ready(30)
    link.stop()


def unrouted() -> float:
    return REGISTRY.get_sample_value("musubi_outbox_unrouted_total", {"service": "mail_ingest"}) or 0


@pytest.mark.parametrize("queue", ["sample.retry.1s", "sample.dead"])
def test_an_event_that_fails_is_kept_though_the_queue_it_goes_to_was_deleted(
    services: Services, carrier_url: str, queue: str
) -> None:
    poison, good = ids(2)
    FAULTS["poison"] = {poison}
    delete_queue(carrier_url, queue)
    services.mail_ingest.emit([poison, good])
    [letter] = eventually(lambda: services.sample.dead_letters()["items"], timeout=60)
    assert "this event cannot be handled" in letter["error"]
    assert services.sample.effects() == [good]


def test_events_for_a_reader_without_a_queue_stay_in_the_outbox_until_it_is_declared(
    start: Callable[..., Process],
) -> None:
    before, subjects = unrouted(), ids(3)
    start(EmitterService)
    with Services("test") as client:
        client.mail_ingest.emit(subjects)
        eventually(lambda: unrouted() > before)
        start(SampleService)
        eventually(lambda: client.sample.effects() == subjects)
