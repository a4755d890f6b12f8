"""Publishes m0…m4, acknowledges m0, holds m1, publishes m5, says so, and waits to be killed. Argument: the URL."""

import sys
import threading

import kombu

from chassis import embedded

embedded.install()
connection = kombu.Connection(sys.argv[1])
channel = connection.channel()
channel.exchange_declare("mail.events", "topic", durable=True, auto_delete=False)
channel.queue_declare("tickets", durable=True, auto_delete=False)
channel.queue_bind("tickets", "mail.events", "mail.#")


def publish(*names: str) -> None:
    properties = {"delivery_mode": 2, "content_type": "text/plain"}
    channel.publish_many([(name.encode(), properties, {"n": name}, "mail.events", "mail.received") for name in names])


publish("m0", "m1", "m2", "m3", "m4")
channel.publish_many([(b"transient", {"delivery_mode": 1}, {}, "", "tickets")])
channel.basic_qos(0, 1, False)
channel.basic_consume("tickets", callback=lambda message: print(message.body.decode(), flush=True))
connection.drain_events(timeout=60)
channel.basic_ack(1)
connection.drain_events(timeout=60)
publish("m5")
print("holding", flush=True)
threading.Event().wait(60)
