"""Imports as people see them: a file comes in, is looked at, mapped, started, stopped, undone."""

from base64 import b64decode
from binascii import Error as NoBase64
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.columns import storable
from chassis.database import Transaction
from chassis.ids import new_id
from contacts_service import domain
from contacts_service.exchange import csv_writing, detection, files, mapping, saved, store
from contacts_service.exchange.models import Import
from contacts_service.exchange.targets import TARGETS, WHOLE_NAME
from contacts_service.kinds import KINDS, Kind
from contracts import ImportStarted, ImportStopped
from contracts.errors import Conflict, IdempotencyConflict, Invalid, NotFound, PreconditionFailed
from contracts.fields import identity_or_none

Values = dict[str, Any]

MAX_SIZE = 100_000_000
MAX_PIECE = 600_000
TOO_LARGE = f"The file is larger than {MAX_SIZE:,} bytes. Split it, and import one part after the other."
STOPPED = "Stopped: the rows after these were not imported."
STOPPED_LINKS = " Nobody was put below the one whom his row names above him."
STOPPED_LINKING = "Stopped: all rows were imported, but not all were put below the one whom they name above them."
UPLOADING, READY, FAILED, FINISHED, UNDONE = "uploading", "ready", "failed", "finished", "undone"
# By what a row finds the record it is about, and what then becomes of that record.
MATCH_BY = ("number", "address", "phone", "name")
ON_MATCH = ("skip", "overwrite", "merge")
COUNTS = (
    *("done", "created", "updated", "skipped", "refused", "organizations_created", "links", "links_done", "unlinked"),
    *("undone", "kept"),
)
_SHOWN = (
    *("id", "record_kind", "file_name", "size", "state", "format", "columns", "mapping", "match_by", "on_match"),
    *("create_organizations", "rows", *COUNTS, "problem", "staff_user_id", "staff_name", "version"),
)
_TOLD = ("done", "created", "updated", "skipped", "refused", "links", "links_done", "unlinked")
_MOMENTS = ("created_at", "started_at", "finished_at", "undone_at")


def kind_called(name: Any) -> Kind:
    """The kind of record. Invalid."""
    if name not in KINDS:
        raise Invalid("There is no such kind of record.", fields={"record_kind": [f"Name one: {', '.join(KINDS)}."]})
    return KINDS[name]


def existing(session: Session, import_id: Any, *, lock: bool = False) -> Import:
    """An import. NotFound."""
    identity = identity_or_none(import_id)
    row = store.import_by_id(session, identity, lock=lock) if identity else None
    if row is None:
        raise NotFound("There is no such import. It may have been taken back, or is of long ago.")
    return row


def begin(tx: Transaction, record_kind: str, file_name: str, actor: Values | None) -> Values:
    """A file is about to come in."""
    kind, who = kind_called(record_kind), actor or {}
    row = Import(
        id=new_id(),
        record_kind=kind.name,
        file_name=storable(file_name, length=255),
        size=0,
        digest="",
        state=UPLOADING,
        format={},
        columns=[],
        mapping=[],
        match_by=["address", "name"],
        on_match="skip",
        create_organizations=True,
        position=0,
        staff_user_id=who.get("staff_user_id"),
        staff_name=who.get("name"),
        version=1,
        created_at=clock.now(),
        **dict.fromkeys(COUNTS, 0),
    )
    tx.session.add(row)
    tx.session.flush()
    return {"id": row.id}


def take_piece(tx: Transaction, import_id: str, position: int, content: str) -> Values:
    """A piece of the file. Invalid for one that is too large; what comes after the end is passed over."""
    row = existing(tx.session, import_id, lock=True)
    if row.state == UPLOADING:
        try:
            piece = b64decode(content, validate=True)
        except NoBase64 as error:
            raise Invalid("A piece of a file is sent as base64.") from error
        if len(piece) > MAX_PIECE or not 0 <= position <= MAX_SIZE // len(piece or b"1"):
            raise Invalid(TOO_LARGE, fields={"file": [TOO_LARGE]})
        store.put_piece(tx.session, row.id, position, piece)
    return {"id": row.id}


