"""The live feed of the chassis and the hub of the gateway: who follows is told when events went by unheard."""

from collections.abc import Callable, Iterator

import eventlet
import pytest

from chassis import Services
from chassis.ids import new_id
from chassis.link import Link
from chassis.live import Feed, LiveFeed
from chassis.messages import Outgoing
from chassis.publisher import Publisher
from chassis.runner import Process
from gateway.live import LiveHub, Subscription
from tests.infra import eventually
from tests.patched.proxy_process import ProxyProcess
from tests.patched.sample.service import EmitterService, WatcherService
from tests.patched.test_database_faults import answered


@pytest.fixture
def carrier_url(url_by_proxy: str) -> str:
    """RabbitMQ through the proxy."""
    return url_by_proxy


@pytest.fixture
def hub(start: Callable[..., Process]) -> Iterator[LiveHub]:
    """Follows the feed of a running service."""
    hub = LiveHub()
    following = eventlet.spawn(hub.follow, feed_of(start(WatcherService, EmitterService)))
    yield hub
    hub.close()
    following.wait()


def feed_of(process: Process) -> Feed:
    [provider] = [part for part in process.runner.service_map["watcher"].extensions if isinstance(part, LiveFeed)]
    return provider.get_dependency(None)


def follow(hub: LiveHub, *, after: str | None = None) -> Subscription:
    return hub.subscribe(principal_id="somebody", wanted=(), last_event_id=after)


def say(url: str, *bodies: bytes) -> None:
    """Publish where events appear, as a foreign client could."""
    link = Link("foreign", url)
    publisher = Publisher(link)
    link.start()
    assert link.wait_ready(30)
    exchange, key = "mail_ingest.events", "mailbox.removed.v1"
    publisher.publish([Outgoing(body, exchange=exchange, routing_key=key) for body in bodies])
    link.stop()


def told(client: Subscription, *, until: str) -> list[str]:
    """The subjects of the events that a client was sent, and "gap", up to one of them."""
    said: list[str] = []
    with eventlet.Timeout(20):
        while until not in said:
            frame = client.queue.get()
            said.append(frame.event.subject if frame.event else frame.content.split()[1].decode())
    return said


def test_everybody_is_told_of_the_gap_when_the_broker_is_back(hub: LiveHub, proxy: ProxyProcess) -> None:
    client, late = follow(hub), follow(hub)
    first, last = new_id(), new_id()
    with Services("test") as services:
        services.mail_ingest.emit([first])
        seen = client.queue.get(timeout=20).event
        proxy.tell("reset")
        told(client, until="gap")
        eventually(lambda: answered(services.mail_ingest.emit, [last]) == "done", timeout=60)
    told(client, until=last)
    # An event may be sent again whose confirmation went with the link.
    for follower in (late, follow(hub, after=seen.id)):
        assert [subject for subject in told(follower, until=last) if subject != first] == ["gap", last]


def test_what_is_no_event_does_not_stop_the_feed(hub: LiveHub, amqp_url: str) -> None:
    client, last = follow(hub), new_id()
    say(amqp_url, b"no event", b"{}", b"42")
    with Services("test") as services:
        services.mail_ingest.emit([last])
        assert told(client, until=last) == [last]
