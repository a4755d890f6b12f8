"""Likely duplicates: of one record, of what is being typed, and in all there is, in groups."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations
from typing import Any

from contacts_service import changes, fields, likeness, match_keys, store
from contacts_service.checks import Fault
from contacts_service.kinds import Kind, wire
from contracts.errors import Invalid

Values = dict[str, Any]

MAX_ALIKE = 20
MAX_GROUP = 20


def of_record(session: Any, kind: Kind, record_id: str) -> list[Values]:
    """The records that may be the same as one, the likeliest first, each with reasons. NotFound."""
    row = changes.present(session, kind, record_id)
    return _alike(session, kind, store.values(row), but=row.id)


def of_values(session: Any, kind: Kind, data: Any) -> list[Values]:
    """The records that may be the one that is being typed; what is not complete yet is passed over."""
    if not isinstance(data, Mapping):
        raise Invalid("What is looked for is an object of fields.")
    values = fields.empty(kind.fields)
    for name in likeness.COMPARED:
        if name in data and name in kind.fields:
            try:
                values[name] = kind.fields[name](data[name])
            except Fault:
                continue
    return _alike(session, kind, values, but=None)


def _alike(session: Any, kind: Kind, values: Values, *, but: str | None) -> list[Values]:
    ids = match_keys.holders(session, likeness.keys(kind.name, values)) - {but}
    apart = match_keys.pairs_set_apart(session, {but} if but else ())
    found = {
        id: told
        for id, other in store.compared(session, kind.model, ids).items()
        if (but is None or tuple(sorted((but, id))) not in apart)
        and (told := likeness.reasons(kind.name, values, other))
    }
    likeliest = sorted(found, key=lambda id: (-likeness.worth(found[id]), id))[:MAX_ALIKE]
    rows = {row.id: store.values(row) for row in store.records_by_id(session, kind.model, likeliest)}
    return [{"record": wire(kind, rows[id]), "reasons": found[id]} for id in likeliest]


def groups(session: Any, kind: Kind, *, limit: int, after: int | None) -> tuple[list[Values], int | None]:
    """Some ``limit`` groups of likely duplicates among all records, from a key on, and the last key looked at.

    A page may have fewer groups, even none, and yet be followed by others: it ends where it has looked at enough. It
    has more where one key alone makes more.
    """
    blocks, following = match_keys.shared_blocks(session, kind.name, after=after)
    found: list[Values] = []
    ordered = list(blocks)
    for start in range(0, len(ordered), limit):
        some = ordered[start : start + limit]
        for key, here in _groups_of(session, kind, {key: blocks[key] for key in some}):
            found += here
            if len(found) >= limit and key != ordered[-1]:
                return found, key
    return found, following


def _groups_of(session: Any, kind: Kind, blocks: Mapping[int, list[str]]) -> Iterator[tuple[int, list[Values]]]:
    """The groups of each block, by its key."""
    ids = {id for block in blocks.values() for id in block}
    rows = store.compared(session, kind.model, ids)
    apart, shared = match_keys.pairs_set_apart(session, ids), match_keys.shared_keys(session, ids)
    for key, block in blocks.items():
        pairs = {
            pair: told
            for pair in combinations(block, 2)
            # Each pair once, by the first key it has in common.
            if pair not in apart
            and min(shared[pair[0]] & shared[pair[1]]) == key
            and (told := likeness.reasons(kind.name, rows[pair[0]], rows[pair[1]]))
        }
        yield key, [_group(session, kind, members, pairs) for members in _connected(pairs)]


def _connected(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Records that are joined by pairs, each once."""
    sets: list[set[str]] = []
    for pair in pairs:
        joined = {*pair}
        for each in [each for each in sets if each & joined]:
            sets.remove(each)
            joined |= each
        sets.append(joined)
    return [sorted(each) for each in sets]


def _group(session: Any, kind: Kind, ids: list[str], pairs: Mapping[tuple[str, str], list[Values]]) -> Values:
    told = {
        (each["reason"], each["value"]): each for pair, found in pairs.items() if {*ids} >= {*pair} for each in found
    }
    reasons = sorted(told.values(), key=lambda each: -likeness.WORTH[each["reason"]])
    records = [wire(kind, store.values(row)) for row in store.records_by_id(session, kind.model, ids[:MAX_GROUP])]
    return {"records": records, "reasons": reasons[:MAX_GROUP]}


def set_apart(tx: Any, kind: Kind, one_id: str, two_id: str, *, apart: bool, actor: Values | None = None) -> Values:
    """Two records are not the same, as a person says, or may be again. NotFound; Invalid for one with itself."""
    one, two = (changes.present(tx.session, kind, each) for each in (one_id, two_id))
    if one.id == two.id:
        raise Invalid("A record is the same as itself.", fields={"other_id": [f"Name another {kind.name}."]})
    if apart:
        match_keys.set_apart(tx.session, one.id, two.id, staff_user_id=(actor or {}).get("staff_user_id"))
    else:
        match_keys.take_back(tx.session, one.id, two.id)
    return {"ids": [one.id, two.id], "apart": apart}
