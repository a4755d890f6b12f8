"""Publishes 1, 2, 3, … and prints each number as soon as its publishing has returned, until it is killed."""

import itertools
import sys

import kombu

from chassis import embedded

embedded.install()
channel = kombu.Connection(sys.argv[1]).channel()
channel.queue_declare("numbers", durable=True, auto_delete=False)
for number in itertools.count(1):
    channel.publish_many([(b"%d" % number, {"delivery_mode": 2}, {}, "", "numbers")])
    print(number, flush=True)
