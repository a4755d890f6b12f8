"""An import at work, step by step: each step is one transaction, so that a step is done as a whole or not at all."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from contacts_service.exchange import detection, files, imports, mapping, marking, store
from contacts_service.exchange.csv_reading import Row
from contacts_service.exchange.models import Import
from contacts_service.exchange.placing import CREATED, SKIPPED, UPDATED, Placing
from contacts_service.jobs import leases, writing
from contacts_service.jobs.putting_back import hold_trees
from contacts_service.jobs.worker import Breathe
from contacts_service.kinds import KINDS, ORGANIZATION
from contracts import ImportAdvanced, ImportFailed, ImportFinished
from contracts.errors import Invalid

Values = dict[str, Any]

# Batches that go into the database together while the file is read.
PUT_TOGETHER = 4
OUR_FAULT = "The import ended by an error on our side; the log of contacts tells which. What it did can be undone."
# Batches after which tables have grown so much that they are looked at anew.
LOOKED_AT_AFTER = frozenset((4, 16, 64, 256, 1024))
# Rows that are looked at before others in this process get their turn.
AT_A_STRETCH = 25


def read(db: DatabaseHandle, owner: str, row: Import, *, breathe: Breathe) -> None:
    """Read the whole file into batches before anything is written: what cannot be read leaves nothing half-written."""
    import_id = row.id
    with db.transaction() as tx:
        row = held(tx, import_id, owner, store.READING)
        # What another one began to read.
        store.forget_batches(tx.session, import_id)
    found = files.batches(files.rows(row.record_kind, row.format, store.pieces(db.session, import_id)))
    try:
        count = _keep(db, owner, import_id, found, breathe)
    except Invalid as error:
        _fail(db, owner, import_id, error.message)
        return
    with db.transaction() as tx:
        row = held(tx, import_id, owner, store.READING)
        store.forget_pieces(tx.session, import_id)
        row.state, row.position, row.rows = store.IMPORTING, 0, count
        tx.publish(ImportAdvanced, subject=row.id, **imports.facts(row))


def _keep(db: DatabaseHandle, owner: str, import_id: str, found: Iterator[list[Row]], breathe: Breathe) -> int:
    count = position = 0
    some: list[bytes] = []
    for batch in found:
        count += len(batch)
        some.append(files.pack(batch))
        if len(some) == PUT_TOGETHER:
            position = _put(db, owner, import_id, position, some)
            some = []
        breathe()
    _put(db, owner, import_id, position, some)
    return count


def _put(db: DatabaseHandle, owner: str, import_id: str, position: int, contents: Sequence[bytes]) -> int:
    with db.transaction() as tx:
        held(tx, import_id, owner, store.READING)
        store.put_batches(tx.session, import_id, position, contents)
    return position + len(contents)


def _fail(db: DatabaseHandle, owner: str, import_id: str, problem: str) -> None:
    with db.transaction() as tx:
        row = held(tx, import_id, owner, store.READING)
        store.forget_rows(tx.session, import_id)
        row.state, row.problem, row.finished_at, row.worker = imports.FAILED, problem, clock.now(), None
        tx.publish(ImportFailed, subject=row.id, **imports.facts(row))


def give_up(db: DatabaseHandle, owner: str, row: Import) -> None:
    """A step that cannot be done: the import ends here, and what it did can be undone."""
    if row.state == store.READING:
        _fail(db, owner, row.id, OUR_FAULT)
        return
    with db.transaction() as tx:
        row = held(tx, row.id, owner, row.state)
        store.forget_rows(tx.session, row.id)
        row.problem = OUR_FAULT
        end(tx, row)


def import_batch(db: DatabaseHandle, owner: str, row: Import, *, breathe: Breathe, staff: Any) -> None:
    """The next batch: its rows, what is told of them and how far the import is, in one commit.

    ``staff`` is asked before who can be in charge, where rows name somebody.
    """
    with db.session() as session:
        content = store.batch(session, row.id, row.position)
    kind = KINDS[row.record_kind]
    drafts, blanks = [], row.format["type"] != detection.VCARD
    for each in files.unpack(content) if content else ():
        drafts.append(mapping.draft(kind.name, kind.fields, row.mapping, each.line, each.cells, blanks=blanks))
        if len(drafts) % AT_A_STRETCH == 0:
            breathe()
    strangers = _strangers(staff, drafts)
    with db.transaction() as tx:
        row = held(tx, row.id, owner, store.IMPORTING)
        before = _percent(row)
        if drafts:
            _place(tx, row, drafts, strangers)
            store.forget_batches(tx.session, row.id, position=row.position)
            row.position += 1
        if not drafts or row.done == row.rows:
            (_go_on_with_links if row.links else end)(tx, row)
        elif _percent(row) != before:
            tx.publish(ImportAdvanced, subject=row.id, **imports.facts(row))
        batches = row.position
    if batches in LOOKED_AT_AFTER:
        with db.session() as session:
            store.look_anew(session)


def _strangers(staff: Any, drafts: Sequence[mapping.Draft]) -> set[str]:
    """Those whom rows put in charge and who cannot be."""
    named = {owner_id for draft in drafts if (owner_id := draft.values.get("owner_id"))}
    return named - set(staff.owners_among(ids=sorted(named))) if named else named


def _go_on_with_links(tx: Transaction, row: Import) -> None:
    row.state = store.LINKING
    tx.publish(ImportAdvanced, subject=row.id, **imports.facts(row))


def end(tx: Transaction, row: Import) -> None:
    """Nothing is left to do."""
    row.state, row.finished_at, row.worker = imports.FINISHED, clock.now(), None
    tx.publish(ImportFinished, subject=row.id, **imports.facts(row))


def held(tx: Transaction, import_id: str, owner: str, state: str) -> Import:
    """The import, as long as it is this owner's. LeaseLost."""
    row: Import = leases.hold(tx.session, Import, import_id, owner=owner, state=state, now=clock.now())
    return row


def _percent(row: Import) -> int:
    return row.done * 100 // (row.rows or 1)


def _place(tx: Transaction, row: Import, drafts: Sequence[mapping.Draft], strangers: Collection[str]) -> None:
    hold_trees(tx)
    actor = row.actor
    placing = Placing(tx, row, drafts, actor, strangers=strangers)
    results = [placing.place(draft) for draft in drafts]
    row.done += len(drafts)
    row.created += results.count(CREATED)
    row.updated += results.count(UPDATED)
    row.skipped += results.count(SKIPPED)
    row.refused += results.count(None)
    refused = [
        {"line": each.line, "problems": mapping.told(each.faults, row.columns, row.mapping), "cells": each.cells}
        for each in drafts
        if each.faults
    ]
    store.add_faults(tx.session, row.id, refused)
    _write(tx, row, placing, actor)


def _write(tx: Transaction, row: Import, placing: Placing, actor: Values) -> None:
    kind, organizations = KINDS[row.record_kind], placing.organizations
    for values in organizations.values():
        values |= {"source": "Import", "owner_id": row.staff_user_id}
    writing.create(tx, ORGANIZATION, organizations, actor)
    row.organizations_created += len(organizations)
    writing.create(tx, kind, placing.new, actor)
    versions = writing.update(tx, kind, placing.changed, actor)
    marking.created(tx, row, kind, placing.new, placing.lines)
    marking.created(tx, row, ORGANIZATION, organizations, placing.lines)
    marking.updated(tx, row, kind, placing.changed, versions, placing.lines)
    row.links += len(placing.links)
    store.add_links(tx.session, row.id, placing.links)
