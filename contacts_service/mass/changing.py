"""A mass change at work, piece by piece: each piece is one transaction, so that it is done as a whole or not at all."""

from collections.abc import Iterable, Mapping
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from contacts_service import changes, domain, fields, likeness, opt_outs, store
from contacts_service.jobs import leases, marks, putting_back, writing
from contacts_service.jobs.worker import Breathe
from contacts_service.kinds import KINDS, Kind
from contacts_service.mass import asking
from contacts_service.mass import store as ours
from contacts_service.mass.models import KEPT, REFUSED, UNCHANGED, UNDONE, MassChange, MassRecord
from contracts.errors import MusubiError

Values = dict[str, Any]

# Records of one transaction: as many as nobody has to wait for who changes one of them.
PIECE = 50
FINISHED, STOPPED, TAKEN_BACK = "finished", "stopped", "undone"
OUR_FAULT = "It ended by an error on our side; the log of contacts tells which. What was done can be undone."


def change_piece(db: DatabaseHandle, owner: str, row: MassChange, *, breathe: Breathe) -> None:
    """The next records, what became of them, and how far it is, in one commit."""
    with db.transaction() as tx:
        change_next(tx, _held(tx, owner, row))


def undo_piece(db: DatabaseHandle, owner: str, row: MassChange, *, breathe: Breathe) -> None:
    """Take the next records back, in one commit with how far the undoing is."""
    with db.transaction() as tx:
        undo_next(tx, _held(tx, owner, row))


def give_up(db: DatabaseHandle, owner: str, row: MassChange) -> None:
    """A piece that cannot be done: it ends here, and what was done can be undone."""
    with db.transaction() as tx:
        end(_held(tx, owner, row), STOPPED, problem=OUR_FAULT)


def end(row: MassChange, state: str, *, problem: str | None = None) -> None:
    """Nobody works on it any more."""
    row.state, row.problem, row.position, row.worker = state, problem, None, None
    if state == TAKEN_BACK:
        row.undone_at = clock.now()
    else:
        row.finished_at = clock.now()


def _held(tx: Transaction, owner: str, row: MassChange) -> MassChange:
    found: MassChange = leases.hold(tx.session, MassChange, row.id, owner=owner, state=row.state, now=clock.now())
    return found


def change_next(tx: Transaction, row: MassChange) -> None:
    """Do it to the next records; whoever calls holds the row."""
    some = ours.next_records(tx.session, row, limit=PIECE)
    if some:
        _Piece(tx, row).change(some)
        row.done, row.position = row.done + len(some), some[-1].record_id
        for name in ("changed", UNCHANGED, REFUSED):
            outcomes = marks.DID if name == "changed" else {name}
            setattr(row, name, getattr(row, name) + sum(each.outcome in outcomes for each in some))
    if row.done >= row.records or not some:
        end(row, FINISHED)


def undo_next(tx: Transaction, row: MassChange) -> None:
    """Take it back from the next records; whoever calls holds the row."""
    some = ours.next_records(tx.session, row, limit=PIECE)
    if not some or not some[0].outcome:
        # Those that come now are those that it did not come to.
        end(row, TAKEN_BACK)
        return
    done = [each for each in some if each.did]
    if done:
        putting_back.hold_trees(tx)
        kept = putting_back.put_back(tx, KINDS[row.record_kind], done, row.undone_by or row.actor)
        for each in done:
            each.problem = kept.get(each.record_id)
            each.outcome = KEPT if each.problem else UNDONE
        row.kept, row.undone = row.kept + len(kept), row.undone + len(done) - len(kept)
    row.position = some[-1].record_id


class _Piece:
    """The next records of a mass change, all of them locked."""

    def __init__(self, tx: Transaction, row: MassChange) -> None:
        self.tx, self.actor, self.action, self.data = tx, row.actor, row.action, row.data
        self.kind: Kind = KINDS[row.record_kind]

    def change(self, some: Iterable[MassRecord]) -> None:
        """Do it to each that takes it, and note what became of each."""
        told = {each.record_id: each for each in some}
        compared = {self.kind.superior, *likeness.COMPARED}
        if self.action != asking.UPDATE or not compared.isdisjoint(self.data):
            # Before any row, as for one record.
            store.hold_tree(self.tx.session, self.kind.name)
        rows = store.records_by_id(self.tx.session, self.kind.model, told, lock=True)
        known = {row.id: store.values(row) for row in rows}
        wanted = self._allowed(told, known)
        for record_id, values in wanted.items():
            names = opt_outs.with_noted(values)
            told[record_id].before = domain.wire_values({name: known[record_id][name] for name in names})
        for record_id, version in self._written(known, wanted).items():
            told[record_id].version = version

    def _allowed(self, told: Mapping[str, MassRecord], known: Mapping[str, Values]) -> dict[str, Values]:
        """What is written into each record that takes it; the others are done with."""
        wanted: dict[str, Values] = {}
        for record_id, each in told.items():
            try:
                values = self._wanted(record_id, known.get(record_id, {}))
            except MusubiError as error:
                each.outcome, each.problem = REFUSED, _reason(error)
                continue
            each.outcome = UNCHANGED if values is None else _DID[self.action]
            if values is not None:
                wanted[record_id] = values
        return wanted

    def _wanted(self, record_id: str, before: Values) -> Values | None:
        """What differs after it; None where nothing does. MusubiError where it cannot be done."""
        session = self.tx.session
        if self.action == asking.RESTORE:
            row = changes.existing(session, self.kind, record_id)
            return {} if changes.comes_back(session, self.kind, row) else None
        row = changes.present(session, self.kind, record_id)
        if self.action == asking.DELETE:
            changes.check_deletable(session, self.kind, row)
            return {}
        values = self._typed(before)
        changes.check(session, self.kind, record_id, changes.anew(self.kind, before, values), {**before, **values})
        if values.get("organization_id") != before.get("organization_id"):
            values |= changes.copied_addresses(session, before, values, given=values)
        return {name: values[name] for name in domain.differences(before, values)} or None

    def _typed(self, before: Values) -> Values:
        data = asking.plain(self.data)
        if len(data) < len(self.data):
            removed = set(self.data.get(asking.REMOVE_TAGS, ()))
            kept = [tag for tag in before["tags"] if tag not in removed]
            data["tags"] = [*kept, *self.data.get(asking.ADD_TAGS, ())]
        return fields.changed_values(data, self.kind.fields)

    def _written(self, known: Mapping[str, Values], wanted: Mapping[str, Values]) -> Mapping[str, int]:
        if self.action == asking.UPDATE:
            changed = {record_id: (known[record_id], values) for record_id, values in wanted.items()}
            return writing.update(self.tx, self.kind, changed, self.actor)
        write = writing.remove if self.action == asking.DELETE else writing.restore
        write(self.tx, self.kind, [known[record_id] for record_id in wanted], self.actor)
        return {record_id: known[record_id]["version"] + 1 for record_id in wanted}


_DID = {
    asking.UPDATE: marks.UPDATED,
    asking.DELETE: marks.DELETED,
    asking.RESTORE: marks.RESTORED,
}


def _reason(error: MusubiError) -> str:
    """Why a record was not changed, with the sentences of the fields that it is about."""
    told = [sentence for sentences in error.fields.values() for sentence in sentences]
    return " ".join(told or [error.message])
