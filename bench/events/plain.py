"""The same with py-amqp alone: `python -m bench.events.plain publish|consume URL COUNT SIZE`, each a process.

The publisher awaits the confirms of each batch, the consumer acknowledges each batch at once; both do nothing else.
Each says "ready"; the publisher then waits for a line, the consumer says "done" at the end.
"""

import sys
from urllib.parse import urlsplit

from amqp import Connection, Message

QUEUE, BATCH, PREFETCH = "bench.plain", 500, 1_000


def publish(url: str, count: int, size: int) -> None:
    """Send ``count`` persistent messages of ``size`` bytes."""
    connection = _connected(url)
    channel = connection.channel()
    channel.confirm_select()
    unconfirmed: set[int] = set()
    channel.events["basic_ack"].add(lambda tag, multiple: _confirm(unconfirmed, tag, multiple))
    _ready()
    for first in range(0, count, BATCH):
        unconfirmed.update(range(first + 1, first + BATCH + 1))
        for _ in range(BATCH):
            message = Message(b"x" * size, delivery_mode=2, content_type="application/json")
            channel._basic_publish(message, "", QUEUE)
        while unconfirmed:
            connection.drain_events()
    connection.close()


def consume(url: str, count: int, size: int) -> None:
    """Take ``count`` messages."""
    connection = _connected(url)
    channel = connection.channel()
    channel.queue_declare(QUEUE, durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    channel.basic_qos(0, PREFETCH, False)
    got = []

    def take(message: Message) -> None:
        got.append(len(message.body))
        if len(got) % BATCH == 0 or len(got) == count:
            channel.basic_ack(message.delivery_tag, multiple=True)

    channel.basic_consume(QUEUE, callback=take)
    print("ready", flush=True)
    while len(got) < count:
        connection.drain_events()
    print("done", flush=True)
    connection.close()


def _confirm(unconfirmed: set[int], tag: int, multiple: bool) -> None:
    if multiple:
        unconfirmed.difference_update([each for each in unconfirmed if each <= tag])
    else:
        unconfirmed.discard(tag)


def _connected(url: str) -> Connection:
    parts = urlsplit(url)
    connection = Connection(
        f"{parts.hostname}:{parts.port}", userid=parts.username, password=parts.password, virtual_host=parts.path[1:]
    )
    connection.connect()
    return connection


def _ready() -> None:
    print("ready", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    {"publish": publish, "consume": consume}[sys.argv[1]](sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
