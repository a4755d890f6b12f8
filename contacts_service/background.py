"""What contacts works on in the background."""

from collections.abc import Callable
from functools import partial
from typing import Any

from chassis import DatabaseHandle
from contacts_service import images
from contacts_service.exchange import importing, linking, store, undoing
from contacts_service.exchange.models import Import
from contacts_service.jobs.worker import Work, Worker
from contacts_service.mass import changing
from contacts_service.mass import store as mass_store
from contacts_service.mass.models import MassChange
from contacts_service.settings import fiscal_year_start

MASS_CHANGES = Work(
    MassChange,
    {mass_store.CHANGING: changing.change_piece, mass_store.UNDOING: changing.undo_piece},
    changing.give_up,
    mass_store.forget_old,
)


def worker(db: DatabaseHandle, staff: Any) -> Worker:
    """Somebody who works on all of it; ``staff``: the service, which knows who can be in charge.

    SettingError: a setting of filters is told now, not by the first of them.
    """
    fiscal_year_start()
    steps: dict[str, Callable[..., None]] = {
        store.READING: importing.read,
        store.IMPORTING: partial(importing.import_batch, staff=staff),
        store.LINKING: linking.link_batch,
        store.UNDOING: undoing.undo_batch,
    }
    imports = Work(Import, steps, importing.give_up, store.forget_left_over)
    return Worker(db, (MASS_CHANGES, imports), forget=(images.forget_former,))
