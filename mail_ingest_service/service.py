"""Entrypoints of mail_ingest: load -> decide -> store -> publish. The reading itself is done by runner.py."""

from base64 import b64encode
from typing import Any

from nameko.extensions import DependencyProvider
from sqlalchemy.orm import Session

from chassis import Database, clock, paging, rpc
from chassis.settings import load, settings
from contracts import MailboxAdded, MailboxChanged, MailboxRemoved
from contracts.errors import NotFound
from mail_ingest_service import domain, listings, mailboxes, models, quarantine, records, store
from mail_ingest_service.attachments import DecodedParts
from mail_ingest_service.connecting import Connector
from mail_ingest_service.credentials import Vault
from mail_ingest_service.hosts import Allowed
from mail_ingest_service.parse_pool import ParsePool
from mail_ingest_service.runner import Runner
from mail_ingest_service.settings import MailSettings

MAX_PIECE = store.CHUNK_BYTES


class Reading(DependencyProvider):
    """nameko's side of the runner: its connector, its children that parse, and its beginning and end."""

    def setup(self) -> None:
        """Read the settings: keys that are none stop the start."""
        mail = load(MailSettings)
        self.connector = connector_for(mail)
        self.parser = ParsePool(max(mail.mail_parsers, 1))
        self.attachments = DecodedParts(self.parser)
        self.runner: Runner | None = None
        self._reads = mail.mail_readers

    def start(self) -> None:
        """Begin to read mailboxes."""
        [database] = [each for each in self.container.dependencies if isinstance(each, Database)]
        if database.handle is None:
            raise RuntimeError("the database provider was not set up")
        self.runner = Runner(database.handle, self.connector, self.parser)
        if self._reads:
            self.parser.start()
            self.container.spawn_managed_thread(self.runner.run)

    def stop(self) -> None:
        """End after the present batches."""
        if self.runner:
            self.runner.stop()
        self._close()

    def kill(self) -> None:
        """End at once."""
        if self.runner:
            self.runner.kill()
        self._close()

    def _close(self) -> None:
        self.attachments.close()
        self.parser.close()

    def wake(self) -> None:
        """Mailboxes changed."""
        if self.runner:
            self.runner.wake()

    def get_dependency(self, worker_ctx: Any) -> "Reading":
        """Itself: the methods of the service use connector, parser and wake."""
        return self


def connector_for(mail: MailSettings) -> Connector:
    """The connector that the settings describe."""
    return Connector(
        vault=Vault.from_setting(settings().secret_keys),
        allowed=Allowed.parse(mail.mail_host_allow),
        ca=mail.mail_ca,
        trusted_authserv_ids=frozenset(mail.mail_authserv_ids.lower().replace(",", " ").split()),
        check_seconds=mail.mail_check_seconds,
    )


