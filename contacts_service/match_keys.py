"""The queries of match keys, by which likely duplicates are found: index look-ups, however many records there are."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, true, tuple_, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, each_number, insert_ignore, insert_many, on_each
from contacts_service import likeness
from contacts_service.models import MatchKey, SetApart

Values = dict[str, Any]

# Parameters of one statement: SQLite takes no more than 250,000.
CHUNK = 10_000
# Each is a condition of its own.
REMOVED_AT_ONCE = 500
# Who shares a key with more than these is compared with nobody by it: a switchboard's number, a very common name.
LARGEST_BLOCK = 50
LOOKED_UP = 100
SCANNED = 10_000


def add(session: Session, kind: str, records: Iterable[Values]) -> None:
    """Enter the keys of new records."""
    _insert(session, [(key, values["id"]) for values in records for key in sorted(likeness.keys(kind, values))])


def bring_in_line(session: Session, kind: str, records: Sequence[Values]) -> None:
    """Make the keys of records those of the given values."""
    wanted = {values["id"]: likeness.keys(kind, values) for values in records}
    before = _keys_of(session, wanted)
    outdated = [(key, id) for id, keys in before.items() for key in keys - wanted[id]]
    for start in range(0, len(outdated), REMOVED_AT_ONCE):
        _remove(session, outdated[start : start + REMOVED_AT_ONCE])
    _note_alone(session, {key for key, _ in outdated})
    _insert(session, [(key, id) for id, keys in wanted.items() for key in keys - before.get(id, set())])


def _keys_of(session: Session, ids: Collection[str]) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    theirs = select(MatchKey.record_id, MatchKey.key).where(among(session, MatchKey.record_id, ids))
    for id, key in session.execute(theirs) if ids else []:
        found.setdefault(id, set()).add(key)
    return found


def _remove(session: Session, pairs: Sequence[tuple[int, str]]) -> None:
    session.execute(delete(MatchKey).where(tuple_(MatchKey.key, MatchKey.record_id).in_(pairs)))


def strike(session: Session, *record_ids: str) -> None:
    """Records that are gone are nobody's duplicates."""
    keys = set().union(*_keys_of(session, record_ids).values())
    session.execute(delete(MatchKey).where(among(session, MatchKey.record_id, record_ids)))
    _note_alone(session, keys)


# Whoever calls what follows holds the tree of the kind: two who get a key at the same time would not see each other.
# Each key costs a look-up or two, however many records have it: a common name has thousands.


def _insert(session: Session, pairs: Sequence[tuple[int, str]]) -> None:
    """Enter pairs of key and record, and note who shares a key from now on."""
    counted = Counter(key for key, _ in pairs)
    held = _held(session, counted)
    _mark(session, [key for key, shared in held.items() if not shared], shared=True)
    rows = [{"key": key, "record_id": id, "shared": key in held or counted[key] > 1} for key, id in pairs]
    for start in range(0, len(rows), CHUNK):
        insert_many(session, MatchKey, rows[start : start + CHUNK])


def _held(session: Session, keys: Collection[int]) -> dict[int, bool]:
    """Which of these keys some record has, and whether several have it."""
    given = each_number(session, MatchKey.key, keys)
    one = select(MatchKey.shared).where(MatchKey.key == given.c.value).limit(1).scalar_subquery()
    found = session.execute(select(given.c.value, one)) if keys else ()
    return {key: bool(shared) for key, shared in found if shared is not None}


def _note_alone(session: Session, keys: Collection[int]) -> None:
    """Note who is the only one left with one of these keys."""
    given = each_number(session, MatchKey.key, keys)
    theirs = select(MatchKey.record_id).where(MatchKey.key == given.c.value).order_by(MatchKey.record_id)
    first, second = theirs.limit(1).scalar_subquery(), theirs.limit(1).offset(1).scalar_subquery()
    alone = select(given.c.value).where(first.is_not(None), second.is_(None))
    _mark(session, list(session.scalars(alone)) if keys else [], shared=False)


