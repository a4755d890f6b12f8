"""The second pass of an import: who stands above whom, once all rows are in; batch by batch, each in one commit."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chassis.database import DatabaseHandle, Transaction
from contacts_service import store as records
from contacts_service.checks import Fault
from contacts_service.exchange import files, imports, mapping, marking, store
from contacts_service.exchange.importing import end, held
from contacts_service.exchange.models import Import, ImportLink
from contacts_service.exchange.references import Organizations, People
from contacts_service.jobs import writing
from contacts_service.jobs.putting_back import hold_trees
from contacts_service.jobs.worker import Breathe
from contacts_service.kinds import CONTACT, KINDS, Kind
from contacts_service.superiors import Lines
from contracts import ImportAdvanced

Values = dict[str, Any]

ALL_ELSE = "All else of this row was imported. To import it again, choose to add what records lack."


def link_batch(db: DatabaseHandle, owner: str, row: Import, *, breathe: Breathe) -> None:
    """Put the records of the next rows below those whom they name; what cannot be is told row by row."""
    with db.transaction() as tx:
        row = held(tx, row.id, owner, store.LINKING)
        before = _percent(row)
        links = store.next_links(tx.session, row.id, limit=files.BATCH)
        if links:
            _link(tx, row, links)
            store.forget_links(tx.session, row.id, until=links[-1].line)
        if not links or row.links_done == row.links:
            end(tx, row)
        elif _percent(row) != before:
            tx.publish(ImportAdvanced, subject=row.id, **imports.facts(row))


def _percent(row: Import) -> int:
    return row.links_done * 100 // row.links


def _link(tx: Transaction, row: Import, links: Sequence[ImportLink]) -> None:
    hold_trees(tx)
    kind, linking = KINDS[row.record_kind], _Linking(tx.session, row, links)
    for link in links:
        linking.put(link)
    versions = writing.update(tx, kind, linking.changed, row.actor)
    marking.updated(tx, row, kind, linking.changed, versions, linking.lines)
    faults = [
        {
            "line": link.line,
            "problems": [*mapping.told([(kind.superior, fault)], row.columns, row.mapping), ALL_ELSE],
            "cells": link.cells,
        }
        for link, fault in linking.faults
    ]
    store.add_faults(tx.session, row.id, faults)
    row.updated, row.skipped = row.updated + linking.late, row.skipped - linking.late
    row.links_done, row.unlinked = row.links_done + len(links), row.unlinked + len(faults)


class _Linking:
    """Takes link after link; what is to be written is collected in ``changed``.

    ``lines``: of the row that changed a record first; ``late``: rows that change something after all; ``faults``: why
    records cannot be put below those whom their rows name.
    """

    def __init__(self, session: Any, row: Import, links: Sequence[ImportLink]) -> None:
        """Looks up at once whatever the batch may need; whoever calls holds the trees."""
        self._kind, self._overwrites = KINDS[row.record_kind], row.on_match == "overwrite"
        found = records.records_by_id(session, self._kind.model, {link.record_id for link in links}, lock=True)
        self._known = {each.id: records.values(each) for each in found if each.deleted_at is None}
        self.faults: list[tuple[ImportLink, str]] = []
        self._above = self._found(session, [link for link in links if link.record_id in self._known])
        self._tree = Lines(session, self._kind, self._above.values())
        self.changed: dict[str, tuple[Values, Values]] = {}
        self.lines: dict[str, int] = {}
        self.late = 0

    def _found(self, session: Any, links: Sequence[ImportLink]) -> dict[int, str]:
        """Whom rows name, by line; none, and a fault, where nobody can know."""
        look_up = _look_up(session, self._kind, links, self._known)
        found: dict[int, str] = {}
        for link in links:
            try:
                found[link.line] = look_up(link)
            except Fault as fault:
                self.faults.append((link, str(fault)))
        return found

    def put(self, link: ImportLink) -> None:
        """Put the record of a row below the one whom it names. One that was deleted meanwhile is passed over."""
        if not (above := self._above.get(link.line)):
            return
        field, first = self._kind.superior, self._known[link.record_id]
        present = self.changed.get(link.record_id, (first, {field: first[field]}))[1][field]
        if above == present or (present and not self._overwrites):
            return
        try:
            self._tree.put(link.record_id, above)
        except Fault as fault:
            self.faults.append((link, str(fault)))
            return
        self.changed[link.record_id] = first, {field: above}
        self.lines.setdefault(link.record_id, link.line)
        self.late += link.skipped


def _look_up(
    session: Any, kind: Kind, links: Sequence[ImportLink], known: Mapping[str, Values]
) -> Callable[[ImportLink], str]:
    """What finds whom a row names."""
    if kind is not CONTACT:
        organizations = Organizations(session, [link.above for link in links], may_create=False)
        return lambda link: organizations.known(link.above)
    firms = {link.line: known[link.record_id]["organization_id"] for link in links}
    people = People(session, [(link.above, firms[link.line]) for link in links])
    return lambda link: people.id_of(link.above, firms[link.line], but=link.record_id)