class MailIngestService:
    """Mailboxes, their mails, and the quarantine."""

    name = "mail_ingest"
    db = Database(models.Base)
    reading = Reading()

    def _record(self, session: Session, mailbox: models.Mailbox) -> dict[str, Any]:
        ids = self.reading.connector.authserv_ids(mailbox.provider)
        return records.mailbox_record(mailbox, store.folders_of(session, mailbox.id), ids)

    @rpc
    def mailboxes(self) -> dict[str, Any]:
        """All mailboxes, by name."""
        with self.db.session() as session:
            found = store.live_mailboxes(session)
            items = [self._record(session, mailbox) for mailbox in found]
        return {"items": items, "next": None}

    @rpc
    def mailbox(self, *, id: str) -> dict[str, Any]:
        """One mailbox. NotFound."""
        with self.db.session() as session:
            return self._record(session, store.mailbox_by_id(session, id))

    @rpc
    def check_mailbox(self, *, data: dict[str, Any]) -> dict[str, Any]:
        """Try settings out without saving: the folders, and warnings. Invalid, MailboxRefused."""
        return mailboxes.checked(self.reading.connector, domain.new_settings(data))

    @rpc
    def add_mailbox(
        self, *, data: dict[str, Any], actor: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Connect, then save. Invalid, MailboxRefused."""
        wanted = domain.new_settings(data)
        folders = mailboxes.chosen(self.reading.connector.folders(wanted), wanted["folders"])
        with self.db.transaction(once=idempotency_key, request=domain.without_secret(data)) as tx:
            if tx.answer is None:
                mailbox = mailboxes.add(tx.session, self.reading.connector.vault, wanted, folders, now=clock.now())
                tx.publish(MailboxAdded, subject=mailbox.id, mailbox=mailboxes.facts(mailbox))
                tx.answer = self._record(tx.session, mailbox)
        self.reading.wake()
        return tx.answer

    @rpc
    def update_mailbox(
        self,
        *,
        id: str,
        data: dict[str, Any],
        version: int,
        actor: dict[str, Any] | None = None,
        idempotency_key: str | None = None,
    ) -> dict[str, Any]:
        """Change settings; what touches the connection is tried first. PreconditionFailed, Invalid, MailboxRefused."""
        change = mailboxes.prepare_change(self.db, self.reading.connector, id, data)
        request = {"id": id, "version": version, "data": domain.without_secret(data)}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                mailbox = store.mailbox_to_change(tx.session, id, version=version)
                mailboxes.apply(tx.session, mailbox, change, now=clock.now())
                tx.publish(MailboxChanged, subject=id, mailbox=mailboxes.facts(mailbox))
                tx.answer = self._record(tx.session, mailbox)
        self.reading.wake()
        return tx.answer

    @rpc
    def remove_mailbox(
        self, *, id: str, actor: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Read it no longer and forget its secret; its mails stay. NotFound."""
        with self.db.transaction(once=idempotency_key, request={"id": id}) as tx:
            if tx.answer is None:
                mailboxes.remove(store.mailbox_by_id(tx.session, id), now=clock.now())
                tx.publish(MailboxRemoved, subject=id, mailbox_id=id)
                tx.answer = {"id": id}
        self.reading.wake()
        return tx.answer

    @rpc
    def synchronize(self, *, id: str) -> dict[str, Any]:
        """Look for new mail now, whichever process reads the mailbox. NotFound."""
        with self.db.transaction() as tx:
            store.mailbox_by_id(tx.session, id)
            store.want_synchronization(tx.session, id, now=clock.now())
        self.reading.wake()
        return {"id": id}

    @rpc
    def folders(self, *, mailbox_id: str) -> dict[str, Any]:
        """The folders of a mailbox with the numbers of their mails. NotFound."""
        with self.db.session() as session:
            store.mailbox_by_id(session, mailbox_id)
            counts = listings.unread_counts(session, mailbox_id)
            items = [records.folder_record(folder, counts) for folder in store.folders_of(session, mailbox_id)]
        return {"items": items, "next": None}

    @rpc
    def messages(
        self,
        *,
        mailbox_id: str | None = None,
        folder: str | None = None,
        query: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> dict[str, Any]:
        """Mails, newest first; ``query``: words that subject, sender or text hold."""
        limit, after = paging.bounded(limit), mailboxes.position(cursor)
        with self.db.session() as session:
            rows = listings.messages(
                session, mailbox_id=mailbox_id, folder=folder, query=query, after=after, limit=limit
            )
        rows, following = paging.page(list(rows), limit, key=lambda row: [clock.wire(row.received_at), row.id])
        return {"items": [records.message_summary(row) for row in rows], "next": following}

    @rpc
    def message(self, *, id: str) -> dict[str, Any]:
        """One mail with text, html (hostile, not cleaned), attachments and where it lies. NotFound."""
        with self.db.session() as session:
            mail = listings.message(session, id)
            attachments, deliveries = listings.attachments(session, id), listings.deliveries(session, id)
        html = quarantine.html_of(self.db, self.reading.parser, mail)
        return records.message_record(mail, attachments, deliveries, html=html)

    @rpc
    def raw_message(self, *, id: str, offset: int = 0, length: int = MAX_PIECE) -> dict[str, Any]:
        """A piece of the raw mail as base64; ``size`` is that of the whole. NotFound."""
        with self.db.session() as session:
            listings.message(session, id)
            size = listings.raw_size(session, id)
            content = store.raw_slice(session, id, offset=max(offset, 0), length=max(0, min(length, MAX_PIECE)))
        return {"content": b64encode(content).decode(), "offset": offset, "size": size}

    @rpc
    def attachments(self, *, mail_message_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
        """What is known of the attachments of several mails, by mail; one without any is left out."""
        found: dict[str, list[dict[str, Any]]] = {}
        with self.db.session() as session:
            for attachment in listings.attachments_of(session, mail_message_ids):
                found.setdefault(attachment.mail_message_id, []).append(records.attachment_record(attachment))
        return found

    @rpc
    def attachment(self, *, id: str, part: str, offset: int = 0, length: int = MAX_PIECE) -> dict[str, Any]:
        """A piece of an attachment as base64, read from the raw mail; ``size``: of the whole. NotFound, Conflict."""
        with self.db.session() as session:
            known = {found.part: found for found in listings.attachments(session, id)}
            if part not in known:
                raise NotFound("The mail has no such attachment.")
        wanted = {"offset": max(offset, 0), "length": max(0, min(length, MAX_PIECE))}
        content, size = self.reading.attachments.piece(self.db, id, part, **wanted)
        facts = records.attachment_record(known[part])
        return facts | {"content": b64encode(content).decode(), "offset": offset, "size": size}

    @rpc
    def quarantined(self, *, limit: int | None = None, cursor: str | None = None) -> dict[str, Any]:
        """Mails that wait in quarantine, the newest first, with the reason."""
        limit, after = paging.bounded(limit), mailboxes.position(cursor)
        with self.db.session() as session:
            rows = listings.quarantined(session, after=after, limit=limit)
        rows, following = paging.page(
            list(rows), limit, key=lambda row: [clock.wire(row[0].quarantined_at), row[0].mail_message_id]
        )
        return {"items": [records.quarantine_record(row) for row in rows], "next": following}

    @rpc
    def retry_quarantined(
        self, *, id: str, actor: dict[str, Any] | None = None, idempotency_key: str | None = None
    ) -> dict[str, Any]:
        """Parse a mail of the quarantine again, now whatever its size. Says whether it came out. NotFound."""
        parsed = quarantine.parsed_again(self.db, self.reading.parser, id)
        with self.db.transaction(once=idempotency_key, request={"id": id}) as tx:
            if tx.answer is None:
                tx.answer = quarantine.conclude(tx, self.reading.connector, id, parsed)
        return tx.answer
