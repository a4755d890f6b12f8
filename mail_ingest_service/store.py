"""The queries of the mail road: mailboxes, leases, folders, and the rows of a batch. Lists for people: listings.py."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from chassis.bulk import among, insert_ignore
from contracts.errors import NotFound, PreconditionFailed
from mail_ingest_service.models import (
    Attachment,
    Delivery,
    Folder,
    Lease,
    Mailbox,
    MailMessage,
    Quarantine,
    RawChunk,
)
from mail_ingest_service.sync import Cursor

LEASE_TIME = timedelta(seconds=20)
CHUNK_BYTES = 1024 * 1024

MESSAGES = MailMessage.__table__
DELIVERIES = Delivery.__table__


class LeaseLost(Exception):
    """Another process reads the mailbox now: roll back and leave it alone."""


# Mailboxes


def mailbox_by_id(session: Session, mailbox_id: str) -> Mailbox:
    """The mailbox. NotFound if there is none or it was removed."""
    mailbox = session.get(Mailbox, mailbox_id)
    if mailbox is None or mailbox.removed_at is not None:
        raise NotFound("There is no such mailbox: it may have been removed.")
    return mailbox


def mailbox_to_change(session: Session, mailbox_id: str, *, version: int) -> Mailbox:
    """The mailbox, locked. PreconditionFailed if it was changed since ``version``."""
    mailbox = session.get(Mailbox, mailbox_id, with_for_update=True)
    if mailbox is None or mailbox.removed_at is not None:
        raise NotFound("There is no such mailbox: it may have been removed.")
    if mailbox.version != version:
        raise PreconditionFailed("The mailbox was changed meanwhile: read it again.", version=mailbox.version)
    return mailbox


def live_mailboxes(session: Session) -> list[Mailbox]:
    """All mailboxes that were not removed, by name."""
    return list(session.scalars(select(Mailbox).where(Mailbox.removed_at.is_(None)).order_by(Mailbox.name, Mailbox.id)))


def add_folders(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add folders that are not there yet; what is there keeps its cursor."""
    insert_ignore(session, Folder.__table__, rows)


def folders_of(session: Session, mailbox_id: str) -> list[Folder]:
    """All folders of a mailbox, by name."""
    return list(session.scalars(select(Folder).where(Folder.mailbox_id == mailbox_id).order_by(Folder.name)))


def want_synchronization(session: Session, mailbox_id: str, *, now: datetime) -> None:
    """Note the wish, for the replica that reads the mailbox may be another one."""
    session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(wanted_at=now))


def set_health(session: Session, mailbox_id: str, **values: Any) -> None:
    """Note how the last pass went; the version of the settings stays."""
    session.execute(update(Mailbox).where(Mailbox.id == mailbox_id).values(**values))


# Leases


@dataclass(frozen=True, slots=True)
class Overview:
    """What the runner asks of a mailbox again and again; ``owner`` and ``expires_at`` of its lease, if it has one."""

    id: str
    version: int
    wanted_at: datetime | None
    owner: str | None
    expires_at: datetime | None


def overview(session: Session) -> list[Overview]:
    """All mailboxes that are to be read, with their leases."""
    columns = (Mailbox.id, Mailbox.version, Mailbox.wanted_at, Lease.owner, Lease.expires_at)
    statement = select(*columns).outerjoin(Lease, Lease.mailbox_id == Mailbox.id).where(Mailbox.removed_at.is_(None))
    return [Overview(*row) for row in session.execute(statement)]


def take_lease(session: Session, mailbox_id: str, *, owner: str, now: datetime, gone: str | None = None) -> bool:
    """Take, keep or take over the lease of a mailbox; False while another holds it.

    Taken over is a lease that has expired, or that of the owner ``gone``, which is known to be no more.
    """
    expires_at = now + LEASE_TIME
    insert_ignore(session, Lease.__table__, [{"mailbox_id": mailbox_id, "owner": owner, "expires_at": expires_at}])
    mine_or_free = (Lease.owner == owner) | (Lease.owner == gone) | (Lease.expires_at < now)
    statement = update(Lease).where(Lease.mailbox_id == mailbox_id, mine_or_free)
    taken = statement.values(owner=owner, expires_at=expires_at).returning(Lease.mailbox_id)
    return session.scalar(taken) is not None


def hold_lease(session: Session, mailbox_id: str, *, owner: str, now: datetime) -> None:
    """Renew the lease in the transaction that writes (a fence: LeaseLost keeps a late writer out)."""
    statement = update(Lease).where(Lease.mailbox_id == mailbox_id, Lease.owner == owner)
    held = statement.values(expires_at=now + LEASE_TIME).returning(Lease.mailbox_id)
    if session.scalar(held) is None:
        raise LeaseLost


def release_leases(session: Session, *, owner: str, mailbox_id: str | None = None) -> None:
    """Give leases back, so that another process need not wait until they expire."""
    statement = delete(Lease).where(Lease.owner == owner)
    session.execute(statement if mailbox_id is None else statement.where(Lease.mailbox_id == mailbox_id))


