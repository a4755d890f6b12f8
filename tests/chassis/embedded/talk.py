"""Words for tests that talk to a broker through kombu."""

from __future__ import annotations

import contextlib
import socket

from tests.infra import eventually


def declare(channel, name, **options):
    return channel.queue_declare(name, **{"auto_delete": False, **options})


def declare_exchange(channel, name, kind, **options):
    channel.exchange_declare(name, kind, **{"auto_delete": False, **options})


def publish(channel, *bodies, key, exchange="", **options):
    producer = channel.Producer(auto_declare=False)
    for body in bodies:
        producer.publish(body, exchange=exchange, routing_key=key, **options)


def get(channel, queue):
    """The next message of a queue, left unacknowledged; waits for it."""
    return kombu_message(eventually(lambda: channel.basic_get(queue), what=f"a message in {queue}"))


def bodies_in(channel, queue):
    """All that is ready, taken out."""
    found = []
    while (message := channel.basic_get(queue, no_ack=True)) is not None:
        found.append(kombu_message(message).payload)
    return found


def kombu_message(message):
    """py-amqp's raw messages wrapped as kombu's."""
    return message if hasattr(message, "payload") else message.channel.message_to_python(message)


def count(channel, queue):
    return channel.queue_declare(queue, passive=True).message_count


def consume(channel, queue, **options):
    """Starts a consumer; returns the growing list of its messages."""
    messages = []
    channel.basic_consume(queue, callback=lambda m: messages.append(kombu_message(m)), **options)
    return messages


def receive(connection, messages, wanted):
    """Drains until `wanted` messages are there, and a little longer, so that one too many is seen."""
    eventually(lambda: len(messages) >= wanted or _drain(connection, 0.2), what=f"{wanted} messages")
    _drain(connection, 0.05)
    return [m.payload for m in messages]


def _drain(connection, seconds):
    with contextlib.suppress(socket.timeout):
        while True:
            connection.drain_events(timeout=seconds)
