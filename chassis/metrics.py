"""The figures of a process, in the Prometheus form."""

from prometheus_client import Counter, Gauge, Histogram

OUTBOX_SENT = Counter("musubi_outbox_sent_total", "Events confirmed by the broker", ["service"])
OUTBOX_UNROUTED = Counter(
    "musubi_outbox_unrouted_total", "Events that found no queue though readers exist", ["service"]
)
OUTBOX_WAITING = Gauge("musubi_outbox_waiting_events", "Events not yet confirmed by the broker", ["service"])
OUTBOX_AGE = Gauge("musubi_outbox_oldest_seconds", "Age of the oldest event not yet confirmed", ["service"])
EVENTS_HANDLED = Counter("musubi_events_handled_total", "Events whose handler succeeded", ["service", "type"])
EVENTS_FAILED = Counter("musubi_events_failed_total", "Events sent to a retry queue", ["service", "type"])
EVENTS_DEAD = Counter("musubi_events_dead_total", "Events that became dead letters", ["service", "type"])
HANDLER_SECONDS = Histogram("musubi_handler_seconds", "Time of one handler run (a batch)", ["service", "handler"])
EVENT_LAG = Gauge(
    "musubi_event_lag_seconds",
    "Age of the oldest event at hand, or of the last that was handled",
    ["service", "handler"],
)
RPC_SECONDS = Histogram("musubi_rpc_seconds", "Time until a call was answered", ["service", "method"])
RPC_FAILED = Counter("musubi_rpc_failed_total", "Calls without an answer", ["service", "code"])
DEAD_LETTERS = Gauge("musubi_dead_letters", "Dead letters kept and not replayed", ["service"])