def _mark(session: Session, keys: Sequence[int], *, shared: bool) -> None:
    """Note of keys that one record has whether others have them too."""
    for start in range(0, len(keys), CHUNK):
        theirs = among(session, MatchKey.key, keys[start : start + CHUNK])
        note = update(MatchKey).where(theirs, MatchKey.shared != shared).values(shared=shared)
        session.execute(note, execution_options={"synchronize_session": False})


def holders(session: Session, keys: Collection[int]) -> set[str]:
    """The records that have one of these keys, at most LOOKED_UP for each."""
    return {id for ids in holders_of_each(session, keys, limit=LOOKED_UP).values() for id in ids}


def holders_of_each(session: Session, keys: Collection[int], *, limit: int) -> dict[int, list[str]]:
    """The records that have each of these keys, the last ``limit`` of them."""
    found: dict[int, list[str]] = {}
    for key, record_id in session.execute(_last_holders(session, keys, limit)) if keys else []:
        found.setdefault(key, []).append(record_id)
    return found


def _last_holders(session: Session, keys: Collection[int], limit: int) -> Any:
    each = on_each(session, MatchKey.key, keys)
    if each is None:
        place = func.row_number().over(partition_by=MatchKey.key, order_by=MatchKey.record_id.desc())
        theirs = among(session, MatchKey.key, keys)
        numbered = select(MatchKey.key, MatchKey.record_id, place.label("place")).where(theirs).subquery()
        return select(numbered.c.key, numbered.c.record_id).where(numbered.c.place <= limit)
    last = select(MatchKey.record_id).where(MatchKey.key == each.c.value).order_by(MatchKey.record_id.desc())
    its_own = last.limit(limit).lateral()
    return select(each.c.value, its_own.c.record_id).select_from(each).join(its_own, true())


def shared_blocks(session: Session, kind: str, *, after: int | None) -> tuple[dict[int, list[str]], int | None]:
    """Records by the key they share, in order of the keys, from one on; the last key looked at, None at the end."""
    first, end = likeness.key_range(kind)
    begin = first if after is None else after
    wanted = select(MatchKey.key, MatchKey.record_id).where(MatchKey.shared, MatchKey.key > begin, MatchKey.key < end)
    rows = session.execute(wanted.order_by(MatchKey.key, MatchKey.record_id).limit(SCANNED + 1)).all()
    blocks: dict[int, list[str]] = {}
    for key, record_id in rows:
        blocks.setdefault(key, []).append(record_id)
    following = None
    if len(rows) > SCANNED:
        # The last one may be cut off: it is read anew, unless it fills all by itself and is too large anyway.
        following = list(blocks)[-1] if len(blocks) == 1 else list(blocks)[-2]
        blocks = {key: ids for key, ids in blocks.items() if key <= following}
    return {key: ids for key, ids in blocks.items() if 2 <= len(ids) <= LARGEST_BLOCK}, following


def shared_keys(session: Session, ids: Collection[str]) -> dict[str, set[int]]:
    """The keys that each of these records shares with others."""
    found: dict[str, set[int]] = {}
    theirs = select(MatchKey.record_id, MatchKey.key).where(among(session, MatchKey.record_id, ids), MatchKey.shared)
    for id, key in session.execute(theirs) if ids else []:
        found.setdefault(id, set()).add(key)
    return found


def set_apart(session: Session, one_id: str, two_id: str, *, staff_user_id: str | None) -> None:
    """Remember that two records are not the same."""
    one, two = sorted((one_id, two_id))
    row = {"one_id": one, "two_id": two, "staff_user_id": staff_user_id, "said_at": clock.now()}
    insert_ignore(session, SetApart, [row])


def take_back(session: Session, one_id: str, two_id: str) -> None:
    """Forget it."""
    one, two = sorted((one_id, two_id))
    session.execute(delete(SetApart).where(SetApart.one_id == one, SetApart.two_id == two))


def pairs_set_apart(session: Session, ids: Collection[str]) -> set[tuple[str, str]]:
    """The pairs that people said are not the same, of which at least one record is among these."""
    if not ids:
        return set()
    theirs = or_(among(session, SetApart.one_id, ids), among(session, SetApart.two_id, ids))
    return {(row.one_id, row.two_id) for row in session.scalars(select(SetApart).where(theirs))}
