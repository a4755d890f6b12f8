"""Documents: files with a record. Taken in piece by piece, told and shown once they are whole, deleted and restored."""

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from datetime import timedelta
from typing import Any

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.folding import Folded
from chassis.ids import new_id
from contracts.errors import Conflict, IdempotencyConflict, Invalid, NotFound, PreconditionFailed
from contracts.fields import identity_or_none
from contracts.folding import folded
from services.history import domain, file_kinds, store, unions
from services.history.domain import Home
from services.history.models import Document, DocumentPiece, Entry

Values = dict[str, Any]

# All pieces of a file but the last are so long.
PIECE = 512 * 1024
MAX_SIZE = 25_000_000
TOO_LARGE = f"The file is larger than {MAX_SIZE:,} bytes. Make it smaller, or split it."
NOT_WHOLE = "The file did not come in whole. Send it again."
# An upload that nobody ended.
ABANDONED = timedelta(days=1)


def begin(session: Session, *, record: Values, name: str, actor: Values) -> Values:
    """A file is about to come in. What others began long ago and did not end is forgotten."""
    home = unions.present_home(session, home=domain.checked_record(record))
    now = clock.now()
    _forget(session, select(Document.id).where(Document.whole.is_(False), Document.created_at < now - ABANDONED))
    row = Document(
        id=new_id(),
        record_kind=home.kind,
        record_id=home.id,
        name=file_kinds.name_of(name),
        content_type=file_kinds.OTHER,
        size=0,
        digest="",
        whole=False,
        version=1,
        staff_user_id=actor.get("staff_user_id"),
        author_name=actor.get("name") or "",
        created_at=now,
        deleted_at=None,
        deleted_by=None,
    )
    session.add(row)
    return {"id": row.id}


def take_piece(session: Session, *, id: str, position: int, content: str) -> None:
    """A piece, counted from 0; again, it takes the place of the one before. What comes after the end is passed over."""
    row = _existing(session, id, lock=True)
    if row.whole:
        return
    try:
        piece = b64decode(content, validate=True)
    except NoBase64 as error:
        raise Invalid("A piece of a file is sent as base64.") from error
    if not 0 < len(piece) <= PIECE or not 0 <= position <= MAX_SIZE // PIECE:
        raise Invalid(TOO_LARGE, fields={"file": [TOO_LARGE]})
    session.merge(DocumentPiece(document_id=row.id, position=position, content=piece))


def discard(session: Session, *, id: str) -> None:
    """Forget the pieces of a file that will not come in whole."""
    row = _existing(session, id, lock=True)
    if not row.whole:
        session.execute(delete_rows(DocumentPiece).where(DocumentPiece.document_id == row.id))


def complete(session: Session, *, id: str, pieces: int, digest: str) -> tuple[Values, list[Values]]:
    """The file is there: the document as JSON, and the row of its entry, none if it was there already."""
    row = _existing(session, id, lock=True)
    if row.whole:
        if row.digest != digest:
            raise IdempotencyConflict("This Idempotency-Key was used before for another file. Use a new key for it.")
        return told(session, row), []
    beyond = delete_rows(DocumentPiece).where(DocumentPiece.document_id == row.id, DocumentPiece.position >= pieces)
    session.execute(beyond)
    row.size, row.digest, row.whole = _size(session, row.id, pieces, digest), digest, True
    row.content_type = file_kinds.type_of(_piece(session, row.id, 0), row.name)
    home = Home(row.record_kind, row.record_id)
    entry = {"kind": "change", "origin": domain.PERSON, "happened_at": clock.wire(row.created_at), "about_id": row.id}
    summary = {"about": "document", "author_name": row.author_name, "size": row.size, "content_type": row.content_type}
    return told(session, row), store.add_entries(
        session, entries=[{**entry, "home": home, "title": row.name, "summary": summary}]
    )


def _size(session: Session, id: str, pieces: int, digest: str) -> int:
    """The size of a file. Invalid if it is too large or empty, Conflict if something of it is missing."""
    sizes = select(DocumentPiece.position, func.length(DocumentPiece.content)).where(DocumentPiece.document_id == id)
    found = session.execute(sizes.order_by(DocumentPiece.position)).all()
    if not found:
        raise Invalid("The file is empty.", fields={"file": ["Choose one with something in it."]})
    if [position for position, _ in found] != list(range(pieces)) or any(size != PIECE for _, size in found[:-1]):
        raise Conflict(NOT_WHOLE)
    size = sum(length for _, length in found)
    if size > MAX_SIZE:
        raise Invalid(TOO_LARGE, fields={"file": [TOO_LARGE]})
    seen = hashlib.sha256()
    for position in range(pieces):
        seen.update(_piece(session, id, position))
    if seen.hexdigest() != digest:
        raise Conflict(NOT_WHOLE)
    return size


def _piece(session: Session, id: str, position: int) -> bytes:
    wanted = select(DocumentPiece.content).where(DocumentPiece.document_id == id, DocumentPiece.position == position)
    return bytes(session.scalars(wanted).one_or_none() or b"")


def read(session: Session, *, id: str) -> Values:
    """One document, without its bytes."""
    return told(session, _present(_existing(session, id)))


