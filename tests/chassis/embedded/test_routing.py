"""Declaring, routing, unroutable messages and waiting, on both carriers."""

from __future__ import annotations

import socket
import threading
import time

import amqp.exceptions
import pytest

from tests.chassis.embedded.talk import (
    bodies_in,
    consume,
    count,
    declare,
    declare_exchange,
    get,
    kombu_message,
    publish,
)

# Routing


@pytest.mark.parametrize(
    ("pattern", "key", "fits"),
    [
        ("ticket.opened.v1", "ticket.opened.v1", True),
        ("ticket.*.v1", "ticket.opened.v1", True),
        ("ticket.*", "ticket.opened.v1", False),
        ("*", "", False),
        ("ticket.#", "ticket", True),
        ("ticket.#", "ticket.opened.v1", True),
        ("ticket.#", "tickets.opened", False),
        ("#", "", True),
        ("#.v1", "v1", True),
        ("#.opened.#", "ticket.opened.v1", True),
        ("*.opened.#", "opened", False),
        ("a+b.[x]", "a+b.[x]", True),
        ("a.b", "axb", False),
    ],
)
def test_a_topic_star_is_one_word_and_a_hash_any_number_of_words(channel, pattern, key, fits):
    declare_exchange(channel, "tickets.events", "topic")
    declare(channel, "reader")
    channel.queue_bind("reader", "tickets.events", pattern)
    publish(channel, "fact", exchange="tickets.events", key=key)
    assert bodies_in(channel, "reader") == (["fact"] if fits else [])


def test_a_queue_that_is_bound_twice_gets_a_message_once(channel):
    declare_exchange(channel, "tickets.events", "topic")
    declare(channel, "reader")
    channel.queue_bind("reader", "tickets.events", "ticket.#")
    channel.queue_bind("reader", "tickets.events", "*.opened")
    publish(channel, "fact", exchange="tickets.events", key="ticket.opened")
    assert bodies_in(channel, "reader") == ["fact"]


def test_a_direct_exchange_compares_keys_and_a_fanout_exchange_does_not(channel):
    for kind in ("direct", "fanout"):
        declare_exchange(channel, kind, kind)
        for word in ("tokyo", "osaka"):
            declare(channel, f"{kind}.{word}")
            channel.queue_bind(f"{kind}.{word}", kind, word)
        publish(channel, "hello", exchange=kind, key="tokyo")
    counts = [count(channel, q) for q in ("direct.tokyo", "direct.osaka", "fanout.tokyo", "fanout.osaka")]
    assert counts == [1, 0, 1, 1]


def test_no_message_comes_after_an_unbind(channel):
    declare_exchange(channel, "calls", "direct")
    declare(channel, "reader")
    channel.queue_bind("reader", "calls", "held")
    publish(channel, "before", exchange="calls", key="held")
    channel.queue_unbind("reader", "calls", "held")
    publish(channel, "after", exchange="calls", key="held")
    assert bodies_in(channel, "reader") == ["before"]


def test_a_message_arrives_with_all_that_it_was_sent_with(channel):
    declare(channel, "inbox")
    publish(
        channel, {"件名": "見積もり"}, key="inbox", headers={"traceparent": "00-ab"}, correlation_id="c1", reply_to="r"
    )
    message = get(channel, "inbox")
    assert message.payload == {"件名": "見積もり"}
    assert message.headers == {"traceparent": "00-ab"}
    assert (message.properties["correlation_id"], message.properties["reply_to"]) == ("c1", "r")
    assert message.properties["content_type"] == message.content_type == "application/json"
    assert message.delivery_info["routing_key"] == "inbox"
    assert message.delivery_info["redelivered"] is False


def test_two_readers_of_one_message_do_not_see_each_others_changes(channel):
    declare_exchange(channel, "all", "fanout")
    for queue in ("first", "second"):
        declare(channel, queue)
        channel.queue_bind(queue, "all")
    publish(channel, "x", exchange="all", key="", headers={"kind": "mail"})
    get(channel, "first").headers["kind"] = "changed"
    assert get(channel, "second").headers == {"kind": "mail"}


