"""Merging records and taking them apart again: what each does in one transaction, journalled (docs/decisions/0018)."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from chassis import clock
from chassis.bulk import among
from chassis.ids import new_id
from contacts_service import changes, domain, fields, match_keys, merge_values, opt_outs, stars, store
from contacts_service.kinds import CONTACT, ORGANIZATION, Kind, wire
from contacts_service.models import Merge
from contracts.addresses import canonical_address
from contracts.errors import Conflict, Invalid

Values = dict[str, Any]

MAX_OTHERS = 2
MAX_MOVED = 5_000
MAX_TOLD = 100
MAX_LINEAGE = 5_000
# By which fields records of which kind point at a record of a kind.
POINTING: Mapping[str, tuple[tuple[Kind, str], ...]] = {
    "contact": ((CONTACT, "reports_to_id"),),
    "organization": ((ORGANIZATION, "member_of_id"), (CONTACT, "organization_id")),
}


def merge(tx: Any, kind: Kind, survivor_id: str, other_ids: Any, chosen: Any, actor: Values | None = None) -> Values:
    """The others go into the survivor, one after another; its wire form. ``chosen``: field → whose value it gets."""
    ids = _checked_ids(kind, survivor_id, other_ids)
    sides = _checked_choices(kind, ids, chosen)
    _hold_trees(tx, kind)
    # In one order everywhere, so that two merges of the same pair wait for each other instead of deadlocking.
    rows = {row_id: changes.present(tx.session, kind, row_id, lock=True) for row_id in sorted(ids)}
    survivor = rows[ids[0]]
    for position, other_id in enumerate(ids[1:], start=1):
        # What a later one is to give is chosen when its turn comes.
        known = {name: side for name, side in sides.items() if side <= position}
        named = {
            name: merge_values.OTHER if side == position else merge_values.SURVIVOR for name, side in known.items()
        }
        _merge_one(tx, kind, survivor, rows[other_id], named, actor)
    return wire(kind, store.values(survivor))


def _checked_ids(kind: Kind, survivor_id: str, other_ids: Any) -> list[str]:
    named = other_ids if isinstance(other_ids, list) else [other_ids]
    ids = [str(each).lower() for each in (survivor_id, *named)]
    if not 1 <= len(named) <= MAX_OTHERS:
        fault = f"Name one or two {kind.name}s that go into this one."
    elif len(set(ids)) < len(ids):
        fault = f"Name another {kind.name}, each once: none can be merged into itself."
    else:
        return ids
    raise Invalid(f"These {kind.name}s cannot be merged.", fields={"other_ids": [fault]})


def _checked_choices(kind: Kind, ids: Sequence[str], chosen: Any) -> dict[str, int]:
    """Field → place of the record in ``ids`` whose value survives."""
    named = chosen or {}
    if not isinstance(named, dict):
        raise Invalid("What survives is an object: field → id of the record.", fields={"values": ["Give an object."]})
    faults = {str(name)[:100]: ["There is no such field."] for name in named if name not in kind.fields}
    sentence = f"Name one of the {kind.name}s that are merged."
    faults |= {name: [sentence] for name, record_id in named.items() if str(record_id).lower() not in ids}
    if faults:
        raise Invalid("The merge cannot be made: correct the fields that are named.", fields=faults)
    return {name: ids.index(str(record_id).lower()) for name, record_id in named.items()}


def _hold_trees(tx: Any, kind: Kind) -> None:
    """Before any row, contacts first, as everywhere."""
    for held in {CONTACT.name: None, kind.name: None}:
        store.hold_tree(tx.session, held)


def _merge_one(tx: Any, kind: Kind, survivor: Any, other: Any, chosen: Values, actor: Values | None) -> None:
    before, gone = store.values(survivor), store.values(other)
    after = merge_values.merged(before, gone, chosen, known=kind.fields)
    moved = _point_at_survivor(tx, kind, other.id, survivor.id, actor)
    after[kind.superior] = _superior_of_both(tx, kind, survivor, other, after[kind.superior])
    if kind is CONTACT:
        fields.check_whole(after)
    after = opt_outs.noted(before, {**after, **opt_outs.inherited(before, gone, after)}, actor, clock.now())
    stars.hand_on(tx.session, other.id, survivor.id)
    changes.remove(other, actor)
    other.merged_into = survivor.id
    changes.strike(tx, other.id)
    changes.note(tx, other.id, "merged_away", actor, other_id=survivor.id)
    changes.save(tx, kind, survivor, after, actor)
    changes.note(tx, survivor.id, "merged", actor, other_id=other.id)
    merge_id = new_id()
    ids = {"id": merge_id, "survivor_id": survivor.id, "other_id": other.id}
    kept = merge_values.journal(before, gone, after)
    store.add_merge(tx.session, {**ids, **kept, **_by(actor), "kind": kind.name, "moved": moved})
    subjects = {f"{kind.name}_id": other.id, "survivor_id": survivor.id}
    tx.publish(kind.merged, subject=other.id, merge_id=merge_id, **subjects)


def _by(actor: Values | None) -> Values:
    who = actor or {}
    return {"staff_user_id": who.get("staff_user_id"), "staff_name": who.get("name"), "merged_at": clock.now()}


def _point_at_survivor(
    tx: Any, kind: Kind, other_id: str, survivor_id: str, actor: Values | None
) -> dict[str, list[str]]:
    """Whatever points at the one that goes points at the survivor, in the recycle bin too: it may come back."""
    moved = {}
    for pointing, field in POINTING[kind.name]:
        rows = store.pointing_at(tx.session, pointing.model, field, other_id, limit=MAX_MOVED + 1)
        if len(rows) > MAX_MOVED:
            raise Conflict(f"More than {MAX_MOVED:,} {pointing.name}s belong to it: move some of them first.")
        rows = [row for row in rows if row.id != survivor_id]
        _point(tx, pointing, rows, field, survivor_id, actor)
        moved[field] = [row.id for row in rows]
    return moved


def _point(tx: Any, kind: Kind, rows: Sequence[Any], field: str, target_id: str, actor: Values | None) -> None:
    """As ``changes.save`` of one field, for many at once; what is in the recycle bin is changed without a word."""
    before = {row.id: {field: getattr(row, field)} for row in rows}
    store.point(tx.session, kind.model, rows, field, target_id, **changes.touched_by(actor))
    notes, by = [], changes.done_by(actor)
    for row in (row for row in rows if row.deleted_at is None):
        told = domain.field_changes(before[row.id], {field: target_id}, [field])
        notes.append(changes.noted(row.id, "updated", actor, fields=told))
        now = kind.facts(store.values(row))
        tx.publish(kind.updated, subject=row.id, changed=[field], changes=told, **by, **now)
    store.add_changes(tx.session, notes)
    if field == "organization_id":
        store.move_entries(tx.session, [row.id for row in rows], organization_id=target_id)
        present = [store.values(row) for row in rows if row.deleted_at is None]
        match_keys.bring_in_line(tx.session, kind.name, present)


def _superior_of_both(tx: Any, kind: Kind, survivor: Any, other: Any, superior_id: str | None) -> str | None:
    """Who stands above the survivor: nobody where it would stand above itself."""
    above = getattr(other, kind.superior) if superior_id == other.id else superior_id
    return None if above and _stands_above_itself(tx, kind, survivor.id, above) else above


def _stands_above_itself(tx: Any, kind: Kind, record_id: str, superior_id: str) -> bool:
    return record_id in [row.id for row in store.chain(tx.session, kind.model, kind.superior, superior_id)]


def unmerge(tx: Any, kind: Kind, record_id: str, actor: Values | None = None) -> Values:
    """Take a record out of the one it was merged into: both as they were, but for what was changed since.

    Conflict where it is not merged, where its survivor was merged in turn (``extra`` names what to un-merge first), and
    where its organization is in the recycle bin. A survivor that is in the bin stays there.
    """
    _hold_trees(tx, kind)
    merge = _merge_to_undo(tx, kind, record_id)
    rows = {
        each: changes.existing(tx.session, kind, each, lock=True)
        for each in sorted((merge.survivor_id, merge.other_id))
    }
    survivor, other = rows[merge.survivor_id], rows[merge.other_id]
    if survivor.merged_into:
        first = {"id": survivor.id, "label": domain.label_of(kind.name, store.values(survivor))}
        sentence = (
            f"{first['label']} ({survivor.number}), which it is part of, was merged in turn: un-merge that one first."
        )
        raise Conflict(sentence, unmerge_first=first)
    changes.check_organization_is_there(tx.session, other)
    changes.touch(other, actor)
    other.deleted_at = other.merged_into = None
    merge.undone_at = other.updated_at
    stayed = _point_back(tx, kind, merge, actor)
    not_restored = _end_circle(tx, kind, other)
    returned = _take_out(tx, kind, merge, survivor, actor)
    _put_back(tx, kind, merge, other, returned, actor)
    changes.note(tx, survivor.id, "unmerged", actor, other_id=other.id)
    values = wire(kind, store.values(survivor))
    return {
        "record": wire(kind, store.values(other)),
        "survivor": values,
        "not_restored": not_restored,
        "kept": [{"field": name, "value": values[name]} for name in returned.kept],
        "stayed": stayed[:MAX_TOLD],
    }


def _end_circle(tx: Any, kind: Kind, row: Any) -> list[str]:
    """Nobody stands above himself: the field that is lost where the one above came to stand below meanwhile."""
    above = getattr(row, kind.superior)
    if not above or not _stands_above_itself(tx, kind, row.id, above):
        return []
    setattr(row, kind.superior, None)
    return [kind.superior]


def _merge_to_undo(tx: Any, kind: Kind, record_id: str) -> Merge:
    row = changes.existing(tx.session, kind, record_id)
    if not row.merged_into:
        raise Conflict(f"This {kind.name} is not merged into another one: there is nothing to undo.")
    merge = store.merge_of(tx.session, row.id)
    if merge is None:
        raise Conflict(f"This {kind.name} was merged before merges were journalled: that cannot be undone.")
    return merge


def _point_back(tx: Any, kind: Kind, merge: Merge, actor: Values | None) -> list[Values]:
    """What the merge had made point at the survivor points at the other again; what somebody moved since, and stays."""
    stayed = []
    for pointing, field in POINTING[kind.name]:
        rows = store.records_by_id(tx.session, pointing.model, merge.moved.get(field, []), lock=True)
        back = [row for row in rows if getattr(row, field) == merge.survivor_id]
        _point(tx, pointing, back, field, merge.other_id, actor)
        moved_since = [row for row in rows if getattr(row, field) != merge.other_id and row.deleted_at is None]
        stayed += [{"kind": pointing.name, "field": field, **_named(pointing, row)} for row in moved_since]
    return stayed


def _named(kind: Kind, row: Any) -> Values:
    return {"id": row.id, "label": domain.label_of(kind.name, store.values(row))}


def _take_out(tx: Any, kind: Kind, merge: Merge, survivor: Any, actor: Values | None) -> merge_values.Returned:
    """What came from the other leaves the survivor; later merges into it are journalled as if this one had not been."""
    others = [each for each in store.merges_into(tx.session, survivor.id) if each.id != merge.id]
    now = domain.wire_values({name: value for name, value in store.values(survivor).items() if name in kind.kept})
    returned = merge_values.given_back(now, merge, stays=others)
    for later in others:
        if later.id > merge.id:
            later.before = merge_values.without(later, merge)
    whole = {**returned.values, **_links(tx, kind, survivor, returned, now)}
    names = opt_outs.with_noted(domain.differences(now, whole))
    values = fields.changed_values({name: whole[name] for name in names}, kind.kept)
    if survivor.deleted_at is None:
        changes.save(tx, kind, survivor, values, actor)
    else:
        for name, value in values.items():
            setattr(survivor, name, value)
        changes.index(survivor)
    return returned


def _links(tx: Any, kind: Kind, survivor: Any, returned: merge_values.Returned, now: Values) -> Values:
    """The survivor's links as they were, where they still can be; else as they are."""
    links: Values = {}
    above = returned.values[kind.superior]
    if above and above != now[kind.superior] and _stands_above_itself(tx, kind, survivor.id, above):
        links[kind.superior] = now[kind.superior]
    organization_id = returned.values.get("organization_id")
    if organization_id and not store.has_organization(tx.session, organization_id):
        links["organization_id"] = now["organization_id"]
    returned.kept.extend(sorted(links))
    return links


