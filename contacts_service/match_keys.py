"""The queries of match keys, by which likely duplicates are found: index look-ups, however many records there are."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import delete, exists, func, not_, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from chassis import clock
from chassis.bulk import among, insert_ignore, insert_many
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
    rows = _rows(kind, records)
    for start in range(0, len(rows), CHUNK):
        insert_many(session, MatchKey, rows[start : start + CHUNK])
    _note_shared(session, {row["key"] for row in rows})


def _rows(kind: str, records: Iterable[Values]) -> list[Values]:
    return [
        {"key": key, "record_id": values["id"], "shared": False}
        for values in records
        for key in sorted(likeness.keys(kind, values))
    ]


def bring_in_line(session: Session, kind: str, records: Sequence[Values]) -> None:
    """Make the keys of records those of the given values."""
    wanted = {values["id"]: likeness.keys(kind, values) for values in records}
    before = _keys_of(session, wanted)
    outdated = [(key, id) for id, keys in before.items() for key in keys - wanted[id]]
    new = [(key, id) for id, keys in wanted.items() for key in keys - before.get(id, set())]
    for start in range(0, len(outdated), REMOVED_AT_ONCE):
        _remove(session, outdated[start : start + REMOVED_AT_ONCE])
    rows = [{"key": key, "record_id": id, "shared": False} for key, id in new]
    for start in range(0, len(rows), CHUNK):
        insert_many(session, MatchKey, rows[start : start + CHUNK])
    _note_shared(session, {key for key, _ in (*outdated, *new)})


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
    _note_shared(session, keys)


def _note_shared(session: Session, keys: Collection[int]) -> None:
    """Whoever calls holds the tree of the kind: two who get a key at the same time would not see each other."""
    ordered, another = sorted(keys), aliased(MatchKey)
    others = exists().where(another.key == MatchKey.key, another.record_id != MatchKey.record_id)
    for start in range(0, len(ordered), CHUNK):
        touched = among(session, MatchKey.key, ordered[start : start + CHUNK])
        for shared, condition in ((True, not_(MatchKey.shared) & others), (False, MatchKey.shared & not_(others))):
            note = update(MatchKey).where(touched, condition).values(shared=shared)
            session.execute(note, execution_options={"synchronize_session": False})


def holders(session: Session, keys: Collection[int]) -> set[str]:
    """The records that have one of these keys, at most LOOKED_UP for each."""
    return {id for ids in holders_of_each(session, keys, limit=LOOKED_UP).values() for id in ids}


def holders_of_each(session: Session, keys: Collection[int], *, limit: int) -> dict[int, list[str]]:
    """The records that have each of these keys, the last ``limit`` of them."""
    place = func.row_number().over(partition_by=MatchKey.key, order_by=MatchKey.record_id.desc())
    theirs = select(MatchKey.key, MatchKey.record_id, place.label("place")).where(among(session, MatchKey.key, keys))
    numbered = theirs.subquery()
    wanted = select(numbered.c.key, numbered.c.record_id).where(numbered.c.place <= limit)
    found: dict[int, list[str]] = {}
    for key, record_id in session.execute(wanted) if keys else []:
        found.setdefault(key, []).append(record_id)
    return found


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
