"""What contacts works on in the background."""

from chassis import DatabaseHandle
from contacts_service import images
from contacts_service.exchange import importing, linking, store, undoing
from contacts_service.exchange.models import Import
from contacts_service.jobs.worker import Work, Worker
from contacts_service.mass import changing
from contacts_service.mass import store as mass_store
from contacts_service.mass.models import MassChange
from contacts_service.settings import fiscal_year_start

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
MASS_CHANGES = Work(
    MassChange,
    {mass_store.CHANGING: changing.change_piece, mass_store.UNDOING: changing.undo_piece},
    changing.give_up,
    mass_store.forget_old,
)
WORKS = (MASS_CHANGES, IMPORTS)


def worker(db: DatabaseHandle) -> Worker:
    """Somebody who works on all of it. SettingError: a setting of filters is told now, not by the first of them."""
    fiscal_year_start()
    return Worker(db, WORKS, forget=(images.forget_former,))
