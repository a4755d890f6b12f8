"""When queues end: with their connection, their last consumer, or their time; on both carriers."""

from __future__ import annotations

import threading
import time

import amqp.exceptions
import pytest

from tests.chassis.embedded.talk import consume, declare, publish, receive
from tests.infra import eventually


def test_an_exclusive_queue_belongs_to_its_connection_and_goes_with_it(connect):
    owner, other = connect(), connect()
    declare(owner.channel(), "reply", exclusive=True)
    with pytest.raises(amqp.exceptions.ResourceLocked):
        other.channel().queue_declare("reply", passive=True)
    owner.release()
    eventually(lambda: is_missing(other, "reply"))


def test_an_auto_delete_queue_goes_with_its_last_consumer(connection, channel):
    declare(channel, "feed", auto_delete=True)
    tags = [channel.basic_consume("feed", callback=print) for _ in range(2)]
    tags = [getattr(tag, "consumer_tag", tag) for tag in tags]
    channel.basic_cancel(tags[0])
    assert not is_missing(connection, "feed")
    channel.basic_cancel(tags[1])
    eventually(lambda: is_missing(connection, "feed"))


def test_a_queue_that_expires_goes_when_nobody_used_it_for_so_long(connection, channel):
    declare(channel, "leftover", arguments={"x-expires": 100})
    time_used = time.monotonic()
    eventually(lambda: "leftover" not in queues_of(connection))
    assert time.monotonic() - time_used > 0.09


def test_a_queue_that_expires_stays_while_it_is_read(connection, channel):
    declare(channel, "reply", arguments={"x-expires": 50})
    messages = consume(channel, "reply")
    receive(connection, messages, 0)
    threading.Event().wait(0.2)
    publish(channel, "answer", key="reply")
    assert receive(connection, messages, 1) == ["answer"]


def queues_of(connection):
    """Looks without a declaration, which would count as a use."""
    channel = connection.channel()
    try:
        channel.Producer(auto_declare=False).publish(1, routing_key="leftover", mandatory=True)
    except amqp.exceptions.ChannelError:
        return []
    finally:
        channel.close()
    return ["leftover"]


def is_missing(connection, queue):
    channel = connection.channel()
    try:
        channel.queue_declare(queue, passive=True)
    except amqp.exceptions.NotFound:
        return True
    channel.close()
    return False
