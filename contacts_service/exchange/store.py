"""The queries of imports. Functions take the session first."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_many
from contacts_service.exchange.models import (
    Import,
    ImportBatch,
    ImportFault,
    ImportLink,
    ImportMark,
    ImportPiece,
    SavedMapping,
)

Values = dict[str, Any]

READING, IMPORTING, LINKING, UNDOING = WORKED_ON = ("reading", "importing", "linking", "undoing")
# Files that nobody started to import.
FILES_KEPT = timedelta(days=1)
_PARTS = (ImportPiece, ImportBatch, ImportLink, ImportFault, ImportMark)


def import_by_id(session: Session, import_id: str, *, lock: bool = False) -> Import | None:
    """An import; with ``lock`` nobody else changes it before the transaction ends."""
    return session.get(Import, import_id, with_for_update=True if lock else None)


def imports(session: Session, *, limit: int, after: str | None) -> list[Import]:
    """Up to ``limit`` imports whose files have come in, newest first; ``after`` is the last id seen."""
    found = select(Import).where(Import.state != "uploading", *([Import.id < after] if after else []))
    return list(session.scalars(found.order_by(Import.id.desc()).limit(limit)))


def put_piece(session: Session, import_id: str, position: int, content: bytes) -> None:
    """Keep a piece of a file, in the place of one that came before."""
    session.execute(_of(ImportPiece, import_id).where(ImportPiece.position == position))
    insert_many(session, ImportPiece, [{"import_id": import_id, "position": position, "content": content}])


def piece(session: Session, import_id: str, position: int) -> bytes | None:
    """A piece of a file."""
    theirs = (ImportPiece.import_id == import_id) & (ImportPiece.position == position)
    return session.scalar(select(ImportPiece.content).where(theirs))


def size_of_pieces(session: Session, import_id: str) -> tuple[int, int]:
    """How many pieces there are, and of how many bytes together."""
    theirs = select(func.count(), func.sum(func.length(ImportPiece.content))).where(ImportPiece.import_id == import_id)
    count, size = session.execute(theirs).one()
    return count, int(size or 0)


def put_batches(session: Session, import_id: str, first: int, contents: Sequence[bytes]) -> None:
    """Keep batches of rows, from a position on."""
    rows = [
        {"import_id": import_id, "position": position, "content": content}
        for position, content in enumerate(contents, start=first)
    ]
    insert_many(session, ImportBatch, rows)


def batch(session: Session, import_id: str, position: int) -> bytes | None:
    """A batch of rows; None after the last one."""
    theirs = (ImportBatch.import_id == import_id) & (ImportBatch.position == position)
    return session.scalar(select(ImportBatch.content).where(theirs))


def forget_pieces(session: Session, import_id: str, *, beyond: int = 0) -> None:
    """The file has been read, or ends before these pieces."""
    session.execute(_of(ImportPiece, import_id).where(ImportPiece.position >= beyond))


def forget_batches(session: Session, import_id: str, *, position: int | None = None) -> None:
    """A batch has been imported, or all are to be read anew."""
    every = _of(ImportBatch, import_id)
    session.execute(every if position is None else every.where(ImportBatch.position == position))


def forget_rows(session: Session, import_id: str) -> None:
    """What has not been imported yet never will be."""
    for model in (ImportPiece, ImportBatch, ImportLink):
        session.execute(_of(model, import_id))


def forget(session: Session, import_id: str) -> None:
    """The import never was."""
    for model in _PARTS:
        session.execute(_of(model, import_id))
    session.execute(delete(Import).where(Import.id == import_id))


def forget_left_over(session: Session, before: datetime) -> None:
    """Files that were never imported, after a day, and all that is kept of imports and was deleted before a moment."""
    never = (Import.created_at < clock.now() - FILES_KEPT) & Import.state.in_(("uploading", "ready"))
    old = (Import.created_at < before) & Import.state.not_in(WORKED_ON)
    for import_id in session.scalars(select(Import.id).where(never | old)).all():
        forget(session, import_id)
    session.execute(delete(SavedMapping).where(SavedMapping.deleted_at < before))


def _of(model: Any, import_id: str) -> Any:
    return delete(model).where(model.import_id == import_id)


def add_faults(session: Session, import_id: str, faults: Sequence[Values]) -> None:
    """Tell what is wrong with rows: ``{line, problems, cells}``; more of the same row is added to what is told."""
    ours = ImportFault.import_id == import_id
    told = {row.line: row for row in session.scalars(select(ImportFault).where(ours, _lines(session, faults)))}
    new: dict[int, Values] = {}
    for fault in faults:
        if known := told.get(fault["line"]):
            known.problems = [*known.problems, *fault["problems"]]
        elif earlier := new.get(fault["line"]):
            earlier["problems"] += fault["problems"]
        else:
            new[fault["line"]] = {"import_id": import_id, **fault}
    insert_many(session, ImportFault, list(new.values()))


def _lines(session: Session, faults: Sequence[Values]) -> Any:
    return among(session, ImportFault.line, [fault["line"] for fault in faults])


def add_links(session: Session, import_id: str, links: Sequence[Values]) -> None:
    """Keep whom rows name above their records: ``{line, record_id, above, skipped, cells}``."""
    insert_many(session, ImportLink, [{"import_id": import_id, **link} for link in links])


def next_links(session: Session, import_id: str, *, limit: int) -> list[ImportLink]:
    """Those that are to be set next, in the order of the rows."""
    theirs = select(ImportLink).where(ImportLink.import_id == import_id)
    return list(session.scalars(theirs.order_by(ImportLink.line).limit(limit)))


def forget_links(session: Session, import_id: str, *, until: int) -> None:
    """The links of the rows up to a line have been dealt with."""
    session.execute(_of(ImportLink, import_id).where(ImportLink.line <= until))


def faults(session: Session, import_id: str, *, after: int, limit: int) -> list[ImportFault]:
    """Up to ``limit`` rows that were not imported as they stand, after a line."""
    theirs = select(ImportFault).where(ImportFault.import_id == import_id, ImportFault.line > after)
    return list(session.scalars(theirs.order_by(ImportFault.line).limit(limit)))


def marks_of(session: Session, import_id: str, record_ids: Collection[str]) -> dict[str, ImportMark]:
    """What the import did to these records so far."""
    ours, named = ImportMark.import_id == import_id, among(session, ImportMark.record_id, record_ids)
    theirs = select(ImportMark).where(ours, named)
    return {mark.record_id: mark for mark in session.scalars(theirs)} if record_ids else {}


def add_marks(session: Session, rows: Sequence[Values]) -> None:
    """Note what an import did to records that it had not touched before."""
    insert_many(session, ImportMark, rows)


def next_marks(session: Session, import_id: str, *, limit: int) -> list[ImportMark]:
    """What is to be undone next: contacts before the organizations that they belong to."""
    theirs = select(ImportMark).where(ImportMark.import_id == import_id)
    return list(session.scalars(theirs.order_by(ImportMark.record_kind, ImportMark.record_id).limit(limit)))


def forget_marks(session: Session, import_id: str, record_ids: Collection[str]) -> None:
    """These records are done with."""
    session.execute(_of(ImportMark, import_id).where(among(session, ImportMark.record_id, record_ids)))


def look_anew(session: Session) -> None:
    """Let PostgreSQL see how what rows are looked up in has grown: it goes on reading whole what was small before."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ANALYZE (SKIP_LOCKED) addresses, match_keys"))


# Saved mappings


def mappings(session: Session, record_kind: str) -> list[SavedMapping]:
    """The saved mappings of a kind of record, by name."""
    theirs = select(SavedMapping).where(SavedMapping.record_kind == record_kind, SavedMapping.deleted_at.is_(None))
    return list(session.scalars(theirs.order_by(SavedMapping.name)))


def mapping_called(session: Session, record_kind: str, name: str) -> SavedMapping | None:
    """The saved mapping of this name, deleted or not."""
    theirs = select(SavedMapping).where(SavedMapping.record_kind == record_kind, SavedMapping.name == name)
    return session.scalar(theirs)


def pieces(session_of: Any, import_id: str) -> Iterator[bytes]:
    """The file, piece by piece, each read in a session of its own."""
    position = 0
    while True:
        with session_of() as session:
            content = piece(session, import_id, position)
        if content is None:
            return
        yield bytes(content)
        position += 1
