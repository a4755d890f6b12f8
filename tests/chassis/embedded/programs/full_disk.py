"""Publishes until its files may not grow any more; prints how many were taken, and what the refusal said."""

import resource
import signal
import sys

import kombu

from chassis import embedded

embedded.install()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
channel = kombu.Connection(sys.argv[1]).channel()
channel.queue_declare("inbox", durable=True, auto_delete=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
taken = 0
try:
    while taken < 1000:
        channel.publish_many([(b"x" * 10_000, {"delivery_mode": 2}, {}, "", "inbox")])
        taken += 1
except OSError as refusal:
    print(taken, refusal, sep="\n", flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    channel.publish_many([(b"again", {"delivery_mode": 2}, {}, "", "inbox")])
    print(channel.queue_declare("inbox", passive=True).message_count, flush=True)
