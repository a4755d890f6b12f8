"""The entrypoints of documents. Part of ``service.py``."""

from typing import Any

from chassis import paging, rpc
from contracts import DocumentAdded, DocumentRemoved, DocumentRestored
from services.history import documents, domain, telling, unions

Json = dict[str, Any]


class DocumentCalls:
    """Files with a record."""

    db: Any

    @rpc
    def begin_document(
        self, *, record: Json, name: str, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """A file is about to come in: its id."""
        with self.db.transaction(once=idempotency_key, request={"record": record, "name": name}) as tx:
            if tx.answer is None:
                tx.answer = documents.begin(tx.session, record=record, name=name, actor=actor or {})
        return dict(tx.answer)

    @rpc
    def take_document_piece(self, *, id: str, position: int, content: str) -> None:
        """A piece of the file, as base64, counted from 0; each but the last of ``documents.PIECE`` bytes."""
        with self.db.transaction() as tx:
            documents.take_piece(tx.session, id=id, position=position, content=content)

    @rpc
    def discard_document(self, *, id: str) -> None:
        """The file will not come in whole."""
        with self.db.transaction() as tx:
            documents.discard(tx.session, id=id)

    @rpc
    def complete_document(self, *, id: str, pieces: int, digest: str) -> Json:
        """The file is there: the document. Conflict if something of it is missing."""
        with self.db.transaction() as tx:
            document, added = documents.complete(tx.session, id=id, pieces=pieces, digest=digest)
            if added:
                tx.publish(DocumentAdded, subject=document["id"], **documents.facts(document))
                telling.tell(tx, added)
        return document

    @rpc
    def document(self, *, id: str) -> Json:
        """One document, without its bytes. NotFound."""
        with self.db.session() as session:
            return documents.read(session, id=id)

    @rpc
    def document_content(self, *, id: str, offset: int, length: int) -> Json:
        """Bytes of a document: ``{content: base64, size, name, content_type}``."""
        with self.db.session() as session:
            return documents.content(session, id=id, offset=offset, length=length)

    @rpc
    def documents(
        self,
        *,
        kind: str,
        id: str,
        deleted: bool = False,
        counted: bool = False,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """A page of a record's documents, newest first; with ``deleted`` those in the recycle bin.

        ``counted``: with ``count`` and ``exact``.
        """
        home = domain.checked_record({"kind": kind, "id": id})
        with self.db.session() as session:
            present = unions.present_home(session, home=home)
            homes = unions.members(session, home=present)
            asked: Json = {"deleted": deleted, "limit": limit, "cursor": cursor}
            rows, following = documents.page(session, homes=list(homes), **asked)
            found = {"items": [documents.told(session, row, home=present) for row in rows], "next": following}
            wanted = documents.of_records(list(homes), deleted=deleted)
            return {**found, **paging.counted(session, wanted)} if counted else found

    @rpc
    def deleted_documents(self, *, query: str = "", limit: int | None = None, cursor: str | None = None) -> Json:
        """A page of the recycle bin, what was deleted last first; ``query``: what has that in its name."""
        with self.db.session() as session:
            items, following = documents.recycle_bin(session, query=query, limit=limit, cursor=cursor)
            return {"items": items, "next": following}

    @rpc
    def delete_document(
        self, *, id: str, version: int, actor: Json | None = None, idempotency_key: str | None = None
    ) -> Json:
        """A document goes into the recycle bin. PreconditionFailed for an old ``version``."""
        with self.db.transaction(once=idempotency_key, request={"delete": id, "version": version}) as tx:
            if tx.answer is None:
                tx.answer = documents.remove(tx.session, id=id, version=version, actor=actor or {})
                tx.publish(DocumentRemoved, subject=id, **documents.facts(tx.answer))
        return dict(tx.answer)

    @rpc
    def restore_document(self, *, id: str, actor: Json | None = None, idempotency_key: str | None = None) -> Json:
        """A document comes back from the recycle bin. Conflict if it is not there."""
        with self.db.transaction(once=idempotency_key, request={"restore": id}) as tx:
            if tx.answer is None:
                tx.answer = documents.restore(tx.session, id=id)
                tx.publish(DocumentRestored, subject=id, **documents.facts(tx.answer))
        return dict(tx.answer)
