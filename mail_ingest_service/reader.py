"""Reads one mailbox, pass after pass, and says when it cannot."""

import random
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from eventlet.queue import Empty, LightQueue

from chassis import DatabaseHandle, Transaction, clock
from chassis.engine import is_transient
from contracts import MailboxFailed, MailboxRecovered
from contracts.errors import MusubiError, NotFound
from mail_ingest_service import store, sync
from mail_ingest_service.connecting import Connector
from mail_ingest_service.filing import Place
from mail_ingest_service.folder_pass import FolderPass, Memory
from mail_ingest_service.ingest import Parser
from mail_ingest_service.mailbox import Mailbox
from mail_ingest_service.models import Folder
from mail_ingest_service.models import Mailbox as MailboxRow
from mail_ingest_service.sync import Cursor

log = structlog.stdlib.get_logger(__name__)

PASSING = ("timeout", "connection_lost", "busy", "server_error", "host_refused", "host_unknown")
PATIENCE = 3
SEEN_EVERY = timedelta(seconds=60)
POLLED_WITHOUT_IDLE = "1"
UNEXPECTED = (
    "Something that we did not foresee keeps this mailbox from being read; it is tried again. "
    "Please report it: the log of mail_ingest tells what it is."
)


@dataclass(frozen=True, slots=True)
class Work:
    """A mailbox as it is when a pass begins: its row and its folders with their cursors, the inbox first."""

    mailbox: MailboxRow
    folders: list[tuple[Place, Cursor]]


