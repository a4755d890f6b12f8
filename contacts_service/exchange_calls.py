"""The entrypoints of imports and exports. Part of ``service.py``."""

from typing import Any

from chassis import rpc
from contacts_service.exchange import exporting, imports, saved
from contracts.errors import Invalid

Values = dict[str, Any]


class ExchangeCalls:
    """Files of contacts and organizations, in and out."""

    db: Any
    jobs: Any

    @rpc
    def begin_import(
        self, *, record_kind: str, file_name: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """A file is about to come in: its id."""
        request = {"import": record_kind, "file_name": file_name}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = imports.begin(tx, record_kind, file_name, actor)
        return dict(tx.answer)

    @rpc
    def take_import_piece(self, *, id: str, position: int, content: str) -> Values:
        """A piece of the file, as base64, counted from 0. Again, it takes the place of the one before."""
        with self.db.transaction() as tx:
            return imports.take_piece(tx, id, position, content)

    @rpc
    def complete_import(self, *, id: str, pieces: int, digest: str) -> Values:
        """The file is there: what it is, its first rows, what its columns probably are. Invalid: it is forgotten."""
        try:
            with self.db.transaction() as tx:
                return imports.complete(tx, id, pieces, digest)
        except Invalid:
            self._discard(id)
            raise

    @rpc
    def import_(self, *, id: str) -> Values:
        """One import, with its first rows as long as it has not been started."""
        with self.db.session() as session:
            return imports.shown(session, imports.existing(session, id))

    @rpc
    def imports(self, *, limit: int | None = None, cursor: str | None = None) -> Values:
        """Imports, newest first."""
        with self.db.session() as session:
            return imports.page(session, limit, cursor)

    @rpc
    def update_import(
        self,
        *,
        id: str,
        data: Values,
        version: int,
        actor: Values | None = None,
        idempotency_key: str | None = None,
    ) -> Values:
        """How a file is read and what becomes of its rows. Conflict once it was started."""
        request = {"update": "import", "id": id, "data": data, "version": version}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = imports.change(tx, id, data, version)
        return dict(tx.answer)

    @rpc
    def start_import(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Let a file be imported."""
        return self._step("start", id, idempotency_key)

    @rpc
    def stop_import(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Import no more rows of a file."""
        return self._step("stop", id, idempotency_key)

    @rpc
    def undo_import(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Take back what an import did."""
        return self._step("undo", id, idempotency_key)

    @rpc
    def discard_import(self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None) -> Values:
        """Forget a file that was not imported."""
        return self._step("discard", id, idempotency_key)

    @rpc
    def import_report(self, *, id: str, after: int = -1, limit: int = 500) -> Values:
        """Rows that were not imported, and why: ``{text, next}``; ``next`` is ``after`` of the next part."""
        with self.db.session() as session:
            return imports.report(session, id, after, min(limit, 500))

    @rpc
    def import_fields(self, *, record_kind: str) -> Values:
        """What columns may be mapped to."""
        return imports.targets(record_kind)

    @rpc
    def import_mappings(self, *, record_kind: str) -> Values:
        """The saved mappings."""
        with self.db.session() as session:
            return saved.page(session, imports.kind_called(record_kind).name)

    @rpc
    def save_import_mapping(
        self, *, name: str, import_id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Keep what an import does with its columns, for the next file like it."""
        request = {"save": "import_mapping", "name": name, "import_id": import_id}
        with self.db.transaction(once=idempotency_key, request=request) as tx:
            if tx.answer is None:
                tx.answer = saved.save(tx, name, imports.existing(tx.session, import_id), actor)
        return dict(tx.answer)

    @rpc
    def delete_import_mapping(
        self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Offer a saved mapping no more."""
        with self.db.transaction(once=idempotency_key, request={"delete": "import_mapping", "id": id}) as tx:
            if tx.answer is None:
                tx.answer = saved.delete(tx, id)
        return dict(tx.answer)

    @rpc
    def restore_import_mapping(
        self, *, id: str, actor: Values | None = None, idempotency_key: str | None = None
    ) -> Values:
        """Offer a saved mapping again that was deleted."""
        with self.db.transaction(once=idempotency_key, request={"restore": "import_mapping", "id": id}) as tx:
            if tx.answer is None:
                tx.answer = saved.restore(tx, id)
        return dict(tx.answer)

    @rpc
    def export(self, *, record_kind: str, asked: Values, format: str, language: str = "en") -> Values:
        """The next part of a list as a file: ``{text, next}``; ``asked`` as for the list, ``next`` its next cursor."""
        return exporting.part(self.db, imports.kind_called(record_kind), asked, format, language)

    def _step(self, name: str, import_id: str, key: str | None) -> Values:
        with self.db.transaction(once=key, request={name: "import", "id": import_id}) as tx:
            if tx.answer is None:
                tx.answer = getattr(imports, name)(tx, import_id)
        self.jobs.wake()
        return dict(tx.answer)

    def _discard(self, import_id: str) -> None:
        with self.db.transaction() as tx:
            row = imports.existing(tx.session, import_id)
            if row.state == imports.UPLOADING:
                imports.discard(tx, import_id)
