"""HTTP inside a service: a WSGI app on eventlet.wsgi in the service's own process.

``serve`` starts a server for any WSGI app; :class:`HttpServer` makes one part of a nameko service. Both bound what a
client may send, give every request an id, log one line per request without its query string, and stop gracefully.
"""

import logging
import re
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from string import printable
from typing import Any, Protocol
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import eventlet
import eventlet.wsgi
import structlog
from nameko.extensions import DependencyProvider

from chassis import logs
from chassis.ids import new_id
from chassis.networks import client_network
from chassis.settings import settings

MAX_REQUEST_LINE = 8_192
MAX_CONNECTIONS = 1_024
# What one client's address or IPv6 network may hold, so that it leaves room for others and for health checks.
CONNECTIONS_EACH = MAX_CONNECTIONS // 4
HEAD_SECONDS = 10  # until the head of a connection's first request is there, however steadily its bytes drip in
SOCKET_TIMEOUT = 60  # seconds without a byte, in either direction; an SSE stream pings more often
STOP_SECONDS = 10.0
REQUEST_ID = "musubi.request_id"
ROUTE = "musubi.route"  # set by the app: the route's pattern, which unlike the path holds no ids or addresses
UNBUFFERED = "eventlet.minimum_write_chunk_size"
ACCEPTABLE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")

# Asked for every few seconds by machines: worth a line only to who looks for it.
QUIET = ("/health/", "/metrics")

log = logs.logger(__name__)


class Spawns(Protocol):
    """What runs the server's green thread: a nameko container."""

    def spawn_managed_thread(self, fn: Callable[[], None], identifier: str | None = None) -> Any:
        """Run ``fn`` in a green thread that ends with the container."""


class Server:
    """A listening HTTP server. ``port`` is the real one, also where 0 was asked for."""

    def __init__(self, app: WSGIApplication, listener: Any, *, connections_each: int = CONNECTIONS_EACH) -> None:
        """``listener`` is a bound, listening, green socket; a client gets no more than ``connections_each``."""
        self.host, self.port = listener.getsockname()[:2]
        self._listener = listener
        self._app = observed(app)
        self._requests = eventlet.GreenPool(MAX_CONNECTIONS)
        self._protocol = partial(_Connection, Counter(), connections_each)
        self._thread: Any = None

    def run(self) -> None:
        """Accept and answer until stopped."""
        eventlet.wsgi.server(
            self._listener,
            self._app,
            log=logging.getLogger("chassis.http.wsgi"),
            log_output=False,
            debug=False,
            custom_pool=self._requests,
            protocol=self._protocol,
            url_length_limit=MAX_REQUEST_LINE,
            socket_timeout=SOCKET_TIMEOUT,
        )

    def start(self, container: Spawns | None) -> None:
        """Run in a green thread of ``container``, or in one of our own."""
        run = self._run_until_killed
        self._thread = container.spawn_managed_thread(run, identifier="http") if container else eventlet.spawn(run)

    def stop(self, *, seconds: float = STOP_SECONDS) -> None:
        """Stop listening, close idle connections, let running requests finish for so long, then cut them."""
        if self._thread is None or self._thread.dead:
            return
        self._listener.close()
        eventlet.spawn(self._thread.kill)
        with eventlet.Timeout(seconds, False):
            self._thread.wait()
        for request in list(self._requests.coroutines_running):
            request.kill()

    def _run_until_killed(self) -> None:
        try:
            self.run()
        except eventlet.greenlet.GreenletExit:
            log.debug("http stopped", port=self.port)


class _Connection(eventlet.wsgi.HttpProtocol):
    """One connection; eventlet.wsgi closes it when ``__init__`` is through."""

    def __init__(self, held: Counter[str], share: int, conn_state: Any, server: Any) -> None:
        """``held`` counts the connections of each client; one beyond its ``share`` is closed at once."""
        client = client_network(conn_state[0][0])
        if held[client] >= share:
            return
        self._seconds: float = HEAD_SECONDS
        held[client] += 1
        try:
            super().__init__(conn_state, server)
        finally:
            held[client] -= 1
            if not held[client]:
                del held[client]

    def handle_one_request(self) -> None:
        self._deadline = eventlet.Timeout(self._seconds, TimeoutError("The head of the request did not come in time."))
        try:
            super().handle_one_request()
        finally:
            self._deadline.cancel()

    def get_environ(self) -> Any:
        """Called when the head is complete. A connection that proved useful may rest before its next request."""
        self._deadline.cancel()
        self._seconds = SOCKET_TIMEOUT
        environ = super().get_environ()
        # RFC 3986 wants such bytes percent-encoded; so no app meets some that are no UTF-8.
        environ["QUERY_STRING"] = quote(environ.get("QUERY_STRING", "").encode("latin-1"), safe=printable)
        return environ


