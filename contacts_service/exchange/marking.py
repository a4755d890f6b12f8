"""What an import does to records is marked in the same commit, for its undoing."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis.database import Transaction
from contacts_service import domain, opt_outs
from contacts_service.exchange import store
from contacts_service.exchange.models import Import
from contacts_service.kinds import Kind

Values = dict[str, Any]
Lines = Mapping[str, int]


def created(tx: Transaction, row: Import, kind: Kind, record_ids: Iterable[str], lines: Lines) -> None:
    """These records are the import's own; ``lines``: of the first row of each."""
    told = {"record_kind": kind.name, "before": None, "version": 1}
    store.add_marks(tx.session, [_mark(row, each, lines) | told for each in record_ids])


def updated(
    tx: Transaction,
    row: Import,
    kind: Kind,
    changed: Mapping[str, tuple[Values, Values]],
    versions: Mapping[str, int],
    lines: Lines,
) -> None:
    """These records were changed: id → all values before, and those that it got; the version of each since."""
    known = store.marks_of(tx.session, row.id, versions)
    for record_id, mark in known.items():
        first, wanted = changed[record_id]
        # What it was before the first change by this import stays what it was.
        if mark.before is not None:
            mark.before = _before(first, wanted) | mark.before
        mark.version = versions[record_id] if first["version"] == mark.version else 0
    new = [
        _mark(row, each, lines)
        | {"record_kind": kind.name, "before": _before(*changed[each]), "version": versions[each]}
        for each in versions.keys() - known.keys()
    ]
    store.add_marks(tx.session, new)


def _mark(row: Import, record_id: str, lines: Lines) -> Values:
    return {"import_id": row.id, "record_id": record_id, "line": lines[record_id]}


def _before(first: Values, wanted: Values) -> Values:
    return domain.wire_values({name: first[name] for name in opt_outs.with_noted(wanted)})
