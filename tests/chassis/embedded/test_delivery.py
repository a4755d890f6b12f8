"""Prefetch, order, acknowledgements, dead letters and expiry, on both carriers."""

from __future__ import annotations

import threading
import time

import amqp.exceptions
import pytest

from tests.chassis.embedded.talk import bodies_in, consume, count, declare, declare_exchange, get, publish, receive
from tests.infra import eventually


def declare_with_graveyard(channel, queue, **arguments):
    """A queue whose dead letters go to `<queue>.dead` through an exchange."""
    declare_exchange(channel, "graveyard", "direct", durable=True)
    declare(channel, f"{queue}.dead", durable=True)
    channel.queue_bind(f"{queue}.dead", "graveyard", queue)
    dead = {"x-dead-letter-exchange": "graveyard", "x-dead-letter-routing-key": queue}
    declare(channel, queue, durable=True, arguments={**dead, **arguments})


# Order, prefetch, acknowledgements


def test_messages_come_in_the_order_of_their_publishing(connection, channel):
    declare(channel, "inbox")
    publish(channel, *range(200), key="inbox")
    messages = consume(channel, "inbox", no_ack=True)
    assert receive(connection, messages, 200) == list(range(200))


def test_a_consumer_holds_no_more_than_its_prefetch_and_an_ack_lets_the_next_one_in(connection, channel):
    declare(channel, "inbox")
    publish(channel, *range(5), key="inbox")
    channel.basic_qos(0, 2, False)
    messages = consume(channel, "inbox")
    assert receive(connection, messages, 2) == [0, 1]
    channel.basic_ack(messages[0].delivery_tag)
    assert receive(connection, messages, 3) == [0, 1, 2]


def test_the_prefetch_counts_for_each_consumer_and_with_global_for_the_channel(connection, channel):
    for queue in ("first", "second"):
        declare(channel, queue)
        publish(channel, 1, 2, 3, key=queue)
    channel.basic_qos(0, 1, False)
    each = [consume(channel, queue) for queue in ("first", "second")]
    receive(connection, each[1], 1)
    assert [len(messages) for messages in each] == [1, 1]
    shared = connection.channel()
    shared.basic_qos(0, 3, True)
    together = [consume(shared, queue) for queue in ("first", "second")]
    eventually(lambda: receive(connection, together[0], 0) and sum(map(len, together)) == 3)
    shared.basic_ack(0, multiple=True)
    eventually(lambda: receive(connection, together[0], 0) and sum(map(len, together)) == 4)


def test_an_ack_of_many_covers_all_up_to_its_tag(connection, channel):
    declare(channel, "inbox")
    publish(channel, *range(6), key="inbox")
    messages = consume(channel, "inbox")
    receive(connection, messages, 6)
    channel.basic_ack(messages[3].delivery_tag, multiple=True)
    other = connection.channel()
    channel.close()
    assert [get(other, "inbox").payload, get(other, "inbox").payload] == [4, 5]
    assert count(other, "inbox") == 0


def test_a_message_is_answered_once_only(connection, channel):
    declare(channel, "inbox")
    publish(channel, 1, key="inbox")
    message = get(channel, "inbox")
    channel.basic_ack(message.delivery_tag)
    with pytest.raises(amqp.exceptions.PreconditionFailed, match="unknown delivery tag"):
        ack_and_wait(channel, message.delivery_tag)


def ack_and_wait(channel, tag):
    channel.basic_ack(tag)
    channel.queue_declare("inbox", passive=True)


def test_a_requeued_message_goes_back_to_its_old_place_and_says_so(channel):
    declare(channel, "inbox")
    publish(channel, *range(4), key="inbox")
    first, second, third = (get(channel, "inbox") for _ in range(3))
    for message in (third, first, second):
        message.requeue()
    again = [get(channel, "inbox") for _ in range(4)]
    assert [m.payload for m in again] == [0, 1, 2, 3]
    assert [m.delivery_info["redelivered"] for m in again] == [True, True, True, False]


def test_what_a_closed_connection_held_comes_back_in_order(connect):
    keeper, crashing = connect(), connect()
    channel = keeper.channel()
    declare(channel, "inbox")
    publish(channel, *range(4), key="inbox")
    held = consume(crashing.channel(), "inbox")
    receive(crashing, held, 4)
    held[1].ack()
    crashing.release()
    messages = consume(channel, "inbox")
    assert receive(keeper, messages, 3) == [0, 2, 3]
    assert all(m.delivery_info["redelivered"] for m in messages)


def test_a_cancelled_consumer_gets_nothing_more_and_may_still_ack(connection, channel):
    declare(channel, "inbox")
    channel.basic_qos(0, 1, False)
    publish(channel, 1, 2, key="inbox")
    messages = consume(channel, "inbox", consumer_tag="mine")
    receive(connection, messages, 1)
    channel.basic_cancel("mine")
    [message] = messages
    message.ack()
    assert receive(connection, messages, 1) == [1]
    assert bodies_in(channel, "inbox") == [2]


def test_consumers_of_one_queue_take_turns(connect):
    readers = [connect() for _ in range(3)]
    channels = [reader.channel() for reader in readers]
    declare(channels[0], "inbox")
    for channel in channels:
        channel.basic_qos(0, 10, False)
    taken = [consume(channel, "inbox") for channel in channels]
    publish(channels[0], *range(9), key="inbox")
    for reader, messages in zip(readers, taken, strict=True):
        receive(reader, messages, 3)
    assert sorted(len(messages) for messages in taken) == [3, 3, 3]


