"""What an import did is taken back: what it made goes into the recycle bin, what it changed is as it was before.

A record that somebody changed since is left alone, and the report says so.
"""

from collections.abc import Sequence
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from contacts_service import changes, fields, store
from contacts_service.exchange import imports, writing
from contacts_service.exchange import store as ours
from contacts_service.exchange.files import BATCH
from contacts_service.exchange.importing import held, hold_trees
from contacts_service.exchange.models import Import, ImportMark
from contacts_service.kinds import CONTACT, KINDS, Kind
from contracts import ImportAdvanced, ImportUndone
from contracts.errors import Invalid

Values = dict[str, Any]

_CHANGED = "Left as it is: {kind} {number} was changed after the import."
_IN_USE = "Left as it is: others belong to {kind} {number}."
_ELSEWHERE = "Left as it is: what {kind} {number} belonged to is not there any more."


def undo_batch(db: DatabaseHandle, owner: str, import_id: str) -> None:
    """Take the next records back, in one commit with how far the undoing is."""
    with db.transaction() as tx:
        row = held(tx, import_id, owner, ours.UNDOING)
        marks = ours.next_marks(tx.session, row.id, limit=BATCH)
        if not marks:
            row.state, row.undone_at, row.worker = imports.UNDONE, clock.now(), None
            tx.publish(ImportUndone, subject=row.id, undone=row.undone, kept=row.kept, **imports.facts(row))
            return
        hold_trees(tx)
        for kind in KINDS.values():
            _take_back(tx, row, kind, [mark for mark in marks if mark.record_kind == kind.name])
        ours.forget_marks(tx.session, row.id, [mark.record_id for mark in marks])
        tx.publish(ImportAdvanced, subject=row.id, **imports.facts(row))


def _take_back(tx: Transaction, row: Import, kind: Kind, marks: Sequence[ImportMark]) -> None:
    rows = store.records_by_id(tx.session, kind.model, [mark.record_id for mark in marks], lock=True)
    known = {each.id: store.values(each) for each in rows if each.deleted_at is None}
    gone: list[Values] = []
    changed: dict[str, tuple[Values, Values]] = {}
    kept: list[Values] = []
    for mark in marks:
        values = known.get(mark.record_id)
        if values is None:
            # Somebody deleted it already.
            continue
        if sentence := _why_not(tx, kind, mark, values, changed):
            told = sentence.format(kind=kind.name, number=values["number"])
            kept.append({"line": mark.line, "problems": [told], "cells": []})
        elif mark.before is None:
            gone.append(values)
    actor = {"staff_user_id": row.staff_user_id, "name": row.staff_name}
    writing.remove(tx, kind, gone, actor)
    writing.update(tx, kind, changed, actor)
    ours.add_faults(tx.session, row.id, kept)
    row.kept += len(kept)
    row.undone += len(marks) - len(kept)


def _why_not(
    tx: Transaction, kind: Kind, mark: ImportMark, values: Values, changed: dict[str, tuple[Values, Values]]
) -> str | None:
    """Why a record is left alone; what is to be put back goes into ``changed``."""
    if values["version"] != mark.version:
        return _CHANGED
    if mark.before is None:
        is_used = kind is not CONTACT and store.has_contacts(tx.session, mark.record_id)
        return _IN_USE if is_used else None
    try:
        before = fields.changed_values(mark.before, kind.fields)
        changes.check(tx.session, kind, mark.record_id, before, {**values, **before})
    except Invalid:
        return _ELSEWHERE
    changed[mark.record_id] = values, before
    return None
