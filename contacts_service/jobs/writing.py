"""Many records written in one transaction: what ``changes`` does to one, with a statement for all instead of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from chassis import clock
from chassis.bulk import update_many
from contacts_service import changes, domain, likeness, match_keys, opt_outs, store
from contacts_service.kinds import Kind

Values = dict[str, Any]

_TOUCHED = ("version", "updated_at", "modified_by")
# Columns made of others (domain.looked_into).
_MADE = ("search", "places", "sort_name")


def create(tx: Any, kind: Kind, new: Mapping[str, Values], actor: Values | None) -> None:
    """New records, by their ids; whoever calls holds the tree."""
    if not new:
        return
    moment = clock.now()
    numbers = store.take_numbers(tx.session, kind.name, count=len(new))
    rows = [
        domain.new_row(record_id, number=number, values=values, moment=moment, actor=actor)
        for (record_id, values), number in zip(new.items(), numbers, strict=True)
    ]
    entries = {row["id"]: changes.entries_of(kind, row) for row in rows}
    every = [entry for some in entries.values() for entry in some]
    store.add_records(tx.session, kind.model, rows, entries=every)
    store.add_changes(tx.session, [changes.noted(row["id"], "created", actor) for row in rows])
    by = changes.done_by(actor)
    for row in rows:
        tx.publish(kind.created, subject=row["id"], **by, **kind.facts(row))
        changes.announce(tx, [], entries[row["id"]])
        changes.tell_switches(tx, kind, row, [name for name, value in new[row["id"]].items() if value is True])


def update(tx: Any, kind: Kind, changed: Mapping[str, tuple[Values, Values]], actor: Values | None) -> dict[str, int]:
    """Change records: id → all its values before, and those that it gets; the version of each that differs now.

    Whoever calls has locked the rows, and holds the tree where something that likely duplicates are found by differs.
    """
    rows, notes, versions = [], [], {}
    written = set[str]()
    by = changes.done_by(actor)
    for record_id, (before, said) in changed.items():
        wanted = opt_outs.noted(before, said, actor, clock.now())
        if differing := domain.differences(before, wanted):
            names = opt_outs.typed(differing)
            told = domain.field_changes(before, wanted, names)
            after = _touched({**before, **wanted}, actor)
            after |= domain.looked_into(after)
            rows.append(after)
            notes.append(changes.noted(record_id, "updated", actor, fields=told))
            versions[record_id] = after["version"]
            written.update(differing)
            tx.publish(kind.updated, subject=record_id, changed=names, changes=told, **by, **kind.facts(after))
            changes.tell_switches(tx, kind, after, names)
    if rows:
        columns = ("id", *_TOUCHED, *_MADE, *sorted(written))
        update_many(tx.session, kind.model, [{name: row[name] for name in columns} for row in rows], key="id")
        store.add_changes(tx.session, notes)
    if not written.isdisjoint(likeness.COMPARED):
        _enter(tx, kind, rows)
    return versions


def _touched(values: Values, actor: Values | None) -> Values:
    by = (actor or {}).get("staff_user_id")
    return {**values, "version": values["version"] + 1, "updated_at": clock.now(), "modified_by": by}


def _enter(tx: Any, kind: Kind, rows: Sequence[Values]) -> None:
    """They are found by their addresses, and as likely duplicates."""
    ids = [row["id"] for row in rows]
    before = store.entries_of_records(tx.session, ids)
    after = {row["id"]: changes.entries_of(kind, row) for row in rows}
    store.replace_entries(tx.session, before, [entry for some in after.values() for entry in some])
    known = changes.by_record(before)
    for record_id, entries in after.items():
        changes.announce(tx, known.get(record_id, []), entries)
    match_keys.bring_in_line(tx.session, kind.name, rows)


def remove(tx: Any, kind: Kind, rows: Sequence[Values], actor: Values | None) -> None:
    """Into the recycle bin; whoever calls has locked the rows, and holds the tree."""
    if not rows:
        return
    ids = [row["id"] for row in rows]
    moment = clock.now()
    _mark(tx, kind, "deleted", [{**_touched(row, actor), "deleted_at": moment} for row in rows], actor)
    entries = store.entries_of_records(tx.session, ids)
    store.replace_entries(tx.session, entries, [])
    match_keys.strike(tx.session, *ids)
    known = changes.by_record(entries)
    for record_id in ids:
        tx.publish(kind.deleted, subject=record_id, **{f"{kind.name}_id": record_id})
        changes.announce(tx, known.get(record_id, []), [])


def restore(tx: Any, kind: Kind, rows: Sequence[Values], actor: Values | None) -> None:
    """Back from the recycle bin; whoever calls has locked the rows, and holds the tree."""
    if not rows:
        return
    back = [{**_touched(row, actor), "deleted_at": None} for row in rows]
    _mark(tx, kind, "restored", back, actor)
    for row in back:
        tx.publish(kind.restored, subject=row["id"], **kind.facts(row))
    _enter(tx, kind, back)


def _mark(tx: Any, kind: Kind, what: str, rows: Sequence[Values], actor: Values | None) -> None:
    """They are in the recycle bin from now on, or no longer."""
    written = [{name: row[name] for name in ("id", "deleted_at", *_TOUCHED)} for row in rows]
    update_many(tx.session, kind.model, written, key="id")
    store.add_changes(tx.session, [changes.noted(row["id"], what, actor) for row in rows])