def content(session: Session, *, id: str, offset: int, length: int) -> Values:
    """Bytes from ``offset`` on, at most ``length`` and one piece: ``{content: base64, size, name, content_type}``."""
    row = _present(_existing(session, id))
    position, begin = divmod(max(offset, 0), PIECE)
    piece = _piece(session, row.id, position)[begin : begin + max(length, 0)]
    return {
        "content": b64encode(piece).decode(),
        "size": row.size,
        "name": row.name,
        "content_type": row.content_type,
    }


def page(
    session: Session, *, homes: list[Home], deleted: bool, limit: int | None, cursor: str | None
) -> tuple[list[Document], str | None]:
    """One page of the documents of records that are one, newest first; with ``deleted`` of the recycle bin."""
    wanted = of_records(homes, deleted=deleted)
    if cursor:
        wanted = wanted.where(Document.id < paging.last_id(cursor))
    size = paging.bounded(limit)
    rows = list(session.scalars(wanted.order_by(Document.id.desc()).limit(size + 1)))
    return paging.page(rows, size, key=lambda row: [row.id])


def of_records(homes: list[Home], *, deleted: bool) -> Any:
    """The query of the documents of records that are one."""
    theirs = or_(*((Document.record_kind == home.kind) & (Document.record_id == home.id) for home in homes))
    there = Document.deleted_at.is_not(None) if deleted else Document.deleted_at.is_(None)
    return select(Document).where(theirs, there, Document.whole.is_(True))


def recycle_bin(
    session: Session, *, query: str, limit: int | None, cursor: str | None
) -> tuple[list[Values], str | None]:
    """One page of what was deleted, of all records, what went last first; ``query``: with that in the name."""
    wanted = select(Document).where(Document.deleted_at.is_not(None), Document.whole.is_(True))
    if words := folded(query).strip():
        wanted = wanted.where(Folded(Document.name).contains(words, autoescape=True))
    if cursor:
        moment, last = paging.last_moment(cursor)
        at_once = (Document.deleted_at == moment) & (Document.id < last)
        wanted = wanted.where(or_(Document.deleted_at < moment, at_once))
    size = paging.bounded(limit)
    newest = wanted.order_by(Document.deleted_at.desc(), Document.id.desc()).limit(size + 1)
    rows, following = paging.page(
        list(session.scalars(newest)), size, key=lambda row: [clock.wire(row.deleted_at), row.id]
    )
    homes = {row.id: Home(row.record_kind, row.record_id) for row in rows}
    instead = unions.present_homes(session, homes=homes.values())
    return [told(session, row, home=instead.get(homes[row.id], homes[row.id])) for row in rows], following


def remove(session: Session, *, id: str, version: int, actor: Values) -> Values:
    """Into the recycle bin, and off the timeline."""
    row = _present(_existing(session, id, lock=True))
    if row.version != version:
        raise PreconditionFailed("The document was changed meanwhile: read it again and repeat your change.")
    row.deleted_at, row.deleted_by, row.version = clock.now(), actor.get("staff_user_id"), row.version + 1
    _show(session, row, domain.UNLINKED)
    return told(session, row)


def restore(session: Session, *, id: str) -> Values:
    """Out of the recycle bin. Conflict if it is not there."""
    row = _existing(session, id, lock=True)
    if row.deleted_at is None:
        raise Conflict("The document is not in the recycle bin.")
    row.deleted_at, row.deleted_by, row.version = None, None, row.version + 1
    _show(session, row, domain.PERSON)
    return told(session, row)


def told(session: Session, row: Document, *, home: Home | None = None) -> Values:
    """A document as callers get it, with the record where it is read: ``home``, where that is known."""
    home = home or unions.present_home(session, home=Home(row.record_kind, row.record_id))
    plain = ("id", "name", "content_type", "size", "digest", "version", "staff_user_id", "author_name", "deleted_by")
    times: Values = {"created_at": clock.wire(row.created_at)}
    times["deleted_at"] = clock.wire(row.deleted_at) if row.deleted_at else None
    return {**{name: getattr(row, name) for name in plain}, **times, "record": home.to_wire()}


def facts(document: Values) -> Values:
    """What events of a document tell."""
    named = ("record", "name", "content_type", "size", "digest")
    return {"document_id": document["id"], **{name: document[name] for name in named}}


def _show(session: Session, row: Document, origin: str) -> None:
    theirs = update(Entry).where(Entry.about_id == row.id, Entry.kind == "change")
    session.execute(theirs.values(origin=origin), execution_options={"synchronize_session": False})


def _existing(session: Session, id: Any, *, lock: bool = False) -> Document:
    known = identity_or_none(id)
    query = select(Document).where(Document.id == known)
    row = session.scalars(query.with_for_update() if lock else query).one_or_none() if known else None
    if row is None:
        raise NotFound("There is no such document.")
    return row


def _present(row: Document) -> Document:
    if row.deleted_at or not row.whole:
        raise NotFound("There is no such document any more. Look for it in the recycle bin.")
    return row


def _forget(session: Session, ids: Any) -> None:
    session.execute(delete_rows(DocumentPiece).where(DocumentPiece.document_id.in_(ids)))
    session.execute(delete_rows(Document).where(Document.id.in_(ids)))
