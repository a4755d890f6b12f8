"""What the embedded broker keeps in its file: over a restart, kill -9, a full disk, and against a second process."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import amqp.exceptions
import kombu
import pytest

from chassis import embedded
from chassis.embedded.journal import JournalError
from tests.chassis.embedded.talk import bodies_in, consume, count, declare, declare_exchange, get, publish, receive

PROGRAMS = Path(__file__).parent / "programs"
ROOT = Path(__file__).parents[3]


@pytest.fixture
def open_channel(embedded_url):
    """Call for a channel; the second call restarts the broker first."""

    def opened():
        embedded.reset()
        return kombu.Connection(embedded_url).channel()

    yield opened
    embedded.reset()


def run(program, url):
    return subprocess.Popen(
        [sys.executable, "-W", "ignore", PROGRAMS / program, url],
        stdout=subprocess.PIPE, text=True, cwd=ROOT, env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_after_kill_9_all_that_was_not_acknowledged_comes_back_in_order(open_channel, embedded_url):
    with run("crashing_reader.py", embedded_url) as process:
        assert [process.stdout.readline().strip() for _ in range(3)] == ["m0", "m1", "holding"]
        process.kill()
    channel = open_channel()
    assert count(channel, "tickets") == 5
    again = [get(channel, "tickets") for _ in range(5)]
    assert [m.body for m in again] == [b"m1", b"m2", b"m3", b"m4", b"m5"]
    assert all(m.delivery_info["redelivered"] for m in again)
    assert again[0].headers == {"n": "m1"}
    assert again[0].properties["content_type"] == "text/plain"
    publish(channel, "new", exchange="mail.events", key="mail.received")
    assert get(channel, "tickets").payload == "new"


@pytest.mark.parametrize("seconds", [0.05, 0.11, 0.17])
def test_a_message_whose_publishing_returned_survives_kill_9(open_channel, embedded_url, seconds):
    with run("crashing_publisher.py", embedded_url) as process:
        confirmed = [process.stdout.readline()]
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            confirmed.append(process.stdout.readline())
        process.kill()
        confirmed += process.stdout.readlines()
    last = int(confirmed[-1])
    channel = open_channel()
    kept = [int(get(channel, "numbers").body) for _ in range(count(channel, "numbers"))]
    assert kept[:last] == list(range(1, last + 1))
    assert len(kept) <= last + 1, "only the one in hand may be there without its publisher knowing"


def test_a_restart_keeps_what_is_durable_and_persistent_and_nothing_else(open_channel):
    channel = open_channel()
    declare_exchange(channel, "events", "topic", durable=True)
    declare_exchange(channel, "moment", "fanout")
    for queue, durable in (("work", True), ("scratch", False)):
        declare(channel, queue, durable=durable)
        channel.queue_bind(queue, "events", "ticket.#")
    publish(channel, "kept", exchange="events", key="ticket.opened", delivery_mode=2)
    publish(channel, "transient", exchange="events", key="ticket.opened", delivery_mode=1)
    channel = open_channel()
    assert bodies_in(channel, "work") == ["kept"]
    for look in (
        lambda: channel.queue_declare("scratch", passive=True),
        lambda: channel.exchange_declare("moment", passive=True),
    ):
        with pytest.raises(amqp.exceptions.NotFound):
            look()


def test_what_was_removed_before_a_restart_stays_removed(open_channel):
    channel = open_channel()
    declare_exchange(channel, "events", "topic", durable=True)
    declare_exchange(channel, "old", "topic", durable=True)
    for queue in ("work", "old", "purged"):
        declare(channel, queue, durable=True)
        channel.queue_bind(queue, "events", "ticket.#")
    publish(channel, *range(3), exchange="events", key="ticket.opened")
    channel.queue_delete("old")
    channel.exchange_delete("old")
    channel.queue_purge("purged")
    channel.queue_unbind("work", "events", "ticket.#")
    channel.basic_ack([get(channel, "work") for _ in range(2)][1].delivery_tag, multiple=True)
    channel = open_channel()
    publish(channel, "no way", exchange="events", key="ticket.opened")
    assert bodies_in(channel, "work") == [2]
    assert bodies_in(channel, "purged") == ["no way"]
    with pytest.raises(amqp.exceptions.NotFound):
        channel.queue_declare("old", passive=True)


def test_the_time_of_a_message_runs_on_while_the_broker_is_down(open_channel):
    channel = open_channel()
    back = {"x-message-ttl": 150, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "work"}
    declare(channel, "work", durable=True)
    declare(channel, "retry", durable=True, arguments=back)
    publish(channel, "mail", key="retry")
    channel = open_channel()
    messages = consume(channel, "work")
    assert receive(channel.connection.client, messages, 1) == ["mail"]
    [death] = messages[0].headers["x-death"]
    assert (death["queue"], death["reason"]) == ("retry", "expired")


def test_a_dead_letter_and_its_story_survive_a_restart(open_channel):
    channel = open_channel()
    declare(channel, "dead", durable=True)
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead", "x-delivery-limit": 1}
    declare(channel, "work", durable=True, arguments=arguments)
    publish(channel, "poison", key="work")
    get(channel, "work").requeue()
    channel = open_channel()
    assert get(channel, "work").headers["x-delivery-count"] == 1
    channel.basic_recover()
    channel = open_channel()
    assert count(channel, "work") == 0
    [death] = get(channel, "dead").headers["x-death"]
    assert death["reason"] == "delivery_limit"
    assert datetime.now(UTC).timestamp() - death["time"].timestamp() < 60


def test_headers_keep_the_types_that_amqp_knows(open_channel):
    headers = {
        "at": datetime(2026, 11, 22, 20, 0, tzinfo=UTC),
        "key": b"\x00\xff",
        "list": [1, {"名": None}],
        "yes": True,
    }
    channel = open_channel()
    declare(channel, "inbox", durable=True)
    publish(channel, "x", key="inbox", headers=headers)
    assert get(open_channel(), "inbox").headers == headers


def test_a_second_process_is_refused_in_plain_words(open_channel, embedded_url):
    with run("crashing_reader.py", embedded_url) as process:
        assert [process.stdout.readline().strip() for _ in range(3)][-1] == "holding"
        with pytest.raises(JournalError, match="stop the other process and try again"):
            embedded.broker_for(embedded_url)
        process.kill()
    assert count(open_channel(), "tickets") == 5


def test_a_full_disk_refuses_messages_and_goes_on_when_there_is_room(open_channel, embedded_url):
    with run("full_disk.py", embedded_url) as process:
        [taken, refusal, total] = process.stdout.read().splitlines()
    assert int(taken) > 10
    assert "check the disk's space and rights and try again" in refusal
    assert int(total) == int(taken) + 1
    assert count(open_channel(), "inbox") == int(total)
