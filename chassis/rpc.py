"""Calls between services: nameko's wire form, with what it lacks.

A call has a deadline that both sides keep: the caller gets ServiceTimeout, the broker drops the request (``expiration``)
and the server does not begin it. So no call runs after its caller gave up. At most N calls wait for one service at once;
one more is refused, so a service that is dead takes nobody else down. Errors travel by their codes.
"""

import inspect
import time
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import Any

import eventlet
import orjson
import structlog
from eventlet.event import Event as Signal
from nameko.extensions import DependencyProvider, Entrypoint, ProviderCollector, SharedExtension

from chassis import logs
from chassis.beside import BesideCaller, socket_beside
from chassis.carrier import Carrier
from chassis.ids import new_id
from chassis.link import FAILURES, Delivery, Disconnected, Link, Outgoing
from chassis.metrics import RPC_FAILED, RPC_SECONDS
from chassis.settings import settings
from chassis.topology import RPC_EXCHANGE, rpc_queue_of
from contracts.errors import InternalError, Invalid, MusubiError, NotFound, ServiceTimeout, ServiceUnavailable

TRANSIENT = 1
PREFETCH = 16

log = logs.logger(__name__)


class RpcServer(SharedExtension, ProviderCollector):
    """Takes the calls of one service from its queue and hands them to the methods marked ``@rpc``."""

    carrier = Carrier()

    def setup(self) -> None:
        """Consume whenever the link connects."""
        self._stopping = False
        self._channel: Any = None
        self._consumer_tag = new_id()
        self.builtin: dict[str, Callable[..., Any]] = {}
        self._replies: Any = None
        self.carrier.consuming.on_connect.append(self._consume)
        self.carrier.publishing.on_connect.append(self._open_replies)
        self.carrier.publishing.on_disconnect.append(self._close_replies)

    def start(self) -> None:
        """Offer the chassis' own methods beside the service's."""
        from chassis.database import Database  # a service without a database offers no dead letters

        for dependency in self.container.dependencies:
            if isinstance(dependency, Database):
                letters = dependency.dead_letters
                self.builtin = {
                    "dead_letters": letters.listing,
                    "dead_letter": letters.one,
                    "replay_dead_letter": letters.replay,
                }

    def _consume(self, link: Link) -> None:
        name = self.container.service_name
        self._channel = channel = link.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(rpc_queue_of(name), durable=True, auto_delete=False)
        channel.queue_bind(rpc_queue_of(name), RPC_EXCHANGE, f"{name}.*")
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(
            rpc_queue_of(name), callback=self._receive, consumer_tag=self._consumer_tag, no_ack=False
        )

    def _open_replies(self, link: Link) -> None:
        self._replies = link.channel()

    def _close_replies(self) -> None:
        self._replies = None

    def _receive(self, message: Any) -> None:
        delivery = Delivery(message)
        deadline = float(delivery.headers.get("x-deadline") or 0)
        if deadline and deadline < time.time():
            self._ack(delivery)
            return
        eventlet.spawn_n(self._answer, delivery)

    def _answer(self, delivery: Delivery) -> None:
        method = delivery.routing_key.rpartition(".")[2]
        started = time.monotonic()
        try:
            result, error = self._run(method, delivery), None
        except MusubiError as expected:
            result, error = None, expected
        except Exception as unexpected:
            log.exception("call failed", service=self.container.service_name, method=method)
            result, error = None, InternalError("Something went wrong on our side.")
            del unexpected
        RPC_SECONDS.labels(self.container.service_name, method[:50]).observe(time.monotonic() - started)
        self._reply(delivery, result, error)
        self._ack(delivery)

    def _run(self, method: str, delivery: Delivery) -> Any:
        request = orjson.loads(delivery.body)
        if method in self.builtin:
            return self.builtin[method](*request["args"], **request["kwargs"])
        entrypoint = next((provider for provider in self._providers if provider.method_name == method), None)
        if entrypoint is None:
            raise NotFound(f"{self.container.service_name} offers no call {method[:50]!r}.")
        return entrypoint.call(request["args"], request["kwargs"], delivery.headers.get("x-correlation-id"))

    def _reply(self, delivery: Delivery, result: Any, error: MusubiError | None) -> None:
        reply_to = delivery.properties.get("reply_to")
        if not reply_to:
            return
        payload = {"result": result, "error": _nameko_error(error) if error else None}
        message = Outgoing(
            orjson.dumps(payload, default=str),
            exchange=RPC_EXCHANGE,
            routing_key=reply_to,
            delivery_mode=TRANSIENT,
            correlation_id=str(delivery.properties.get("correlation_id") or ""),
        )
        try:
            send_unconfirmed(self.carrier.publishing, self._replies, message)
        except Disconnected:
            log.warning("reply not sent: the broker is away", service=self.container.service_name)

    def _ack(self, delivery: Delivery) -> None:
        try:
            with self.carrier.consuming.sending():
                delivery.channel.basic_ack(delivery.tag)
        except FAILURES:
            log.info("a call could not be acknowledged: its connection went")


