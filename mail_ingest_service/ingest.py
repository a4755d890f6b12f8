"""One batch of fetched mails -> one commit: rows, cursor and events together."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import structlog
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from chassis import DatabaseHandle, Transaction, clock
from chassis.engine import is_transient
from chassis.ids import new_id
from contracts import MailMessageQuarantined, MailMessageReceived
from mail_ingest_service import store
from mail_ingest_service.domain import LARGEST_SIZE_LIMIT, MEGABYTE
from mail_ingest_service.filing import Filed, Place, delivery_row, filed, quarantined_data, received_data
from mail_ingest_service.raw_mail import RawMail
from mail_ingest_service.sync import Cursor

log = structlog.stdlib.get_logger(__name__)

# What a mail can do to its own rows or event; anything else is no fault of a mail.
FAULTS_OF_A_MAIL = (DataError, IntegrityError, StatementError, ValueError, KeyError, TypeError)
UNSTORABLE = "The mail was read, but what it says could not be stored. Its bytes are kept; report it and run it again."


class Parser(Protocol):
    """What reads the bytes of mails: the pool of child processes, or in tests the parser itself."""

    def parse_many(self, mails: Sequence[tuple[str, bytes | str]]) -> list[dict[str, Any]]:
        """Findings in order, for (key, bytes or path); ``{"error": reason}`` for a mail that could not be read."""

    def parse_heads(self, beginnings: Sequence[tuple[str, bytes]]) -> list[dict[str, Any]]:
        """What the headers say, in order, for (key, the first bytes); an ``error`` as above."""


@dataclass(slots=True)
class Batch:
    """Mails of one folder, what was found in the new ones (by hash), the ids of those we had, the cursor afterwards."""

    mails: list[RawMail]
    parsed: dict[bytes, dict[str, Any]]
    known: dict[bytes, str]
    cursor: Cursor

    def close(self) -> None:
        """Remove the files behind big mails."""
        for mail in self.mails:
            mail.close()


def read(db: DatabaseHandle, parser: Parser, mails: list[RawMail], cursor: Cursor, *, size_limit: int) -> Batch:
    """Parse the mails that are not here yet, each distinct one once."""
    with db.session() as session:
        known = store.known_messages(session, [mail.sha256 for mail in mails])
    new = {mail.sha256: mail for mail in mails if mail.sha256 not in known}
    return Batch(mails, findings(parser, new, size_limit=size_limit), known, cursor)


def findings(parser: Parser, mails: dict[bytes, RawMail], *, size_limit: int) -> dict[bytes, dict[str, Any]]:
    """What the parser finds, by hash; of a mail that is too large or cannot be parsed, the headers and an ``error``."""
    fitting = [mail for mail in mails.values() if mail.size <= size_limit]
    answers = parser.parse_many([(mail.sha256.hex(), mail.source()) for mail in fitting]) if fitting else []
    found = dict(zip([mail.sha256 for mail in fitting], answers, strict=True))
    for sha256, mail in mails.items():
        if mail.size > size_limit:
            found[sha256] = {"error": too_large(mail.size, size_limit)}
    refused = [sha256 for sha256 in mails if "error" in found[sha256]]
    heads = parser.parse_heads([(sha256.hex(), mails[sha256].beginning()) for sha256 in refused])
    for sha256, head in zip(refused, heads, strict=True):
        found[sha256] = head | found[sha256]
    return found


def too_large(size: int, size_limit: int) -> str:
    """Why a mail above the limit waits; of one that no limit would let in, that it is not here as a whole."""
    if size > LARGEST_SIZE_LIMIT:
        largest = LARGEST_SIZE_LIMIT // MEGABYTE
        return f"The mail is larger than {largest} MB. Only its beginning is kept: read it on the mail server."
    return f"The mail is larger than {size_limit // MEGABYTE} MB, the mailbox's limit."


def commit(db: DatabaseHandle, place: Place, batch: Batch, *, owner: str) -> None:
    """Store a batch. A mail that spoils the transaction is found by itself and kept raw; the others are not hurt."""
    try:
        _commit(db, place, batch, owner=owner)
    except FAULTS_OF_A_MAIL as error:
        if is_transient(error):
            raise
        _commit_one_by_one(db, place, batch, owner=owner)


def _commit_one_by_one(db: DatabaseHandle, place: Place, batch: Batch, *, owner: str) -> None:
    for mail in batch.mails:
        cursor = Cursor(
            place.uidvalidity, mail.head.uid, batch.cursor.modseq, batch.cursor.resyncs, batch.cursor.resynced_at
        )
        single = Batch([mail], batch.parsed, batch.known, cursor)
        try:
            _commit(db, place, single, owner=owner)
        except FAULTS_OF_A_MAIL as error:
            if is_transient(error):
                raise
            log.error("mail kept raw", folder_id=place.folder_id, uid=mail.head.uid, error=type(error).__name__)
            _commit(db, place, Batch([mail], {mail.sha256: {"error": UNSTORABLE}}, batch.known, cursor), owner=owner)
    _commit(db, place, Batch([], {}, {}, batch.cursor), owner=owner)


def _commit(db: DatabaseHandle, place: Place, batch: Batch, *, owner: str) -> None:
    with db.transaction() as tx:
        store.hold_lease(tx.session, place.mailbox_id, owner=owner, now=clock.now())
        ids = batch.known | _add(tx, place, batch)
        store.add_deliveries(tx.session, [delivery_row(place, mail.head, ids[mail.sha256]) for mail in batch.mails])
        store.move_cursor(tx.session, place.folder_id, batch.cursor)


def _add(tx: Transaction, place: Place, batch: Batch) -> dict[bytes, str]:
    raw = {mail.sha256: mail for mail in batch.mails if mail.sha256 not in batch.known}
    mails = {sha256: _filed(place, mail, batch.parsed[sha256]) for sha256, mail in raw.items()}
    ids = store.add_messages(tx.session, [mail.row for mail in mails.values()])
    # Where another process was faster with the same mail, its row, its bytes and its event stand.
    ours = {sha256: mail for sha256, mail in mails.items() if ids[sha256] == mail.row["id"]}
    _add_bytes(tx, [(ours[sha256].row["id"], raw[sha256]) for sha256 in ours])
    _add_findings(tx, place, list(ours.values()))
    return ids


def _filed(place: Place, mail: RawMail, parsed: dict[str, Any]) -> Filed:
    received_at = mail.head.received_at
    return filed(
        place, mail_message_id=new_id(), sha256=mail.sha256, size=mail.size, received_at=received_at, parsed=parsed
    )


def _add_bytes(tx: Transaction, mails: Iterable[tuple[str, RawMail]]) -> None:
    """Bytes of small mails in one statement, of a big one piece by piece, so that memory stays bounded."""
    small: list[dict[str, Any]] = []
    for mail_message_id, mail in mails:
        for row in _chunks(mail_message_id, mail):
            if row["number"] == 0 and isinstance(mail.content, bytes):
                small.append(row)
            else:
                store.add_chunks(tx.session, [row])
    store.add_chunks(tx.session, small)


def _chunks(mail_message_id: str, mail: RawMail) -> Iterator[dict[str, Any]]:
    for number, content in enumerate(mail.chunks()):
        yield {"mail_message_id": mail_message_id, "number": number, "content": content}


def _add_findings(tx: Transaction, place: Place, mails: list[Filed]) -> None:
    store.add_attachments(tx.session, [row for mail in mails for row in mail.attachments])
    waiting = [mail for mail in mails if mail.quarantined]
    store.add_quarantined(tx.session, [_quarantine_row(place, mail) for mail in waiting])
    for mail in mails:
        publish(tx, place, mail)


def _quarantine_row(place: Place, mail: Filed) -> dict[str, Any]:
    return {
        "mail_message_id": mail.row["id"],
        "mailbox_id": place.mailbox_id,
        "reason": mail.quarantined,
        "attempts": 1,
        "quarantined_at": clock.now(),
    }


def publish(tx: Transaction, place: Place, mail: Filed) -> None:
    """Say that a mail came in, or that it waits."""
    subject = mail.row["id"]
    if mail.quarantined:
        tx.publish(MailMessageQuarantined, subject=subject, **quarantined_data(place, mail))
    else:
        tx.publish(MailMessageReceived, subject=subject, **received_data(place, mail))
