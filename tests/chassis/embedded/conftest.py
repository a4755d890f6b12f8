"""One behaviour suite, two carriers: what holds on RabbitMQ has to hold on `embedded://`, and the other way round."""

from __future__ import annotations

import contextlib

import kombu
import pytest

from chassis import embedded

embedded.install()


@pytest.fixture(params=["embedded", "rabbitmq"])
def carrier(request):
    return request.param


@pytest.fixture
def broker_url(carrier, request):
    yield "embedded://" if carrier == "embedded" else request.getfixturevalue("amqp_url")
    embedded.reset()


@pytest.fixture
def connect(broker_url):
    """Call to open another connection; publishing waits for the broker's confirm."""
    with contextlib.ExitStack() as opened:
        yield lambda: opened.enter_context(kombu.Connection(broker_url, transport_options={"confirm_publish": True}))


@pytest.fixture
def connection(connect):
    return connect()


@pytest.fixture
def channel(connection):
    return connection.channel()
