"""What an import did is taken back: what it made goes into the recycle bin, what it changed is as it was before."""

from chassis import clock
from chassis.database import DatabaseHandle
from contacts_service.exchange import imports
from contacts_service.exchange import store as ours
from contacts_service.exchange.files import BATCH
from contacts_service.exchange.importing import held
from contacts_service.exchange.models import Import
from contacts_service.jobs.putting_back import hold_trees, put_back
from contacts_service.jobs.worker import Breathe
from contacts_service.kinds import KINDS
from contracts import ImportAdvanced, ImportUndone


def undo_batch(db: DatabaseHandle, owner: str, row: Import, *, breathe: Breathe) -> None:
    """Take the next records back, in one commit with how far the undoing is."""
    with db.transaction() as tx:
        row = held(tx, row.id, owner, ours.UNDOING)
        marks = ours.next_marks(tx.session, row.id, limit=BATCH)
        if not marks:
            row.state, row.undone_at, row.worker = imports.UNDONE, clock.now(), None
            tx.publish(ImportUndone, subject=row.id, undone=row.undone, kept=row.kept, **imports.facts(row))
            return
        hold_trees(tx)
        kept: dict[str, str] = {}
        for kind in KINDS.values():
            kept |= put_back(tx, kind, [mark for mark in marks if mark.record_kind == kind.name], row.actor)
        told = {mark.record_id: mark.line for mark in marks if mark.record_id in kept}
        faults = [{"line": line, "problems": [kept[id]], "cells": []} for id, line in told.items()]
        ours.add_faults(tx.session, row.id, faults)
        row.kept += len(kept)
        row.undone += len(marks) - len(kept)
        ours.forget_marks(tx.session, row.id, [mark.record_id for mark in marks])
        tx.publish(ImportAdvanced, subject=row.id, **imports.facts(row))
