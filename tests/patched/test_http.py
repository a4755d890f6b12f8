"""The HTTP server and clients that hold on to it: half a request, or too many connections."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from chassis import http
from tests.infra import eventually

REQUEST = b"GET / HTTP/1.1\r\nHost: musubi\r\n\r\n"
SHARE = 3

Connect = Callable[..., socket.socket]


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connects to a server that gives each client three connections: ``connect(address of the client)``."""
    server = http.serve(hello, "127.0.0.1", 0, connections_each=SHARE)
    with ExitStack() as stack:
        stack.callback(server.stop, seconds=0)

        def connected(address: str = "127.0.0.1") -> socket.socket:
            made = socket.create_connection((server.host, server.port), timeout=30, source_address=(address, 0))
            return stack.enter_context(made)

        yield connected


def hello(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


def ask(connection: socket.socket) -> bytes:
    """What the server answers, up to the body; nothing where it has closed the connection."""
    answer = b""
    try:
        connection.sendall(REQUEST)
        while not answer.endswith(b"hello") and (more := connection.recv(1_000)):
            answer += more
    except ConnectionError:
        return b""
    return answer


def is_open(connection: socket.socket, *, seconds: float) -> bool:
    """Whether the connection stays open, and silent, for so long."""
    connection.settimeout(seconds)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except ConnectionError:
        return False
    finally:
        connection.settimeout(30)


def drip(connection: socket.socket) -> bool:
    """Whether the connection is still open after one byte more."""
    try:
        connection.sendall(b"x")
    except ConnectionError:
        return False
    return is_open(connection, seconds=0.02)


def test_a_head_that_drips_in_byte_by_byte_is_cut_off(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.3)
    slow = connect()
    slow.sendall(b"GET / HTTP/1.1\r\nX-Slow: ")
    begun = time.monotonic()
    eventually(lambda: not drip(slow))
    assert time.monotonic() - begun > 0.2


def test_who_connects_and_says_nothing_is_cut_off(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 0.1)
    assert not is_open(connect(), seconds=30)


def test_a_connection_that_was_used_may_rest(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "HEAD_SECONDS", 2)
    kept = connect()
    assert ask(kept).startswith(b"HTTP/1.1 200")
    assert is_open(kept, seconds=2.5)
    assert ask(kept).startswith(b"HTTP/1.1 200")


def test_one_address_holds_its_share_and_the_others_are_answered(connect: Connect) -> None:
    greedy = [connect("127.0.0.2") for _ in range(SHARE)]
    assert all(is_open(each, seconds=0.1) for each in greedy)
    assert ask(connect("127.0.0.2")) == b""
    assert ask(connect("127.0.0.1")).startswith(b"HTTP/1.1 200")
    greedy.pop().close()
    eventually(lambda: ask(connect("127.0.0.2")).startswith(b"HTTP/1.1 200"))


def test_bytes_that_are_no_text_reach_an_app_as_percent_signs() -> None:
    def tell(environ: Any, start_response: Any) -> list[bytes]:
        said = environ["QUERY_STRING"].encode("ascii")
        start_response("200 OK", [("Content-Length", str(len(said)))])
        return [said]

    server = http.serve(tell, "127.0.0.1", 0)
    with socket.create_connection((server.host, server.port), timeout=10) as connection:
        connection.sendall(b"GET /?q=\xff%20\xe3\x81\x82+a&b=%zz HTTP/1.1\r\nHost: musubi\r\nConnection: close\r\n\r\n")
        answer = b"".join(iter(lambda: connection.recv(1_000), b""))
    server.stop(seconds=0)
    assert answer.endswith(b"\r\n\r\nq=%FF%20%E3%81%82+a&b=%zz")