def complete(tx: Transaction, import_id: str, count: int, digest: str) -> Values:
    """The whole file is there: find out what it is. Invalid, with what to do, for what cannot be imported."""
    row = existing(tx.session, import_id, lock=True)
    if row.state != UPLOADING:
        if row.digest != digest:
            raise IdempotencyConflict("This Idempotency-Key was used before for another file. Use a new key for it.")
        return shown(tx.session, row)
    store.forget_pieces(tx.session, row.id, beyond=count)
    pieces, size = store.size_of_pieces(tx.session, row.id)
    if size > MAX_SIZE:
        raise Invalid(TOO_LARGE, fields={"file": [TOO_LARGE]})
    if pieces != count:
        raise Conflict("The file did not come in whole. Send it again.")
    first = store.piece(tx.session, row.id, 0) or b""
    row.format = detection.detected(row.record_kind, first, _first_foreign(tx.session, row.id, pieces))
    row.size, row.digest, row.state = size, digest, READY
    _look(row, first)
    saved.propose(tx.session, row)
    return shown(tx.session, row)


def _first_foreign(session: Session, import_id: str, pieces: int) -> bytes:
    """Some bytes from the first one on that is not ASCII."""
    for position in range(pieces):
        content = store.piece(session, import_id, position) or b""
        if not content.isascii():
            begin = next(place for place, byte in enumerate(content) if byte > 0x7F)
            return content[begin : begin + detection.LOOKED_AT]
    return b""


def _look(row: Import, first: bytes) -> None:
    """Name the columns anew, and what they probably are."""
    row.columns = files.columns(row.record_kind, row.format, first)
    whole = row.size <= len(first)
    row.mapping = files.proposed_mapping(row.record_kind, row.format, row.columns, first, whole=whole)


def change(tx: Transaction, import_id: str, data: Values, version: int) -> Values:
    """How the file is read and what becomes of its rows, as long as it has not been started. Invalid."""
    row = existing(tx.session, import_id, lock=True)
    if row.state != READY:
        raise Conflict("The import has been started: it cannot be changed any more.")
    if row.version != version:
        raise PreconditionFailed("The import was changed meanwhile: read it again and repeat your change.")
    if "format" in data:
        row.format = {**row.format, **data["format"]}
        _look(row, store.piece(tx.session, row.id, 0) or b"")
    if data.get("saved_mapping_id"):
        saved.apply(row, saved.existing(tx.session, data["saved_mapping_id"]))
    if "mapping" in data:
        row.mapping = mapping.checked(TARGETS[row.record_kind], row.columns, data["mapping"])
    for name in ("match_by", "on_match", "create_organizations"):
        if name in data:
            setattr(row, name, data[name])
    row.version += 1
    return shown(tx.session, row)


def start(tx: Transaction, import_id: str) -> Values:
    """Let it be imported. Invalid where no column holds the names; once started it stays started."""
    row = existing(tx.session, import_id, lock=True)
    if row.state != READY:
        if row.state == UPLOADING:
            raise Conflict("The file has not come in whole yet.")
        return shown(tx.session, row)
    names = {mapping.REQUIRED[row.record_kind], WHOLE_NAME}
    if not names & set(row.mapping):
        fault = "Say which column holds the name: without it no record can be made."
        raise Invalid("The import cannot be started.", fields={"mapping": [fault]})
    row.state, row.started_at, row.position = store.READING, clock.now(), 0
    row.version += 1
    tx.publish(ImportStarted, subject=row.id, **facts(row))
    return shown(tx.session, row)