class RpcMethod(Entrypoint):
    """The entrypoint behind ``@rpc``: JSON values in and out; errors are those of ``contracts.errors``."""

    server = RpcServer()

    def setup(self) -> None:
        """Enter the method at the server."""
        self.server.register_provider(self)

    def stop(self) -> None:
        """Leave the server."""
        self.server.unregister_provider(self)

    def call(self, args: list[Any], kwargs: dict[str, Any], correlation_id: str | None) -> Any:
        """Run the method in a worker of the container and wait for its result."""
        self._check_arguments(args, kwargs)
        done: Signal = Signal()

        def handle_result(_context: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info[1] if exc_info else None))
            return result, exc_info

        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            self.container.spawn_worker(self, args, kwargs, handle_result=handle_result)
        result, error = done.wait()
        if error is not None:
            raise error
        return result

    def _check_arguments(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        function = getattr(self.container.service_cls, self.method_name)
        try:
            inspect.signature(function).bind(None, *args, **kwargs)
        except TypeError as error:
            raise Invalid(f"{self.method_name}: {error}.") from error


def rpc(function: Callable[..., Any]) -> Callable[..., Any]:
    """Offer a method to other services; refusals (MusubiError) are answers, not failures."""
    return RpcMethod.decorator(expected_exceptions=MusubiError)(function)  # type: ignore[no-any-return] # untyped


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
        timeout = settings().rpc_timeout
        if self._pending[service] >= settings().rpc_pending:
            raise self._failed(ServiceUnavailable(f"{service} has too many calls waiting. Try again in a moment."), service)
        answer: Signal = Signal()
        call_id = new_id()
        self._waiting[call_id] = answer
        self._pending[service] += 1
        try:
            with eventlet.Timeout(timeout, ServiceTimeout(f"{service} did not answer within {timeout:g} s.")):
                self._send(service, method, args, kwargs, call_id, timeout)
                return _result(answer.wait())
        except ServiceTimeout as error:
            raise self._failed(error, service) from None
        finally:
            self._waiting.pop(call_id, None)
            self._pending[service] -= 1

    def _send(
        self, service: str, method: str, args: tuple[Any, ...], kwargs: dict[str, Any], call_id: str, timeout: float
    ) -> None:
        correlation = structlog.contextvars.get_contextvars().get("correlation_id")
        message = Outgoing(
            orjson.dumps({"args": args, "kwargs": kwargs}),
            exchange=RPC_EXCHANGE,
            routing_key=f"{service}.{method}",
            headers={"x-deadline": str(time.time() + timeout), **({"x-correlation-id": correlation} if correlation else {})},
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
        assert self.caller


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


def send_unconfirmed(link: Link, channel: Any, message: Outgoing, *, mandatory: bool = False) -> bool:
    """Send what may be lost (calls and answers). False if it found no queue; over AMQP that comes later, as a return."""
    if channel is None:
        raise Disconnected("the broker is away")
    if link.blocked:
        raise Disconnected("the broker holds publishers back")
    if not link.is_amqp:
        row = (message.body, message.properties, message.headers, message.exchange, message.routing_key)
        return not channel.publish_many([row])
    try:
        with link.sending():
            channel._basic_publish(message.to_amqp(channel), message.exchange, message.routing_key, mandatory=mandatory)
    except FAILURES as error:
        link.abort(f"could not publish: {type(error).__name__}")
        raise Disconnected("the connection to the broker went") from error
    return True


def _result(answer: Any) -> Any:
    if isinstance(answer, MusubiError):
        raise answer
    payload = orjson.loads(answer)
    error = payload.get("error")
    if error:
        raise MusubiError.from_wire(error.get("musubi") or {"code": "internal_error", "message": str(error.get("value"))})
    return payload["result"]


def _nameko_error(error: MusubiError) -> dict[str, Any]:
    return {
        "exc_type": type(error).__name__,
        "exc_path": f"contracts.errors.{type(error).__name__}",
        "exc_args": [error.message],
        "value": error.message,
        "musubi": error.to_wire(),
    }
