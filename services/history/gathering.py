"""Timelines of several who belong together, an organization and its people, read as one."""

from collections.abc import Collection, Iterable
from itertools import groupby
from typing import Any

from sqlalchemy import func, or_, select, true, tuple_, union_all
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.bulk import among, on_each
from services.history.domain import Home
from services.history.models import Entry, Mail
from services.history.store import shown

NEWEST_FIRST = (Entry.happened_at.desc(), Entry.id.desc())


def page(
    session: Session, *, homes: Iterable[Home], kinds: Collection[str] | None, limit: int | None, cursor: str | None
) -> tuple[Any, str | None]:
    """One page of all their entries, newest first. What stands with several of them comes once.

    That happened with all of them at the same moment, so a page knows what the one before has shown by reading the
    moment at which that one ended once more.
    """
    of_kind = _by_kind(homes)
    length = paging.bounded(limit)
    passed = paging.last_moment(cursor) if cursor else None
    conditions = [*shown(kinds), *([Entry.happened_at <= passed[0]] if passed else [])]
    seen: set[Any] = set()
    rows: list[Any] = []
    while len(rows) <= length:
        chunk = _newest(session, of_kind, conditions, length + 1)
        for row in chunk:
            entry = row[0]
            what = entry.mail_message_id or entry.source_event_id or entry.id
            if what not in seen and not (passed and (entry.happened_at, entry.id) >= passed):
                rows.append(row)
            seen.add(what)
        if len(chunk) <= length:
            break
        last = chunk[-1][0]
        conditions = [*shown(kinds), tuple_(Entry.happened_at, Entry.id) < (last.happened_at, last.id)]
    return paging.page(rows, length, key=lambda row: [clock.wire(row[0].happened_at), row[0].id])


def counted(session: Session, *, homes: Iterable[Home], kinds: Collection[str] | None) -> dict[str, Any]:
    """How many entries ``page`` shows on all pages: ``{count, exact}``."""
    theirs = [
        (Entry.record_kind == kind) & among(session, Entry.record_id, ids) for kind, ids in _by_kind(homes).items()
    ]
    what = func.coalesce(Entry.mail_message_id, Entry.source_event_id, Entry.id).label("what")
    once = select(what).where(or_(*theirs), *shown(kinds)).distinct().limit(paging.MOST_COUNTED + 1).subquery()
    return paging.counted(session, select(once))


def _by_kind(homes: Iterable[Home]) -> dict[str, list[str]]:
    return {kind: [home.id for home in some] for kind, some in groupby(sorted(homes, key=_kind), key=_kind)}


def _kind(home: Home) -> str:
    return home.kind


def _newest(session: Session, of_kind: dict[str, list[str]], conditions: list[Any], most: int) -> list[Any]:
    """The newest entries of all of them. On PostgreSQL each one's own newest come from its end of the index."""
    found = union_all(*(_places(session, kind, ids, conditions, most) for kind, ids in of_kind.items())).subquery()
    # Whole entries are read of those alone that are shown.
    shown_ids = select(found.c.id).order_by(found.c.happened_at.desc(), found.c.id.desc()).limit(most)
    query = select(Entry, Mail).outerjoin(Mail, Mail.mail_message_id == Entry.mail_message_id)
    return list(session.execute(query.where(Entry.id.in_(shown_ids)).order_by(*NEWEST_FIRST)))


def _places(session: Session, kind: str, ids: list[str], conditions: list[Any], most: int) -> Any:
    place = select(Entry.happened_at, Entry.id)
    newest = place.where(Entry.record_kind == kind, *conditions).order_by(*NEWEST_FIRST).limit(most)
    each = on_each(session, Entry.record_id, ids)
    if each is None:
        return select(newest.where(among(session, Entry.record_id, ids)).subquery())
    its_own = newest.where(Entry.record_id == each.c.value).lateral()
    return select(its_own).select_from(each).join(its_own, true())
