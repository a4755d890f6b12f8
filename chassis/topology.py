"""Names and arguments of exchanges and queues; every argument explicit, since brokers differ in their defaults.

::

    <service>.events (topic) --type--> whoever binds: one event a message
    <service>.batches (topic) --type--> <reader>.<type> --handler failed--> <reader>.retry.<pause> --TTL--> back again
                                             |  broker's delivery limit, or the last try failed
                                             +--------------------------> <reader>.dead --> table dead_letters

The outside gets each event in a message of its own. Our own services get what one transaction published of one type in
one message (CloudEvents' JSON batch format): a broker and a client spend as much on a message as a handler on an event.
"""

from collections.abc import Iterable
from typing import Any

from chassis.settings import settings

DELIVERY_LIMIT = 30
RPC_EXCHANGE = "nameko-rpc"


def exchange_of(service: str) -> str:
    """The topic exchange on which a service's events appear; routing key = event type."""
    return f"{service}.events"


def batch_exchange_of(service: str) -> str:
    """The topic exchange on which the same events appear, many in a message, for Musubi's own services."""
    return f"{service}.batches"


def queue_of(reader: str, event_type: str) -> str:
    """The queue by which one service reads one type."""
    return f"{reader}.{event_type}"


def dead_queue_of(reader: str) -> str:
    """Where events end that no try could handle, until the reader's chassis has written them into its table."""
    return f"{reader}.dead"


def retry_queue_of(reader: str, pause: int) -> str:
    """Where a failed event of a reader waits for ``pause`` seconds."""
    return f"{reader}.retry.{pause}s"


def rpc_queue_of(service: str) -> str:
    """The queue of calls to a service (nameko's own name, so that its clients can call us)."""
    return f"rpc-{service}"


def retry_pauses() -> tuple[int, ...]:
    """Seconds between the tries."""
    return settings().retry_pauses


def quorum(**arguments: Any) -> dict[str, Any]:
    """Arguments of a durable, replicated queue that loses nothing when it dead-letters."""
    return {
        "x-queue-type": "quorum",
        "x-overflow": "reject-publish",
        "x-dead-letter-strategy": "at-least-once",
        **arguments,
    }


def declare_exchange(channel: Any, service: str) -> None:
    """The exchanges of a service."""
    for exchange in (exchange_of(service), batch_exchange_of(service)):
        channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)


def declare_reader(channel: Any, reader: str, types: Iterable[tuple[str, str]]) -> None:
    """All queues of a reader; ``types`` are pairs (emitting service, event type)."""
    channel.queue_declare(dead_queue_of(reader), durable=True, auto_delete=False, arguments={"x-queue-type": "quorum"})
    for pause in retry_pauses():
        # Dead-lettering through the default exchange brings a message back to the queue its routing key names.
        arguments = quorum(**{"x-message-ttl": pause * 1000, "x-dead-letter-exchange": ""})
        name = retry_queue_of(reader, pause)
        exchange = retry_exchange_of(reader, pause)
        channel.exchange_declare(exchange, "fanout", durable=True, auto_delete=False)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(name, exchange, "")
    for emitter, event_type in types:
        name = queue_of(reader, event_type)
        arguments = quorum(
            **{
                "x-delivery-limit": DELIVERY_LIMIT,
                "x-dead-letter-exchange": "",
                "x-dead-letter-routing-key": dead_queue_of(reader),
            }
        )
        declare_exchange(channel, emitter)
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
        channel.queue_bind(name, batch_exchange_of(emitter), event_type)


def retry_exchange_of(reader: str, pause: int) -> str:
    """The fanout exchange in front of a retry queue: it keeps the routing key, which is the queue to come back to."""
    return f"{reader}.retry.{pause}s"
