"""What only the embedded broker has: batches, bounds, restarts inside a process, and nameko under eventlet."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time

import amqp.exceptions
import kombu
import pytest

from chassis import embedded
from chassis.embedded import broker as broker_module
from tests.chassis.embedded.talk import consume, count, declare, declare_exchange, get, publish
from tests.chassis.embedded.test_journal import PROGRAMS, ROOT


@pytest.fixture
def carrier():
    return "embedded"


def test_publish_many_tells_which_messages_found_no_queue(channel):
    declare(channel, "known")
    keys = ["known", "unknown", "known", "unknown"]
    messages: list[tuple] = [(b"%d" % n, {}, {}, "", key) for n, key in enumerate(keys)]
    assert channel.publish_many(messages) == [1, 3]
    assert [get(channel, "known").body, get(channel, "known").body] == [b"0", b"2"]


def test_publish_many_sends_nothing_when_one_exchange_is_unknown(channel):
    declare(channel, "known")
    with pytest.raises(amqp.exceptions.NotFound):
        channel.publish_many([(b"1", {}, {}, "", "known"), (b"2", {}, {}, "nowhere", "known")])
    assert count(channel, "known") == 0


def test_an_expiration_that_is_no_number_is_refused(channel):
    declare(channel, "inbox")
    with pytest.raises(amqp.exceptions.PreconditionFailed, match="invalid expiration 'soon'"):
        channel.publish_many([(b"1", {"expiration": "soon"}, {}, "", "inbox")])


def test_what_a_consumer_was_sent_but_never_saw_is_not_marked_as_redelivered(connect):
    reader = connect()
    channel = connect().channel()
    declare(channel, "inbox")
    publish(channel, "seen", "unseen", key="inbox")
    consume(reader.channel(), "inbox")
    reader.drain_events(timeout=30)
    reader.release()
    assert [get(channel, "inbox").delivery_info["redelivered"] for _ in range(2)] == [True, False]


def test_two_hundred_short_lived_clients_leave_nothing_behind(channel, broker_url):
    broker = embedded.broker_for(broker_url)
    declare_exchange(channel, "rpc", "topic", durable=True)
    declare(channel, "calls")
    before = (set(broker.queues), len(broker.exchanges["rpc"].bindings), len(broker.alarm), len(broker.links))
    expiring = {"durable": True, "arguments": {"x-expires": 300_000}}
    kinds: list[dict] = [{"exclusive": True}, {"auto_delete": True}, expiring]
    for n in range(200):
        with kombu.Connection(broker_url) as client:
            own = client.channel()
            declare(own, f"reply-{n}", **kinds[n % 3])
            own.queue_bind(f"reply-{n}", "rpc", f"reply-{n}")
            own.basic_consume(f"reply-{n}", callback=print)
            publish(own, "unread answer", exchange="rpc", key=f"reply-{n}")
    after = (set(broker.queues), len(broker.exchanges["rpc"].bindings), len(broker.alarm), len(broker.links))
    assert after == before
    assert broker.memory == 0


def test_waiting_costs_no_processor_time(connect):
    threads = [threading.Thread(target=wait_two_seconds, args=[connect()]) for _ in range(10)]
    used, started = time.process_time(), time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # Whoever spins takes all of it.
    assert time.process_time() - used < 0.25 * (time.monotonic() - started)


def wait_two_seconds(connection):
    channel = connection.channel()
    name = channel.queue_declare(exclusive=True).queue
    channel.basic_consume(name, callback=print)
    with pytest.raises(socket.timeout):
        connection.drain_events(timeout=2)


def test_after_a_restart_of_the_broker_old_connections_say_so_and_new_ones_work(connection, channel):
    declare(channel, "inbox")
    waiting = threading.Timer(0.05, embedded.reset)
    waiting.start()
    with pytest.raises(amqp.exceptions.RecoverableConnectionError):
        connection.drain_events(timeout=60)
    waiting.join()
    assert not connection.connected
    with pytest.raises(amqp.exceptions.RecoverableConnectionError):
        publish(channel, "lost", key="inbox")
    declare(connection.channel(), "inbox")
    assert connection.connected


def test_a_body_of_thirty_megabytes_passes(channel):
    declare(channel, "inbox")
    body = bytes(range(256)) * 120_000
    publish(channel, body, key="inbox", content_type="application/octet-stream")
    assert get(channel, "inbox").body == body


def test_a_backlog_beyond_the_memory_budget_waits_in_the_journal(embedded_url, monkeypatch):
    monkeypatch.setattr(broker_module, "MEMORY_BUDGET", 5_000_000)
    with kombu.Connection(embedded_url) as connection:
        channel = connection.channel()
        declare(channel, "inbox", durable=True)
        for n in range(100):
            channel.publish_many([(b"%d" % n * 100_000, {"delivery_mode": 2}, {"n": n}, "", "inbox")])
        assert channel.broker.memory < 6_000_000
        again = [get(channel, "inbox") for _ in range(100)]
        assert [(m.headers["n"], m.body[:2], len(m.body)) for m in again[8:12]] == [
            (8, b"88", 100_000), (9, b"99", 100_000), (10, b"10", 200_000), (11, b"11", 200_000)
        ]  # fmt: skip
        channel.basic_ack(0, multiple=True)
        assert channel.broker.memory == 0
    embedded.reset()


def test_messages_that_are_in_memory_only_are_refused_when_there_are_too_many(channel, monkeypatch):
    monkeypatch.setattr(broker_module, "MEMORY_LIMIT", 1_000_000)
    declare(channel, "inbox")
    publish(channel, "x" * 900_000, key="inbox")
    with pytest.raises(amqp.exceptions.PreconditionFailed, match="let the readers catch up"):
        publish(channel, "x" * 900_000, key="inbox")
    get(channel, "inbox").ack()
    publish(channel, "x" * 900_000, key="inbox")


def test_a_full_inbox_does_not_keep_other_greenlets_from_running(connection, channel):
    declare(channel, "inbox")
    channel.publish_many([(b"mail", {}, {}, "", "inbox")] * 40_000)
    consume(channel, "inbox")
    ran = threading.Event()
    threading.Timer(0.05, ran.set).start()
    while not ran.is_set():
        connection.drain_events(timeout=0)
    assert channel.is_open, "the inbox was not empty yet, or drain_events would have raised"


# Under eventlet


def run(program, *arguments):
    return subprocess.run(
        [sys.executable, "-W", "ignore", PROGRAMS / program, *arguments],
        capture_output=True, text=True, timeout=100, check=False, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_all_this_holds_in_a_process_that_eventlet_has_patched():
    chosen = "not (rabbitmq or patched or nameko or kill_9 or full_disk or second_process)"
    done = run("patched_pytest.py", str(PROGRAMS.parent), "-q", "-p", "no:cacheprovider", "-k", chosen)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def test_nameko_itself_runs_on_it(embedded_url):
    done = run("nameko_services.py", embedded_url)
    assert done.stdout.splitlines() == ["TT1 返品", "返品", "Unknown service `nobody`", "stopped"], done.stderr[-3000:]
