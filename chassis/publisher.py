"""Publishing with confirms: many messages go out, then all their confirms are awaited together."""

from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event as Signal
from eventlet.semaphore import Semaphore

from chassis import frames
from chassis.link import FAILURES, Disconnected, Link
from chassis.messages import Outgoing

CONFIRM_TIMEOUT_SECONDS = 5
SEND_TIMEOUT_SECONDS = 5


class Publisher:
    """Sends messages over a link; ``publish`` returns when the broker has confirmed every one of them."""

    def __init__(self, link: Link) -> None:
        """Several publishers may share a link."""
        self.link = link
        self._channel: Any = None
        self._outstanding: dict[int, None] = {}
        self._refused: set[int] = set()
        self._unroutable: set[str] = set()
        self._next_tag = 1
        self._settled: Signal | None = None
        self._turn = Semaphore()
        link.on_connect.append(self._on_connect)
        link.on_disconnect.append(self._on_disconnect)

    def publish(self, messages: list[Outgoing], *, mandatory: Callable[[Outgoing], bool] = lambda _: True) -> list[int]:
        """Send and await the confirms. Returns the positions of messages that found no queue.

        Disconnected if the broker did not take them all within some seconds: send all again.
        """
        if not messages:
            return []
        with self._turn:
            if self._channel is None or self.link.blocked:
                raise Disconnected(f"{self.link.name}: the broker takes no messages now")
            if not self.link.is_amqp:
                return self._publish_embedded(messages, mandatory)
            return self._publish_confirmed(messages, mandatory)

    def _publish_embedded(self, messages: list[Outgoing], mandatory: Callable[[Outgoing], bool]) -> list[int]:
        lost = self._channel.publish_many(
            [(m.body, m.properties, m.headers, m.exchange, m.routing_key) for m in messages]
        )
        return [position for position in lost if mandatory(messages[position])]

    def _publish_confirmed(self, messages: list[Outgoing], mandatory: Callable[[Outgoing], bool]) -> list[int]:
        channel = self._channel
        self._outstanding.clear()
        self._refused.clear()
        self._unroutable.clear()
        settled = self._settled = Signal()
        stuck = Disconnected("the broker did not take the messages in time")
        try:
            with eventlet.Timeout(SEND_TIMEOUT_SECONDS, stuck), self.link.sending():
                first, self._next_tag = self._next_tag, self._next_tag + len(messages)
                self._outstanding.update(dict.fromkeys(range(first, self._next_tag)))
                frames.write(channel, [(message, mandatory(message)) for message in messages])
        except FAILURES as error:
            self.link.abort(f"could not publish: {type(error).__name__}")
            raise Disconnected(str(error)) from error
        with eventlet.Timeout(CONFIRM_TIMEOUT_SECONDS, False):
            if settled.wait():
                return [at for at, message in enumerate(messages) if message.id in self._unroutable]
        if not self.link.blocked:
            self.link.abort("no confirm in time")
        self._channel = None if not self.link.connected else self._channel
        raise Disconnected("the broker did not confirm in time")

    def _on_connect(self, link: Link) -> None:
        self._channel = link.channel()
        self._next_tag = 1
        if not link.is_amqp:
            return
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)

    def _on_disconnect(self) -> None:
        self._channel = None
        self._settle(False)

    def _on_ack(self, delivery_tag: int, multiple: bool) -> None:
        if multiple:
            while (tag := next(iter(self._outstanding), delivery_tag + 1)) <= delivery_tag:
                del self._outstanding[tag]
        else:
            self._outstanding.pop(delivery_tag, None)
        if not self._outstanding:
            self._settle(not self._refused)

    def _on_nack(self, delivery_tag: int, multiple: bool) -> None:
        self._refused.add(delivery_tag)
        self._on_ack(delivery_tag, multiple)

    def _on_return(self, _error: Any, _exchange: str, _routing_key: str, message: Any) -> None:
        self._unroutable.add(message.properties["message_id"])

    def _settle(self, ok: bool) -> None:
        signal, self._settled = self._settled, None
        if signal is not None and not signal.ready():
            signal.send(ok)