def _put_back(
    tx: Any, kind: Kind, merge: Merge, other: Any, returned: merge_values.Returned, actor: Values | None
) -> None:
    """The other is in the book again, and said to be there."""
    changes.note(tx, other.id, "came_back", actor, other_id=merge.survivor_id)
    values = store.values(other)
    subjects = {f"{kind.name}_id": other.id, "survivor_id": merge.survivor_id, "merge_id": merge.id}
    gone_back = [
        canonical for each in other.addresses if (canonical := canonical_address(each)) in returned.came["addresses"]
    ]
    moments = {"merged_at": clock.wire(merge.merged_at)}
    tx.publish(kind.unmerged, subject=other.id, addresses=gone_back, **subjects, **moments, **kind.facts(values))
    changes.enter(tx, kind, values)


def lineage(session: Any, kind: Kind, record_id: str, *, people: int) -> list[str]:
    """A record, up to ``people`` present contacts of an organization, and what went up in these; at most MAX_LINEAGE.

    The record itself comes first, whatever is cut off. NotFound for one that is not there.
    """
    present = changes.present(session, kind, record_id).id
    found = {present, *(store.people_ids(session, present, limit=people) if kind is ORGANIZATION else [])}
    wanted = found
    while wanted and len(found) < MAX_LINEAGE:
        theirs = select(Merge.other_id).where(among(session, Merge.survivor_id, wanted), Merge.undone_at.is_(None))
        wanted = set(session.scalars(theirs)) - found
        found = found | wanted
    return [present, *sorted(found - {present})][:MAX_LINEAGE]


def merges_into(session: Any, kind: Kind, record_id: str) -> list[Values]:
    """Which records went into one and can be taken out again, the last one first. NotFound."""
    row = changes.existing(session, kind, record_id)
    found = store.merges_into(session, row.id)
    others = {other.id: other for other in store.records_by_id(session, kind.model, [each.other_id for each in found])}
    return [_merge_wire(kind, each, others[each.other_id]) for each in reversed(found)]


def _merge_wire(kind: Kind, merge: Merge, other: Any) -> Values:
    who = {"staff_user_id": merge.staff_user_id, "staff_name": merge.staff_name}
    named = {"id": merge.id, "other_id": other.id, "number": other.number}
    label = domain.label_of(kind.name, store.values(other))
    return {**named, "label": label, "merged_at": clock.wire(merge.merged_at), **who}
