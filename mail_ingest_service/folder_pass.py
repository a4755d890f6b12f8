"""One pass over one folder of an open mailbox: what is new, batch by batch, then flags and what vanished."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from chassis import DatabaseHandle, clock, crash
from contracts import MailboxSynchronized
from contracts.errors import MailboxRefused
from mail_ingest_service import ingest, store, sync
from mail_ingest_service.ahead import ahead
from mail_ingest_service.filing import Place
from mail_ingest_service.ingest import Batch, Parser
from mail_ingest_service.mailbox import Mailbox
from mail_ingest_service.raw_mail import RawMail, fetched
from mail_ingest_service.sync import Cursor, Head, Status

COMPARED_EVERY = timedelta(minutes=10)
RESYNC_SENTENCE = (
    "The server numbers the mails of a folder anew all the time (UIDVALIDITY), so reading it would never end: "
    "ask the server's administrator."
)


@dataclass(slots=True)
class Memory:
    """What this process saw of a folder in the pass before; a hint that saves work, lost at a restart without harm."""

    status: Status | None = None
    compared_at: datetime | None = None


@dataclass(slots=True)
class FolderPass:
    """A pass. ``stopping`` is asked between batches."""

    db: DatabaseHandle
    parser: Parser
    owner: str
    connection: Mailbox
    place: Place
    began: Cursor
    since: date | None
    stopping: Callable[[], bool]
    memory: Memory = field(default_factory=Memory)

    def run(self) -> int:
        """Read the folder to its end; the number of mails that came. MailboxRefused, LeaseLost."""
        status = self.connection.examine(self.place.folder)
        if status == self.memory.status and not self._comparison_due(status):
            return 0
        try:
            cursor = sync.resumed(self.began, status, now=clock.now())
        except sync.TooManyResyncs:
            raise MailboxRefused(RESYNC_SENTENCE, reason="uidvalidity") from None
        self.place = replace(self.place, uidvalidity=status.uidvalidity)
        count, cursor = self._read(cursor, status)
        if not self.stopping():
            self._finish(replace(cursor, modseq=status.modseq), status, count)
            self.memory.status = status
        return count

    def _read(self, cursor: Cursor, status: Status) -> tuple[int, Cursor]:
        count, latest = 0, cursor
        for batch in ahead(self._parsed(ahead(self._fetched(cursor, status)))):
            try:
                ingest.commit(self.db, self.place, batch, owner=self.owner)
            finally:
                batch.close()
            count, latest = count + len(batch.mails), batch.cursor
            if self.stopping():
                break
        return count, latest

    def _fetched(self, cursor: Cursor, status: Status) -> Iterator[tuple[list[RawMail], Cursor]]:
        for batch in sync.batches(self._heads(cursor, status)):
            mails = fetched(self.connection, batch)
            cursor = sync.passed(cursor, batch)
            crash.point("after_fetch")
            yield mails, cursor

    def _heads(self, cursor: Cursor, status: Status) -> Iterator[Head]:
        for low, high in sync.windows(cursor, status):
            found = self.connection.search(low, high, since=self.since)
            for group in sync.groups(sync.unread(found, cursor)):
                yield from self.connection.heads(group)

    def _parsed(self, fetching: Iterator[tuple[list[RawMail], Cursor]]) -> Iterator[Batch]:
        for mails, cursor in fetching:
            yield ingest.read(self.db, self.parser, mails, cursor, size_limit=self.place.size_limit)

    def _finish(self, cursor: Cursor, status: Status, count: int) -> None:
        flags = self._changed_flags(status)
        gone = self._vanished(status, count)
        if not (count or flags or gone or cursor != self.began):
            return
        with self.db.transaction() as tx:
            folder_id, uidvalidity = self.place.folder_id, self.place.uidvalidity
            store.hold_lease(tx.session, self.place.mailbox_id, owner=self.owner, now=clock.now())
            store.set_flags(tx.session, folder_id, uidvalidity, flags)
            store.set_vanished(tx.session, folder_id, uidvalidity, gone, now=clock.now())
            store.move_cursor(tx.session, folder_id, cursor)
            if cursor.uidvalidity != self.began.uidvalidity or cursor.resyncs:
                store.forget_old_deliveries(tx.session, folder_id, uidvalidity=uidvalidity)
            if count:
                facts: dict[str, Any] = {"folder": self.place.folder, "message_count": count}
                mailbox_id = self.place.mailbox_id
                tx.publish(MailboxSynchronized, subject=mailbox_id, mailbox_id=mailbox_id, **facts)

    def _changed_flags(self, status: Status) -> dict[int, str]:
        asked = [uid for uid in self._flags_to_ask(status) if uid <= self.began.last_uid]
        if not asked:
            return {}
        seen = {uid: flags for group in sync.groups(asked) for uid, flags in self.connection.flags(group).items()}
        return sync.changed_flags(self._held(), seen)

    def _flags_to_ask(self, status: Status) -> list[int]:
        if self.began.uidvalidity != status.uidvalidity:
            return []
        if status.modseq is not None:
            behind = self.began.modseq is not None and status.modseq > self.began.modseq
            return self.connection.changed_since(self.began.modseq or 0) if behind else []
        if not self._comparison_due(status):
            return []
        self.memory.compared_at = clock.now()
        return sorted(self._held())

    def _comparison_due(self, status: Status) -> bool:
        """Without MODSEQ all flags must be asked for, which is done now and then only."""
        last = self.memory.compared_at
        return status.modseq is None and (last is None or clock.now() - last > COMPARED_EVERY)

    def _vanished(self, status: Status, count: int) -> list[int]:
        last = self.memory.status
        if last is not None and status.exists == last.exists + count:
            return []
        ranges = sync.windows(Cursor(), status)
        present = [uid for low, high in ranges for uid in self.connection.search(low, high)]
        return sync.vanished(self._held(), present)

    def _held(self) -> dict[int, str]:
        with self.db.session() as session:
            return store.delivered_uids(session, self.place.folder_id, self.place.uidvalidity)
