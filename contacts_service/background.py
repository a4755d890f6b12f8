"""What contacts works on in the background."""

from chassis import DatabaseHandle
from contacts_service.exchange import importing, linking, store, undoing
from contacts_service.exchange.models import Import
from contacts_service.jobs.worker import Work, Worker

IMPORTS = Work(
    Import,
    {
        store.READING: importing.read,
        store.IMPORTING: importing.import_batch,
        store.LINKING: linking.link_batch,
        store.UNDOING: undoing.undo_batch,
    },
    importing.give_up,
    store.forget_left_over,
)
WORKS = (IMPORTS,)


def worker(db: DatabaseHandle) -> Worker:
    """Somebody who works on all of it."""
    return Worker(db, WORKS)
