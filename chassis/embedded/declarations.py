"""The declaring half of a channel of the embedded broker: exchanges, queues and bindings."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import amqp.exceptions
from amqp.protocol import queue_declare_ok_t
from kombu.transport import base

from chassis.embedded.queues import Exchange, Queue


class Declarations(base.StdChannel):
    """Arguments and their defaults are py-amqp's; further keywords (`nowait`, `internal`, …) are ignored."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.broker = connection.broker

    def _link(self) -> Any:
        if self.connection is None:
            raise amqp.exceptions.RecoverableConnectionError("the channel is closed; open another one")
        self.connection.check()
        return self.connection

    def exchange_declare(
        self, exchange: str, type: str = "direct", passive: bool = False, durable: bool = False,
        auto_delete: bool = True, **_: Any,
    ) -> None:  # fmt: skip
        """Make an exchange, or with `passive` only look whether it is there (`NotFound`)."""
        self._link()
        with self.broker.lock:
            if passive:
                self.broker.find_exchange(exchange)
            elif exchange:
                self.broker.declare_exchange(Exchange(exchange, type, durable, auto_delete))

    def exchange_delete(self, exchange: str, **_: Any) -> None:
        """Remove an exchange."""
        self._link()
        with self.broker.lock:
            self.broker.delete_exchange(exchange)

    def queue_declare(
        self, queue: str = "", passive: bool = False, durable: bool = False, exclusive: bool = False,
        auto_delete: bool = True, arguments: dict[str, Any] | None = None, **_: Any,
    ) -> queue_declare_ok_t:  # fmt: skip
        """Make a queue, or with `passive` only look at it (`NotFound`); returns (name, messages, consumers)."""
        link = self._link()
        name = queue or f"amq.gen-{uuid4()}"
        with self.broker.lock:
            if passive:
                found = self.broker.find_queue(name, link)
            else:
                new = Queue(name, durable, exclusive, auto_delete, dict(arguments or {}), owner=link)
                found = self.broker.declare_queue(new, link)
            return queue_declare_ok_t(name, len(found), len(found.consumers))

    def queue_delete(self, queue: str, if_unused: bool = False, if_empty: bool = False, **_: Any) -> int:
        """Remove a queue, if it is there; returns the number of messages lost."""
        link = self._link()
        with self.broker.lock:
            if queue not in self.broker.queues:
                return 0
            found = self.broker.find_queue(queue, link)
            if (if_unused and found.consumers) or (if_empty and len(found)):
                text = f"PRECONDITION_FAILED - queue '{queue}' is in use or not empty"
                raise amqp.exceptions.PreconditionFailed(text, (50, 40), "Queue.delete")
            return int(self.broker.delete_queue(found))

    def queue_purge(self, queue: str, **_: Any) -> int:
        """Drop the messages that are ready; returns their number."""
        link = self._link()
        with self.broker.lock:
            return int(self.broker.purge(self.broker.find_queue(queue, link)))

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Bind a queue to an exchange."""
        link = self._link()
        with self.broker.lock:
            found = self.broker.find_queue(queue, link)
            self.broker.bind(self.broker.find_exchange(exchange), found, routing_key)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        """Remove a binding."""
        self._link()
        with self.broker.lock:
            self.broker.unbind(self.broker.find_exchange(exchange), queue, routing_key)

    def prepare_queue_arguments(self, arguments: dict[str, Any] | None, **options: Any) -> dict[str, Any]:
        """kombu's `expires=`, `message_ttl=` (seconds) and the like as RabbitMQ's arguments."""
        return dict(base.to_rabbitmq_queue_arguments(arguments or {}, **options))