class Reader:
    """Reads one mailbox for as long as its lease is held."""

    def __init__(
        self, db: DatabaseHandle, connector: Connector, parser: Parser, *, mailbox_id: str, owner: str
    ) -> None:
        """``owner`` names the holder of the lease."""
        self.mailbox_id = mailbox_id
        self.version = 0
        self._db = db
        self._connector = connector
        self._parser = parser
        self._owner = owner
        self._wishes: LightQueue = LightQueue()
        self._memories: dict[str, Memory] = {}
        self._failures = 0
        self.stopping = False

    def wake(self) -> None:
        """Look again now: the settings changed, or a person asks."""
        if self._wishes.empty():
            self._wishes.put(True)

    def stop(self) -> None:
        """End after the present batch."""
        self.stopping = True
        self.wake()

    def run(self) -> None:
        """Pass after pass, until stopped, removed or without lease."""
        while not self.stopping:
            try:
                pause = self.once()
            except (NotFound, store.LeaseLost):
                return
            except Exception as error:
                pause = self._after(error)
            if not self.stopping:
                self._wait(pause)

    def once(self) -> float | None:
        """One pass, with push as long as the connection holds; seconds until the next one."""
        work = self._load()
        with self._connector.open(work.mailbox) as connection:
            self._read(work, connection)
            pushing = work.mailbox.refresh == "push" and connection.offers("IDLE")
            while pushing and not self.stopping:
                if not self._listen(work, connection):
                    return 0
                work = self._load()
                self._read(work, connection)
        without_idle = work.mailbox.refresh == "push" and not pushing
        return sync.pause(0, POLLED_WITHOUT_IDLE if without_idle else work.mailbox.refresh, jitter=0)

    def _load(self) -> Work:
        with self._db.session() as session:
            mailbox = store.mailbox_by_id(session, self.mailbox_id)
            folders = [folder for folder in store.folders_of(session, self.mailbox_id) if folder.watched]
        folders.sort(key=lambda folder: (folder.role != "inbox", folder.name))
        self.version = mailbox.version
        ids = self._connector.authserv_ids(mailbox.provider)
        return Work(mailbox, [(place_of(mailbox, folder, ids), store.cursor_of(folder)) for folder in folders])

    def _read(self, work: Work, connection: Mailbox) -> None:
        for place, cursor in work.folders:
            FolderPass(
                db=self._db,
                parser=self._parser,
                owner=self._owner,
                connection=connection,
                place=place,
                began=cursor,
                since=work.mailbox.first_sync_from,
                stopping=lambda: self.stopping,
                memory=self._memories.setdefault(place.folder_id, Memory()),
            ).run()
        self._note_success(work.mailbox)

    def _listen(self, work: Work, connection: Mailbox) -> bool:
        """Wait for news of the first folder; False when the settings changed, so that all must begin anew."""
        place = work.folders[0][0]
        if connection.examine(place.folder) != self._memories[place.folder_id].status:
            # It came since the folder was read; the server has just told it, and would not tell it again in IDLE.
            return True
        seconds = min(sync.PUSH_FALLBACK, sync.IDLE_REISSUE)
        connection.listen(wake=lambda: not self._wishes.empty(), seconds=seconds)
        if self._wishes.empty():
            return True
        self._wishes.get()
        with self._db.session() as session:
            return store.mailbox_by_id(session, self.mailbox_id).version == work.mailbox.version

    def _wait(self, seconds: float | None) -> None:
        try:
            self._wishes.get(timeout=seconds)
        except Empty:
            return

    def _note_success(self, mailbox: MailboxRow) -> None:
        self._failures = 0
        seen = mailbox.synchronized_at
        if not mailbox.problem_code and seen and clock.now() - seen < SEEN_EVERY:
            return
        with self._db.transaction() as tx:
            healthy = {"problem_code": None, "problem": None, "synchronized_at": clock.now()}
            store.set_health(tx.session, self.mailbox_id, **healthy)
            if mailbox.problem_code:
                tx.publish(MailboxRecovered, subject=self.mailbox_id, mailbox_id=self.mailbox_id)

    def _after(self, error: Exception) -> float | None:
        """Note what went wrong, at once where it will not pass by itself; seconds until the next try.

        A database that is away is no problem of the mailbox, and could not be noted either.
        """
        self._failures += 1
        self._memories.clear()
        code = reason_of(error)
        lasting = isinstance(error, MusubiError) and code not in PASSING
        known = isinstance(error, MusubiError) or is_transient(error)
        log.warning(
            "mailbox not read", mailbox_id=self.mailbox_id, reason=code, failures=self._failures, exc_info=not known
        )
        if lasting or (self._failures >= PATIENCE and not is_transient(error)):
            self._note_failure(*problem_of(error))
        return sync.pause(self._failures, "none", jitter=random.random(), refused=lasting)  # noqa: S311  # no secret

    def _note_failure(self, code: str, problem: str) -> None:
        try:
            with self._db.transaction() as tx:
                self._announce(tx, code, problem)
        except Exception as error:
            log.warning("problem not noted", mailbox_id=self.mailbox_id, error=type(error).__name__)

    def _announce(self, tx: Transaction, code: str, problem: str) -> None:
        mailbox = store.mailbox_by_id(tx.session, self.mailbox_id)
        if not mailbox.problem_code:
            data: dict[str, Any] = {"mailbox_id": self.mailbox_id, "code": code[:50], "problem": problem[:500]}
            tx.publish(MailboxFailed, subject=self.mailbox_id, **data)
        store.set_health(tx.session, self.mailbox_id, problem_code=code[:50], problem=problem[:500])


def reason_of(error: Exception) -> str:
    """A stable word for what went wrong."""
    if isinstance(error, MusubiError):
        return str(error.extra.get("reason") or error.code)
    return "database" if is_transient(error) else type(error).__name__


def problem_of(error: Exception) -> tuple[str, str]:
    """(code, sentence) of the problem as a person reads it."""
    return (reason_of(error), error.message) if isinstance(error, MusubiError) else ("unexpected", UNEXPECTED)


def place_of(mailbox: MailboxRow, folder: Folder, authserv_ids: frozenset[str]) -> Place:
    """What a mail's rows and event say about where it came from."""
    return Place(
        mailbox_id=mailbox.id,
        mailbox_name=mailbox.name,
        purpose=mailbox.purpose,
        policy=mailbox.policy,
        address=mailbox.address,
        folder_id=folder.id,
        folder=folder.name,
        role=folder.role,
        uidvalidity=folder.uidvalidity or 0,
        size_limit=mailbox.size_limit,
        authserv_ids=authserv_ids,
    )
