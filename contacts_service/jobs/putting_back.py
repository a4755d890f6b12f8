"""What a job did to records is taken back. A record that somebody changed since is left alone, and it is told why."""

from collections.abc import Sequence
from typing import Any

from contacts_service import changes, fields, store
from contacts_service.checks import Fault
from contacts_service.jobs import writing
from contacts_service.jobs.marks import DELETED, UPDATED, Mark
from contacts_service.kinds import CONTACT, KINDS, Kind
from contacts_service.superiors import Lines
from contracts.errors import Invalid

Values = dict[str, Any]

_CHANGED = "Left as it is: {kind} {number} was changed since."
_IN_USE = "Left as it is: others belong to {kind} {number}."
_ELSEWHERE = "Left as it is: what {kind} {number} belonged to is not there any more."
_CIRCLE = "Left as it is: {kind} {number} cannot stand below the same one again."


def hold_trees(tx: Any) -> None:
    """Before any row, contacts first, as everywhere."""
    for kind in KINDS.values():
        store.hold_tree(tx.session, kind.name)


def put_back(tx: Any, kind: Kind, marks: Sequence[Mark], actor: Values) -> dict[str, str]:
    """Records as they were before; those that are left as they are, and why. Whoever calls holds the trees."""
    rows = store.records_by_id(tx.session, kind.model, [mark.record_id for mark in marks], lock=True)
    known = {row.id: store.values(row) for row in rows}
    going, coming = list[Values](), list[Values]()
    changed: dict[str, tuple[Values, Values]] = {}
    kept: dict[str, str] = {}
    above = _Above(tx.session, kind, marks)
    for mark in marks:
        values = known.get(mark.record_id)
        if values is None or _is_back(mark, values):
            # Somebody did it already.
            continue
        if sentence := _why_not(tx, kind, mark, values, changed, above):
            kept[mark.record_id] = sentence.format(kind=kind.name, number=values["number"])
        elif mark.did == DELETED:
            coming.append(values)
        elif mark.did != UPDATED:
            going.append(values)
    writing.remove(tx, kind, going, actor)
    writing.restore(tx, kind, coming, actor)
    writing.update(tx, kind, changed, actor)
    return kept


def _is_back(mark: Mark, values: Values) -> bool:
    """Whether it is in the recycle bin, or out of it, as it was."""
    return mark.did != UPDATED and (values["deleted_at"] is None) == (mark.did == DELETED)


class _Above:
    """Who stood above records, and whether they can stand there again: each as if those before it were written."""

    def __init__(self, session: Any, kind: Kind, marks: Sequence[Mark]) -> None:
        """Looks up at once whatever the marks may need; whoever calls holds the trees."""
        self._field = kind.superior
        wanted = {above for mark in marks if (above := (mark.before or {}).get(kind.superior))}
        self._there = {row.id for row in store.records_by_id(session, kind.model, wanted) if row.deleted_at is None}
        self._tree = Lines(session, kind, self._there)

    def put(self, record_id: str, before: Values) -> str | None:
        """Put a record below whoever stood above it; why it cannot be."""
        if self._field not in before:
            return None
        superior_id = before[self._field]
        if superior_id and superior_id not in self._there:
            return _ELSEWHERE
        try:
            self._tree.put(record_id, superior_id)
        except Fault:
            return _CIRCLE
        return None


def _why_not(
    tx: Any, kind: Kind, mark: Mark, values: Values, changed: dict[str, tuple[Values, Values]], above: _Above
) -> str | None:
    """Why a record is left alone; values that are to be put back go into ``changed``."""
    if values["version"] != mark.version:
        return _CHANGED
    if mark.did == DELETED:
        firm = values.get("organization_id")
        return _ELSEWHERE if firm and not store.has_organization(tx.session, firm) else None
    if mark.did != UPDATED:
        is_used = kind is not CONTACT and store.has_contacts(tx.session, mark.record_id)
        return _IN_USE if is_used else None
    try:
        before = fields.changed_values(mark.before, kind.kept)
        others = {name: value for name, value in before.items() if name != kind.superior}
        changes.check(tx.session, kind, mark.record_id, others, {**values, **before})
    except Invalid:
        return _ELSEWHERE
    if sentence := above.put(mark.record_id, before):
        return sentence
    changed[mark.record_id] = values, before
    return None
