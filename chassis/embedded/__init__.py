"""The kombu transport `embedded://`: a broker inside this process, so that Musubi runs without RabbitMQ.

`embedded:///absolute/path/broker.db` journals durable queues in SQLite (see `chassis.embedded.journal` for what that
withstands); `embedded://` keeps everything in memory. All connections of a process to one URL share one broker.
It works in plain threads and monkey-patched by eventlet (patch first); it does not work across processes.

It stands on kombu's base transport, not on `kombu.transport.virtual`: that one polls, knows no acknowledgement of
several messages at once and one consumer per queue and connection only.
"""

from chassis.embedded.transport import Transport, broker_for, install, reset

__all__ = ["Transport", "broker_for", "install", "reset"]