def stop(tx: Transaction, import_id: str) -> Values:
    """Import no more of it; what came in stays, and can be undone."""
    row = existing(tx.session, import_id, lock=True)
    if row.state in (store.READING, store.IMPORTING, store.LINKING):
        row.problem = STOPPED_LINKING if row.state == store.LINKING else STOPPED + STOPPED_LINKS * bool(row.links)
        store.forget_rows(tx.session, row.id)
        row.state, row.finished_at, row.worker = FINISHED, clock.now(), None
        row.version += 1
        tx.publish(ImportStopped, subject=row.id, **facts(row))
    return shown(tx.session, row)


def undo(tx: Transaction, import_id: str) -> Values:
    """Take back what it did. Conflict before it has ended; once is enough."""
    row = existing(tx.session, import_id, lock=True)
    if row.state in (store.UNDOING, UNDONE):
        return shown(tx.session, row)
    if row.state != FINISHED:
        raise Conflict("Only an import that has finished can be undone.")
    row.state, row.worker = store.UNDOING, None
    row.version += 1
    return shown(tx.session, row)


def discard(tx: Transaction, import_id: str) -> Values:
    """Forget a file that was not imported. Conflict for one that was: that can be undone."""
    row = existing(tx.session, import_id, lock=True)
    if row.state not in (UPLOADING, READY, FAILED):
        raise Conflict("This file has been imported. Undo the import instead.")
    store.forget(tx.session, row.id)
    return {"id": row.id, "deleted": True}


def page(session: Session, limit: int | None, cursor: str | None) -> Values:
    """The imports, newest first."""
    wanted, after = paging.bounded(limit), cursor and paging.last_id(cursor)
    rows = store.imports(session, limit=wanted + 1, after=after)
    some, following = paging.page(rows, wanted, key=lambda row: [row.id])
    return {"items": [record(row) for row in some], "next": following}


def report(session: Session, import_id: str, after: int, limit: int) -> Values:
    """Rows that were not imported, and why, as CSV: correct them and import that file. ``next``: for the next part."""
    row = existing(session, import_id)
    found = store.faults(session, row.id, after=after, limit=limit)
    width = len(row.columns)
    begin = [csv_writing.line([*row.columns, "Line", "Problem"])] if after < 0 else []
    lines = [
        csv_writing.line([*each.cells, *[""] * (width - len(each.cells)), str(each.line), " ".join(each.problems)])
        for each in found
    ]
    return {"text": "".join([*begin, *lines]), "next": found[-1].line if len(found) == limit else None}


def record(row: Import) -> Values:
    """An import as callers get it."""
    moments = {name: clock.wire(value) if (value := getattr(row, name)) else None for name in _MOMENTS}
    return {**{name: getattr(row, name) for name in _SHOWN}, **moments}


def facts(row: Import) -> Values:
    """What events tell of it."""
    counts = {name: getattr(row, name) for name in _TOLD}
    return {"import_id": row.id, "record_kind": row.record_kind, "rows": row.rows, **counts}


def shown(session: Session, row: Import) -> Values:
    """An import with its first rows, as long as it has not been started."""
    session.flush()
    preview = _preview(session, row) if row.state == READY else {"rows": [], "problem": None}
    return {**record(row), "preview": preview}


def _preview(session: Session, row: Import) -> Values:
    kind = KINDS[row.record_kind]
    first = store.piece(session, row.id, 0) or b""
    found, problem = files.preview(row.record_kind, row.format, first, whole=row.size <= len(first))
    drafts = [mapping.draft(kind.name, kind.fields, row.mapping, each.line, each.cells) for each in found]
    rows = [
        {
            "line": each.line,
            "cells": each.cells,
            "values": {**domain.wire_values(each.values), **each.references},
            "problems": mapping.told(each.faults, row.columns, row.mapping),
        }
        for each in drafts
    ]
    return {"rows": rows, "problem": problem}


def targets(record_kind: str) -> Values:
    """What columns may be mapped to: name, and what it is called in English and Japanese."""
    found = TARGETS[kind_called(record_kind).name].values()
    items = [{"name": each.name, "label": each.label("en"), "label_ja": each.label("ja")} for each in found]
    return {"items": items, "next": None}
