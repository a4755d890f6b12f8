"""Calls to other services.

A call has a deadline that both sides keep: the caller gets ServiceTimeout, the broker drops the request
(``expiration``), the server does not begin it, and what it calls itself has what is left of the time
(``chassis.deadline``). So no call runs after its caller gave up. At most N calls wait for one service at once; one more
is refused, so a service that is dead takes nobody else down.
"""

import time
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

import eventlet
import orjson
import structlog
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider, SharedExtension

from chassis import deadline
from chassis.beside import BesideCaller, socket_beside
from chassis.carrier import Carrier
from chassis.ids import new_id
from chassis.link import Disconnected, Link
from chassis.messages import Delivery, Outgoing
from chassis.metrics import RPC_FAILED
from chassis.rpc_wire import TRANSIENT, result_of, send_unconfirmed
from chassis.settings import settings
from chassis.topology import RPC_EXCHANGE
from contracts.errors import MusubiError, ServiceTimeout, ServiceUnavailable


class Caller:
    """Sends calls and waits for their answers; one a container."""

    def __init__(self, name: str, consuming: Link, publishing: Link) -> None:
        """``name`` of the caller shows in the name of its reply queue."""
        self._name = name
        self.reply_queue = ""
        self._consuming = consuming
        self._publishing = publishing
        self._channel: Any = None
        self._waiting: dict[str, Signal] = {}
        self._pending: dict[str, int] = defaultdict(int)
        consuming.on_connect.append(self._consume)
        publishing.on_connect.append(self._open)
        publishing.on_disconnect.append(self._close)

    def call(self, service: str, method: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """The answer. ServiceTimeout, ServiceUnavailable, or the error that the service answered."""
        timeout = self._time_for(service)
        if self._pending[service] >= settings().rpc_pending:
            raise self._failed(
                ServiceUnavailable(f"{service} has too many calls waiting. Try again in a moment."), service
            )
        answer: Signal = Signal()
        call_id = new_id()
        self._waiting[call_id] = answer
        self._pending[service] += 1
        try:
            with eventlet.Timeout(timeout, ServiceTimeout(f"{service} did not answer within {timeout:.2g} s.")):
                self._send(service, method, args, kwargs, call_id, timeout)
                return result_of(answer.wait())
        except ServiceTimeout as error:
            raise self._failed(error, service) from None
        finally:
            self._waiting.pop(call_id, None)
            self._pending[service] -= 1

    def _time_for(self, service: str) -> float:
        try:
            return deadline.time_for_a_call(settings().rpc_timeout)
        except ServiceTimeout as error:
            raise self._failed(error, service) from None

    def _send(
        self, service: str, method: str, args: tuple[Any, ...], kwargs: dict[str, Any], call_id: str, timeout: float
    ) -> None:
        correlation = structlog.contextvars.get_contextvars().get("correlation_id")
        message = Outgoing(
            orjson.dumps({"args": args, "kwargs": kwargs}),
            exchange=RPC_EXCHANGE,
            routing_key=f"{service}.{method}",
            headers={
                "x-deadline": str(time.time() + timeout),
                **({"x-correlation-id": correlation} if correlation else {}),
            },
            delivery_mode=TRANSIENT,
            reply_to=self.reply_queue,
            correlation_id=call_id,
            message_id=call_id,
            expiration=str(int(timeout * 1000)),
        )
        try:
            if not send_unconfirmed(self._publishing, self._channel, message, mandatory=True):
                self._returned(call_id, service)
        except Disconnected as error:
            raise self._failed(ServiceUnavailable(f"{service} cannot be reached: {error}."), service) from error

    def _consume(self, link: Link) -> None:
        # A new name each time: the broker may still hold the old queue for a connection that it believes alive.
        self.reply_queue = f"rpc.reply-{self._name}-{new_id()}"
        channel = link.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(self.reply_queue, durable=False, exclusive=True, auto_delete=True)
        channel.queue_bind(self.reply_queue, RPC_EXCHANGE, self.reply_queue)
        channel.basic_consume(self.reply_queue, callback=self._receive, consumer_tag=new_id(), no_ack=True)

    def _open(self, link: Link) -> None:
        self._channel = channel = link.channel()
        if link.is_amqp:
            channel.events["basic_return"].add(self._on_return)

    def _close(self) -> None:
        self._channel = None

    def _on_return(self, _error: Any, _exchange: str, routing_key: str, message: Any) -> None:
        self._returned(message.properties["message_id"], routing_key.partition(".")[0])

    def _returned(self, call_id: str, service: str) -> None:
        answer = self._waiting.get(call_id)
        if answer is not None and not answer.ready():
            answer.send(ServiceUnavailable(f"{service} is not running."))

    def _receive(self, message: Any) -> None:
        delivery = Delivery(message)
        answer = self._waiting.get(str(delivery.properties.get("correlation_id")))
        if answer is not None and not answer.ready():
            answer.send(delivery.body)

    def _failed(self, error: MusubiError, service: str) -> MusubiError:
        RPC_FAILED.labels(service, error.code).inc()
        return error


class Calls(SharedExtension):
    """The one Caller of a container."""

    carrier = Carrier()

    @cached_property
    def caller(self) -> Caller:
        """Made before the links connect, since it must hear of that."""
        return Caller(self.container.service_name, self.carrier.consuming, self.carrier.publishing)

    def setup(self) -> None:
        """Make the caller."""
        _ = self.caller


class ServiceProxy:
    """``proxy.method(...)`` calls that method of the service."""

    def __init__(self, caller: Caller, service: str) -> None:
        """One for each service that is called."""
        self._caller = caller
        self._service = service

    def __getattr__(self, method: str) -> Callable[..., Any]:
        """A function that sends the call and waits for its answer."""
        return lambda *args, **kwargs: self._caller.call(self._service, method, args, kwargs)


class Rpc(DependencyProvider):
    """``contacts = Rpc("contacts")``: then ``self.contacts.resolve_addresses(...)`` in the service's methods."""

    calls = Calls()

    def __init__(self, service: str) -> None:
        """``service`` is the name of the one to be called."""
        self.service = service

    def get_dependency(self, worker_ctx: Any) -> ServiceProxy:
        """A proxy; it sends only when one of its methods is called."""
        return ServiceProxy(self.calls.caller, self.service)


class Services:
    """All services for a caller outside of a container (commands, tests): ``services.contacts.contact(id=…)``."""

    def __init__(self, name: str = "command", url: str | None = None) -> None:
        """``url`` of the broker; from the settings if left out."""
        self._links: tuple[Link, ...] = ()
        beside = socket_beside(url or settings().amqp_url)
        if beside is not None and beside.exists():
            self._caller: Any = BesideCaller(beside, timeout=settings().rpc_timeout + 1)
            return
        consuming, publishing = self._links = Link(f"{name} consuming", url), Link(f"{name} publishing", url)
        self._caller = Caller(name, consuming, publishing)

    def __enter__(self) -> "Services":
        for link in self._links:
            link.start()
        if not all(link.wait_ready(settings().rpc_timeout) for link in self._links):
            self.__exit__()
            raise ServiceUnavailable("The broker cannot be reached: check MUSUBI_AMQP_URL and that it is running.")
        return self

    def __exit__(self, *_: object) -> None:
        for link in self._links:
            link.stop()

    @property
    def caller(self) -> Any:
        """What sends the calls: ``call(service, method, args, kwargs)``."""
        return self._caller

    def __getattr__(self, service: str) -> ServiceProxy:
        """The proxy of one service."""
        return ServiceProxy(self._caller, service)
