"""Moves messages by hand: collects every event that is published, and puts messages back twice or in another order."""

import json
import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pika
from pika.adapters.blocking_connection import BlockingChannel

Message = tuple[str, str, bytes]
QUEUE = "shovel"


def events_in(body: bytes) -> list[bytes]:
    """The events of a message, which bears one or a list of them."""
    content = json.loads(body)
    return [json.dumps(event).encode() for event in content] if isinstance(content, list) else [body]


class Shovel:
    """A client of the broker, past the proxy. Messages are (exchange, routing key, body)."""

    def __init__(self, url: str) -> None:
        """``url`` with the virtual host."""
        self.url = url

    def bind(self, exchanges: Iterable[str]) -> None:
        """From now on keep a copy of everything that these exchanges get."""
        with self._channel() as channel:
            channel.queue_declare(QUEUE, durable=True)
            for exchange in exchanges:
                channel.exchange_declare(exchange, "topic", durable=True)
                channel.queue_bind(QUEUE, exchange, "#")

    def collected(self) -> list[Message]:
        """The copies since the last call."""
        return self.take(QUEUE)

    def take(self, queue: str) -> list[Message]:
        """Everything that waits in a queue, taken out of it; for none of its consumers then."""
        with self._channel() as channel:
            found = []
            while (got := channel.basic_get(queue, auto_ack=True))[0]:
                method, _, body = got
                found.append((method.exchange, method.routing_key, body))
            return found

    def publish(self, messages: Iterable[Message]) -> None:
        """Publish durably, each message confirmed."""
        with self._channel() as channel:
            channel.confirm_delivery()
            for exchange, key, body in messages:
                properties = pika.BasicProperties(delivery_mode=2, content_type="application/json")
                channel.basic_publish(exchange, key, body, properties)

    def triple(self, queue: str, *, chance: random.Random) -> int:
        """Put every event that waits in a queue back three times, alone and shuffled; how many events there are."""
        waiting = [("", queue, event) for _, _, body in self.take(queue) for event in events_in(body)]
        again = waiting * 3
        chance.shuffle(again)
        self.publish(again)
        return len(waiting)

    @contextmanager
    def _channel(self) -> Iterator[BlockingChannel]:
        connection = pika.BlockingConnection(pika.URLParameters(self.url))
        try:
            yield connection.channel()
        finally:
            if connection.is_open:
                connection.close()
