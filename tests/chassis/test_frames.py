"""What we write to the broker is, byte for byte, what py-amqp would write."""

from types import SimpleNamespace

import pytest
from amqp import spec
from amqp.method_framing import frame_writer
from amqp.serialization import dumps

from chassis.frames import publishing
from chassis.messages import COUNT, Outgoing

FRAME_MAX = 4_096


def written_by_amqp(message: Outgoing, *, mandatory: bool) -> bytes:
    pieces: list[bytes] = []
    connection = SimpleNamespace(frame_max=FRAME_MAX, bytes_sent=0)
    write = frame_writer(connection, SimpleNamespace(write=lambda piece: pieces.append(bytes(piece))))
    method = dumps("Bssbb", (0, message.exchange, message.routing_key, mandatory, False))
    write(1, 3, spec.Basic.Publish, method, message.to_amqp(None))
    return b"".join(pieces)


@pytest.mark.parametrize("mandatory", [True, False])
@pytest.mark.parametrize("size", [0, 1, FRAME_MAX - 9, FRAME_MAX - 8, FRAME_MAX - 7, 3 * FRAME_MAX])
@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"message_id": "0190163d-8694-739b-aea5-966c26f8ad91", "content_type": "application/cloudevents+json"},
        {"headers": {COUNT: 3, "x-error": "受信できません"}},
        {"expiration": "1000", "reply_to": "answers", "correlation_id": "日本"},
    ],
)
def test_the_frames_are_those_of_py_amqp(properties, size, mandatory):
    message = Outgoing(b"x" * size, exchange="contacts.events", routing_key="contact.created.v1", **properties)
    assert publishing(message, 3, FRAME_MAX, mandatory) == written_by_amqp(message, mandatory=mandatory)