# Cursors


def cursor_of(folder: Folder) -> Cursor:
    """How far the folder was read."""
    return Cursor(folder.uidvalidity, folder.last_uid, folder.modseq, folder.resyncs, folder.resynced_at)


def move_cursor(session: Session, folder_id: str, cursor: Cursor) -> None:
    """Save the cursor; belongs into the transaction of the rows it has passed."""
    session.execute(
        update(Folder.__table__)
        .where(Folder.id == folder_id)
        .values(
            uidvalidity=cursor.uidvalidity,
            last_uid=cursor.last_uid,
            modseq=cursor.modseq,
            resyncs=cursor.resyncs,
            resynced_at=cursor.resynced_at,
        )
    )


# The rows of a batch


def known_messages(session: Session, hashes: Collection[bytes]) -> dict[bytes, str]:
    """Ids of the mails that are here already, by SHA-256."""
    if not hashes:
        return {}
    found = session.execute(select(MESSAGES.c.sha256, MESSAGES.c.id).where(among(session, MESSAGES.c.sha256, hashes)))
    return {bytes(sha256): mail_message_id for sha256, mail_message_id in found}


def add_messages(session: Session, rows: Sequence[dict[str, Any]]) -> dict[bytes, str]:
    """Add mails; the ids of all of them by SHA-256, which differ from those given where another was faster.

    In the order of their hashes, so that two processes that bring the same mails do not lock one another out.
    """
    rows = sorted(rows, key=lambda row: row["sha256"])
    added = set(insert_ignore(session, MESSAGES, rows, returning=MESSAGES.c.id))
    ids = {row["sha256"]: row["id"] for row in rows if row["id"] in added}
    return ids | known_messages(session, [row["sha256"] for row in rows if row["sha256"] not in ids])


def add_chunks(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add pieces of raw mails."""
    insert_ignore(session, RawChunk.__table__, rows)


def add_attachments(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add what is known of attachments."""
    insert_ignore(session, Attachment.__table__, rows)


def add_deliveries(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add deliveries; the one that is there stays."""
    insert_ignore(session, DELIVERIES, rows)


def add_quarantined(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Put mails into quarantine."""
    insert_ignore(session, Quarantine.__table__, rows)


# Flags and what vanished


def delivered_uids(session: Session, folder_id: str, uidvalidity: int) -> dict[int, str]:
    """Flags by UID of the mails that lie in a folder, as far as we know."""
    here = (Delivery.folder_id == folder_id, Delivery.uidvalidity == uidvalidity, Delivery.vanished_at.is_(None))
    found = session.execute(select(Delivery.uid, Delivery.flags).where(*here))
    return {row.uid: row.flags for row in found}


def set_flags(session: Session, folder_id: str, uidvalidity: int, flags: dict[int, str]) -> None:
    """Note changed flags."""
    statement = (
        update(DELIVERIES)
        .where(DELIVERIES.c.folder_id == folder_id, DELIVERIES.c.uidvalidity == uidvalidity)
        .where(DELIVERIES.c.uid == bindparam("b_uid"))
        .values(flags=bindparam("b_flags"))
    )
    if flags:
        session.execute(statement, [{"b_uid": uid, "b_flags": text[:1_000]} for uid, text in flags.items()])


def set_vanished(session: Session, folder_id: str, uidvalidity: int, uids: Sequence[int], *, now: datetime) -> None:
    """Note that mails are gone from a folder; the mails themselves stay."""
    here = (Delivery.folder_id == folder_id, Delivery.uidvalidity == uidvalidity, among(session, Delivery.uid, uids))
    session.execute(update(Delivery).where(*here).values(vanished_at=now))


def forget_old_deliveries(session: Session, folder_id: str, *, uidvalidity: int) -> None:
    """Once a folder was read again under a new UIDVALIDITY, the UIDs of the old one mean nothing."""
    session.execute(delete(Delivery).where(Delivery.folder_id == folder_id, Delivery.uidvalidity != uidvalidity))


# Raw bytes


def raw_pieces(session: Session, mail_message_id: str) -> Iterator[bytes]:
    """The bytes of a mail, one piece at a time."""
    number = 0
    while (piece := raw_piece(session, mail_message_id, number)) is not None:
        yield piece
        number += 1


def raw_piece(session: Session, mail_message_id: str, number: int) -> bytes | None:
    """One piece; all but the last are CHUNK_BYTES long."""
    content = session.scalar(
        select(RawChunk.content).where(RawChunk.mail_message_id == mail_message_id, RawChunk.number == number)
    )
    return None if content is None else bytes(content)


def raw_slice(session: Session, mail_message_id: str, *, offset: int, length: int) -> bytes:
    """At most ``length`` bytes from ``offset`` on."""
    number, skip = divmod(offset, CHUNK_BYTES)
    found = b""
    while len(found) < skip + length and (piece := raw_piece(session, mail_message_id, number)) is not None:
        found += piece
        number += 1
    return found[skip : skip + length]