def test_what_one_consumer_gives_back_wakes_another_one(connect):
    first, second = connect(), connect()
    channel = first.channel()
    declare(channel, "inbox")
    publish(channel, "mail", key="inbox")
    held = consume(channel, "inbox")
    receive(first, held, 1)
    messages = consume(second.channel(), "inbox")
    closing = threading.Timer(0.05, channel.close)
    closing.start()
    received = receive(second, messages, 1)
    closing.join(10)
    assert received == ["mail"]


# Dead letters


def test_a_rejected_message_goes_to_the_dead_letters_with_its_story(channel):
    declare_with_graveyard(channel, "tickets")
    publish(channel, "poison", key="tickets", headers={"kind": "mail"})
    get(channel, "tickets").reject()
    dead = get(channel, "tickets.dead")
    assert dead.payload == "poison"
    assert dead.headers["kind"] == "mail"
    [death] = dead.headers["x-death"]
    assert (death["queue"], death["reason"], death["count"]) == ("tickets", "rejected", 1)
    assert (death["exchange"], death["routing-keys"]) == ("", ["tickets"])
    assert dead.headers["x-first-death-queue"] == "tickets"
    assert dead.delivery_info["routing_key"] == "tickets"


def test_a_rejected_message_is_gone_where_there_are_no_dead_letters(channel):
    declare(channel, "inbox")
    publish(channel, "junk", key="inbox")
    get(channel, "inbox").reject()
    assert count(channel, "inbox") == 0


def test_many_messages_are_rejected_at_once(connection, channel):
    declare_with_graveyard(channel, "tickets")
    publish(channel, *range(5), key="tickets")
    messages = consume(channel, "tickets")
    receive(connection, messages, 5)
    if hasattr(channel, "basic_nack"):
        channel.basic_nack(messages[2].delivery_tag, multiple=True, requeue=False)
    else:
        for message in messages[:3]:
            message.reject()
    assert [get(channel, "tickets.dead").payload for _ in range(3)] == [0, 1, 2]
    assert channel.basic_get("tickets.dead") is None


def test_a_retry_queue_brings_a_message_back_after_its_pause_and_counts_the_rounds(connection, channel):
    declare_exchange(channel, "retry", "fanout", durable=True)
    declare(channel, "work", durable=True, arguments={"x-dead-letter-exchange": "retry"})
    back = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "work", "x-message-ttl": 100}
    declare(channel, "work.retry", durable=True, arguments=back)
    channel.queue_bind("work.retry", "retry")
    publish(channel, "mail", key="work", delivery_mode=2)
    messages = consume(channel, "work")
    for tries in (1, 2, 3):
        receive(connection, messages, tries)
        started = time.monotonic()
        messages[-1].reject()
        receive(connection, messages, tries + 1)
        assert time.monotonic() - started > 0.09
    counts = {(d["queue"], d["reason"]): d["count"] for d in messages[-1].headers["x-death"]}
    assert counts == {("work", "rejected"): 3, ("work.retry", "expired"): 3}


def test_a_message_with_an_expiration_of_its_own_dies_on_time(connection, channel):
    declare_with_graveyard(channel, "tickets")
    messages = consume(channel, "tickets.dead")
    started = time.monotonic()
    publish(channel, "urgent", key="tickets", expiration=0.1)
    assert receive(connection, messages, 1) == ["urgent"]
    assert time.monotonic() - started > 0.09
    [death] = messages[0].headers["x-death"]
    assert (death["reason"], death["original-expiration"]) == ("expired", "100")
    assert "expiration" not in messages[0].properties


def test_a_message_is_dropped_in_time_when_nobody_reads(channel):
    declare(channel, "news", arguments={"x-message-ttl": 50})
    publish(channel, 1, 2, key="news")
    eventually(lambda: count(channel, "news") == 0)


def test_a_message_that_only_expires_round_and_round_is_dropped(channel):
    loop = {"x-message-ttl": 20, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "loop"}
    declare(channel, "loop", arguments=loop)
    publish(channel, "ghost", key="loop")
    eventually(lambda: count(channel, "loop") == 0)


def test_a_message_that_comes_back_too_often_goes_to_the_dead_letters(channel):
    declare_with_graveyard(channel, "tickets", **{"x-queue-type": "quorum", "x-delivery-limit": 2})
    publish(channel, "poison", key="tickets", delivery_mode=2)
    for tries in range(3):
        message = get(channel, "tickets")
        assert message.headers.get("x-delivery-count", 0) == tries
        message.requeue()
    dead = get(channel, "tickets.dead")
    assert dead.headers["x-death"][0]["reason"] == "delivery_limit"
    assert count(channel, "tickets") == 0


def test_a_queue_with_a_greatest_length_drops_its_oldest_messages(channel):
    declare_with_graveyard(channel, "news", **{"x-max-length": 2})
    publish(channel, *range(5), key="news")
    assert bodies_in(channel, "news") == [3, 4]
    assert get(channel, "news.dead").headers["x-death"][0]["reason"] == "maxlen"