def serve(
    app: WSGIApplication,
    host: str,
    port: int,
    container: Spawns | None = None,
    *,
    connections_each: int = CONNECTIONS_EACH,
) -> Server:
    """Start serving ``app``. OSError when the address is taken; ``port`` 0 takes a free one."""
    listener = eventlet.listen((host, port), reuse_port=False)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    server = Server(app, listener, connections_each=connections_each)
    server.start(container)
    return server


def stream(environ: WSGIEnvironment) -> None:
    """Say that this answer is a stream: eventlet.wsgi then sends every chunk at once instead of collecting them."""
    environ[UNBUFFERED] = 0


class HttpServer(DependencyProvider):
    """Serves the app that ``make_app(container)`` returns, from the service's start to its stop.

    An app with a ``close`` method is closed first when the service stops, so that it can end its streams; one with
    ``connections_each`` says how many a client may hold.
    """

    def __init__(self, make_app: Callable[[Any], WSGIApplication], *, default_port: int) -> None:
        """``make_app`` is called once, after every provider's setup; ``default_port`` where none is set."""
        self.make_app = make_app
        self.default_port = default_port
        self.app: Any = None
        self.server: Server | None = None

    def start(self) -> None:
        """Build the app and listen."""
        chosen = settings()
        self.app = self.make_app(self.container)
        self.server = serve(
            self.app,
            chosen.http_host,
            chosen.http_port or self.default_port,
            self.container,
            connections_each=getattr(self.app, "connections_each", CONNECTIONS_EACH),
        )
        log.info("http listening", host=self.server.host, port=self.server.port)

    def stop(self) -> None:
        """End streams, then let requests finish."""
        if self.server:
            getattr(self.app, "close", lambda: None)()
            self.server.stop()

    def kill(self) -> None:
        """Stop without waiting."""
        if self.server:
            self.server.stop(seconds=0)

    def get_dependency(self, worker_ctx: Any) -> Server | None:
        """The server, for entrypoints that tell its address."""
        return self.server


def observed(app: WSGIApplication) -> WSGIApplication:
    """``app`` with a request id (``X-Request-Id`` or a new one, sent back) and one log line per answer."""

    def observing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = _Answer(environ, start_response)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(correlation_id=environ[REQUEST_ID])
        try:
            # Called at once, not at the first chunk: eventlet.wsgi asks before that whether the answer is a stream.
            return answer.of(app(environ, answer.start))
        except Exception:
            answer.log()
            raise

    return observing


def request_id_of(environ: WSGIEnvironment) -> str:
    """The client's own id for the request where it is a plain word, else a new one."""
    given = environ.get("HTTP_X_REQUEST_ID", "")
    return given if ACCEPTABLE_REQUEST_ID.match(given) else new_id()


class _Answer:
    """One answer on its way: its status, its duration up to the last chunk."""

    def __init__(self, environ: WSGIEnvironment, start_response: StartResponse) -> None:
        self.began = time.monotonic()
        self.status = "500"
        self.environ = environ
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input_terminated"] = True  # else werkzeug takes a body without a length for none
        self.request_id = environ[REQUEST_ID] = request_id_of(environ)
        self._start_response = start_response

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        self.status = status[:3]
        others = [pair for pair in headers if pair[0].lower() != "x-request-id"]
        return self._start_response(status, [*others, ("X-Request-Id", self.request_id)], exc_info)

    def of(self, chunks: Any) -> Iterator[bytes]:
        try:
            yield from chunks
        finally:
            getattr(chunks, "close", lambda: None)()
            self.log()

    def log(self) -> None:
        tell = log.debug if self.environ.get("PATH_INFO", "").startswith(QUIET) else log.info
        tell(
            "http request",
            method=self.environ["REQUEST_METHOD"],
            route=self.environ.get(ROUTE, "unknown"),
            status=int(self.status),
            ms=round((time.monotonic() - self.began) * 1000, 1),
            request_id=self.request_id,
        )
