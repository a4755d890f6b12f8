"""What another system hears, with another AMQP library than ours."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pika


@contextmanager
def heard(amqp_url: str, exchange: str, *patterns: str) -> Iterator[Callable[[], list[Any]]]:
    """The events that pika gets in a queue of its own; call it for those so far."""
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        for pattern in patterns:
            channel.queue_bind(queue, exchange, pattern)
        events: list[Any] = []

        def so_far() -> list[Any]:
            while (got := channel.basic_get(queue, auto_ack=True))[0] is not None:
                events.append(json.loads(got[2]))
            return events

        yield so_far
