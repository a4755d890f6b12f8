"""``@rpc``: a service method that other services call.

The server keeps the caller's deadline: a call whose caller gave up is not begun, and one that is being run calls nobody
and writes nothing after it. The hosts' clocks tell it, so they must agree. Errors travel by their codes.
"""

import inspect
import time
from collections.abc import Callable
from typing import Any

import eventlet
import orjson
import structlog
from eventlet.event import Event as Signal
from nameko.extensions import Entrypoint, ProviderCollector, SharedExtension

from chassis import deadline, logs
from chassis.carrier import Carrier
from chassis.engine import is_transient
from chassis.ids import new_id
from chassis.link import FAILURES, Disconnected, Link
from chassis.messages import Delivery, Outgoing
from chassis.metrics import RPC_SECONDS
from chassis.rpc_wire import TRANSIENT, nameko_error, send_unconfirmed
from chassis.settings import settings
from chassis.topology import RPC_EXCHANGE, rpc_queue_of
from chassis.workers import spawn_worker
from contracts.errors import InternalError, Invalid, MusubiError, NotFound, ServiceUnavailable

PREFETCH = 16
RECONNECT_PAUSE_SECONDS = 0.05

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

    def unregister_provider(self, provider: Any) -> None:
        """The container stops: calls go to other replicas, and what has begun is finished and answered."""
        if not self._stopping:
            self._stopping = True
            self._take_no_more()
        super().unregister_provider(provider)

    def _take_no_more(self) -> None:
        try:
            with self.carrier.consuming.sending():
                self._channel.basic_cancel(self._consumer_tag, nowait=True)
        except FAILURES:
            log.info("no calls come any more: the connection went")

    def _consume(self, link: Link) -> None:
        if self._stopping:
            return
        name = self.container.service_name
        self._channel = channel = link.channel()
        channel.exchange_declare(RPC_EXCHANGE, "topic", durable=True, auto_delete=False)
        channel.queue_declare(rpc_queue_of(name), durable=True, auto_delete=False)
        channel.queue_bind(rpc_queue_of(name), RPC_EXCHANGE, f"{name}.*")
        channel.basic_qos(0, PREFETCH, False)
        channel.basic_consume(rpc_queue_of(name), callback=self._receive, consumer_tag=self._consumer_tag, no_ack=False)

    def _open_replies(self, link: Link) -> None:
        self._replies = link.channel()

    def _close_replies(self) -> None:
        self._replies = None

    def _receive(self, message: Any) -> None:
        eventlet.spawn_n(self._handle, Delivery(message))

    def _handle(self, delivery: Delivery) -> None:
        if self._stopping:
            self._give_back(delivery)
            return
        seconds = _seconds_left(delivery)
        if seconds is not None and seconds <= 0:
            log.info("call not begun: its caller gave up", call=delivery.routing_key, seconds_late=round(-seconds, 1))
        else:
            with deadline.within(seconds and seconds * deadline.SHARE):
                self._answer(delivery)
        self._ack(delivery)

    def _answer(self, delivery: Delivery) -> None:
        method = delivery.routing_key.rpartition(".")[2]
        started = time.monotonic()
        try:
            result, error = self._run(method, delivery), None
        except MusubiError as expected:
            result, error = None, expected
        except Exception as unexpected:
            result, error = None, self._shown(unexpected, method)
        RPC_SECONDS.labels(self.container.service_name, method[:50]).observe(time.monotonic() - started)
        self._reply(delivery, result, error)

    def _shown(self, error: Exception, method: str) -> MusubiError:
        name = self.container.service_name
        if is_transient(error):
            log.warning("call not done now", service=name, method=method, error=type(error).__name__)
            return ServiceUnavailable(f"{name} cannot reach its database now. Try again in a moment.")
        log.error("call failed", service=name, method=method, exc_info=error)
        return InternalError("Something went wrong on our side.")

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
        payload = {"result": result, "error": nameko_error(error) if error else None}
        message = Outgoing(
            orjson.dumps(payload, default=str),
            exchange=RPC_EXCHANGE,
            routing_key=reply_to,
            delivery_mode=TRANSIENT,
            correlation_id=str(delivery.properties.get("correlation_id") or ""),
        )
        seconds = _seconds_left(delivery)
        with eventlet.Timeout(settings().rpc_timeout if seconds is None else max(seconds, 0), False):
            self._send_when_connected(message)
            return
        log.warning("reply not sent: the broker is away", service=self.container.service_name)

    def _send_when_connected(self, message: Outgoing) -> None:
        # Calls come over another link than answers go: after a broken connection it may be back a moment earlier.
        while True:
            try:
                send_unconfirmed(self.carrier.publishing, self._replies, message)
                return
            except Disconnected:
                eventlet.sleep(RECONNECT_PAUSE_SECONDS)

    def _ack(self, delivery: Delivery) -> None:
        try:
            with self.carrier.consuming.sending():
                delivery.channel.basic_ack(delivery.tag)
        except FAILURES:
            log.info("a call could not be acknowledged: its connection went")

    def _give_back(self, delivery: Delivery) -> None:
        try:
            with self.carrier.consuming.sending():
                delivery.channel.basic_reject(delivery.tag, requeue=True)
        except FAILURES:
            log.info("a call goes back by itself: its connection went")


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
            spawn_worker(self, args, kwargs, handle_result=handle_result)
        result, error = done.wait()
        if error is not None:
            raise error
        return result

    def _check_arguments(self, args: list[Any], kwargs: dict[str, Any]) -> None:
        function = getattr(self.container.service_cls, self.method_name)
        try:
            inspect.signature(function).bind(None, *args, **kwargs)
        except TypeError as error:
            raise Invalid(f"{self.method_name} cannot be called like this: {error}.") from error


def _seconds_left(delivery: Delivery) -> float | None:
    """What is left of the time that the caller gave; None if it gave none, as nameko's own clients do."""
    try:
        return float(delivery.headers["x-deadline"]) - time.time()
    except (KeyError, TypeError, ValueError):
        return None


def rpc(function: Callable[..., Any]) -> Callable[..., Any]:
    """Offer a method to other services; refusals (MusubiError) are answers, not failures."""
    return RpcMethod.decorator(expected_exceptions=MusubiError)(function)
