"""An emitter and a reader as processes: `python -m bench.events.services emitter|reader`.

They are the smallest services there can be: the emitter publishes a batch of events in each transaction, the reader
writes one row per event.
"""

# isort: off
import musubi  # noqa: F401 - patches the standard library before anything else is imported

import sys
from typing import Any

import eventlet
from sqlalchemy import insert

from chassis import Database, logs, migrations, on_event, rpc
from chassis.ids import new_id
from chassis.runner import Process
from chassis.settings import database_url_of, settings
from contracts import Event, MailboxRemoved
from tests.patched.sample import models

# isort: on

BATCH = 500


class Reader:
    """One row per event."""

    name = "bench_reader"
    db = Database(models.Base)

    @on_event(MailboxRemoved, batch=BATCH)
    def on_mailboxes_removed(self, events: list[Event]) -> None:
        """Effects for a batch."""
        with self.db.handling(events) as tx:
            rows = [{"subject": event.subject, "batch": len(events)} for event in tx.fresh]
            if rows:
                tx.session.execute(insert(models.Effect), rows)


class Emitter:
    """Publishes as much as it is told."""

    # The event's contract says who emits it.
    name = "mail_ingest"
    db = Database(models.Base)

    @rpc
    def emit(self, *, count: int) -> None:
        """Begin to publish ``count`` events, BATCH in each transaction; returns at once."""
        eventlet.spawn(_emit, self.db, count)


def _emit(db: Any, count: int) -> None:
    for _ in range(count // BATCH):
        with db.transaction() as tx:
            for _ in range(BATCH):
                subject = new_id()
                tx.publish(MailboxRemoved, subject=subject, mailbox_id=subject)
        eventlet.sleep(0)


def main() -> None:
    """Migrate and run the one that is named."""
    [cls] = [each for each in (Reader, Emitter) if each.__name__.lower() == sys.argv[1]]
    logs.configure(settings().log_format, settings().log_level)
    migrations.upgrade(models, database_url_of(cls.name, settings()))
    sys.exit(Process({cls.name: cls}).run())


if __name__ == "__main__":
    main()
