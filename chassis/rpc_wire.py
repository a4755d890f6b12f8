"""What both ends of a call between services share: nameko's wire form, with errors by their codes beside it."""

from typing import Any

import orjson

from chassis.link import FAILURES, Disconnected, Link
from chassis.messages import Outgoing
from contracts.errors import MusubiError

TRANSIENT = 1


def send_unconfirmed(link: Link, channel: Any, message: Outgoing, *, mandatory: bool = False) -> bool:
    """Send what may be lost (calls and answers). False if it found no queue.

    Over AMQP that is known only later, by a return.
    """
    if channel is None:
        raise Disconnected("the broker is away")
    if link.blocked:
        raise Disconnected("the broker holds publishers back")
    if not link.is_amqp:
        row = (message.body, message.properties, message.headers, message.exchange, message.routing_key)
        return not channel.publish_many([row])
    try:
        with link.sending():
            _write(link, channel, message, mandatory)
    except FAILURES as error:
        raise Disconnected("the connection to the broker went") from error
    return True


def _write(link: Link, channel: Any, message: Outgoing, mandatory: bool) -> None:
    try:
        channel._basic_publish(message.to_amqp(channel), message.exchange, message.routing_key, mandatory=mandatory)
    except BaseException as error:
        # A time limit as well: the broker would take what is sent next for the rest of the frame that was begun.
        link.abort(f"could not publish: {type(error).__name__}")
        raise


def result_of(answer: Any) -> Any:
    """The result in the body of an answer; the error in it is raised, as is an error that stands for an answer."""
    if isinstance(answer, MusubiError):
        raise answer
    payload = orjson.loads(answer)
    error = payload.get("error")
    if error:
        raise MusubiError.from_wire(
            error.get("musubi") or {"code": "internal_error", "message": str(error.get("value"))}
        )
    return payload["result"]


def nameko_error(error: MusubiError) -> dict[str, Any]:
    """An error in nameko's form, so that its clients can read it, with ours beside it."""
    return {
        "exc_type": type(error).__name__,
        "exc_path": f"contracts.errors.{type(error).__name__}",
        "exc_args": [error.message],
        "value": error.message,
        "musubi": error.to_wire(),
    }