# Declaring


def test_a_passive_declaration_counts_messages_or_raises_not_found(channel):
    declare(channel, "inbox")
    publish(channel, 1, 2, 3, key="inbox")
    assert channel.queue_declare("inbox", passive=True) == ("inbox", 3, 0)
    with pytest.raises(amqp.exceptions.NotFound, match="no queue 'outbox'"):
        channel.queue_declare("outbox", passive=True)
    with pytest.raises(amqp.exceptions.NotFound, match="no exchange 'outbox'"):
        channel.exchange_declare("outbox", "topic", passive=True)


def test_a_second_declaration_must_be_equal(channel):
    for _ in range(2):
        declare(channel, "retry", durable=True, arguments={"x-message-ttl": 1000})
        declare_exchange(channel, "events", "topic", durable=True)
    with pytest.raises(amqp.exceptions.PreconditionFailed, match=r"inequivalent arg .*for queue 'retry'"):
        declare(channel, "retry", durable=True, arguments={"x-message-ttl": 2000})
    with pytest.raises(amqp.exceptions.PreconditionFailed, match=r"inequivalent arg .*for exchange 'events'"):
        declare_exchange(channel, "events", "fanout", durable=True)


def test_a_purge_empties_and_a_delete_forgets(channel):
    declare(channel, "inbox")
    publish(channel, 1, 2, key="inbox")
    assert channel.queue_purge("inbox") == 2
    publish(channel, 3, key="inbox")
    with pytest.raises(amqp.exceptions.PreconditionFailed):
        channel.queue_delete("inbox", if_empty=True)
    assert channel.queue_delete("inbox") == 1
    assert channel.queue_delete("inbox") == 0


def test_a_reader_hears_that_its_queue_was_deleted(connection, channel):
    declare(channel, "inbox")
    consume(channel, "inbox")
    channel.queue_delete("inbox")
    with pytest.raises(amqp.exceptions.ConsumerCancelled):
        connection.drain_events(timeout=30)


# Unroutable messages


def test_a_mandatory_message_without_a_queue_raises_no_route(channel):
    declare_exchange(channel, "rpc", "topic")
    with pytest.raises(amqp.exceptions.ChannelError, match="NO_ROUTE"):
        publish(channel, "call", exchange="rpc", key="contacts.ghost", mandatory=True)
    publish(channel, "call", exchange="rpc", key="contacts.ghost")


# Waiting


def test_a_reader_is_woken_by_a_message_and_not_by_its_timeout(connect):
    reader, writer = connect(), connect()
    declare(reader.channel(), "inbox")
    messages = consume(reader.channel(), "inbox")
    sending = threading.Timer(0.05, publish, [writer.channel(), "hello"], {"key": "inbox"})
    sending.start()
    started = time.monotonic()
    reader.drain_events(timeout=60)
    # The sender may still wait for its confirm: its connection must not be closed under it.
    sending.join(10)
    assert time.monotonic() - started < 30
    assert [m.payload for m in messages] == ["hello"]


def test_a_wait_for_nothing_ends_with_a_timeout(connection):
    started = time.monotonic()
    with pytest.raises(socket.timeout):
        connection.drain_events(timeout=0.1)
    assert time.monotonic() - started > 0.09


def test_several_connections_wait_at_once_and_each_gets_its_own(connect):
    received = []

    def wait_for(name):
        with connect() as own:
            [channel] = [own.channel()]
            declare(channel, name)
            channel.basic_consume(
                name, no_ack=True, callback=lambda m: received.append((name, kombu_message(m).payload))
            )
            ready.release()
            own.drain_events(timeout=60)

    ready = threading.Semaphore(0)
    threads = [threading.Thread(target=wait_for, args=[f"reader{n}"]) for n in range(5)]
    for thread in threads:
        thread.start()
    for _ in threads:
        ready.acquire()
    for n in (3, 0, 4, 1, 2):
        publish(connect().channel(), n, key=f"reader{n}")
    for thread in threads:
        thread.join(10)
    assert sorted(received) == [(f"reader{n}", n) for n in range(5)]
