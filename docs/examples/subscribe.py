"""Prints tickets as they happen. MUSUBI_AMQP_URL=amqp://… python subscribe.py [exchange pattern]"""

import json
import os
import sys

import pika

exchange, pattern = sys.argv[1:] or ["tickets.events", "ticket.#"]
channel = pika.BlockingConnection(pika.URLParameters(os.environ["MUSUBI_AMQP_URL"])).channel()
channel.exchange_declare(exchange, "topic", durable=True)
queue = channel.queue_declare("", exclusive=True).method.queue
channel.queue_bind(queue, exchange, pattern)
print("listening", flush=True)
for method, _, body in channel.consume(queue):
    event = json.loads(body)
    print(event["type"], event["subject"], json.dumps(event["data"], ensure_ascii=False), flush=True)
    channel.basic_ack(method.delivery_tag)
