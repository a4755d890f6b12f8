"""The queries of timelines, comments and links by hand; those of mails' words are in ``placing``."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, not_, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from chassis import clock, paging
from chassis.bulk import among, insert_ignore
from chassis.ids import new_id
from contracts.errors import Invalid
from services.history import domain
from services.history.domain import Home
from services.history.kinds import CHANGE_OF
from services.history.models import Comment, Entry, Mail

Values = dict[str, Any]


def add_entries(session: Session, *, entries: Iterable[Values]) -> list[Values]:
    """Put entries on timelines; those that were not there yet, with their ids. ``happened_at`` is RFC 3339."""
    rows = [entry_row(entry) for entry in entries]
    added = set(insert_ignore(session, Entry.__table__, rows, returning=Entry.id))
    return [row for row in rows if row["id"] in added]


def entry_row(entry: Values) -> Values:
    """The row of an entry; what it does not name is empty."""
    home: Home = entry["home"]
    return {
        "id": new_id(),
        "record_kind": home.kind,
        "record_id": home.id,
        "kind": entry["kind"],
        "origin": entry["origin"],
        "happened_at": clock.unwire(entry["happened_at"]),
        "mail_message_id": entry.get("mail_message_id"),
        "source_event_id": entry.get("source_event_id"),
        "about_id": entry.get("about_id"),
        "title": entry.get("title", ""),
        "summary": entry.get("summary", {}),
    }


def _is(table: Any, home: Home) -> Any:
    return (table.record_kind == home.kind) & (table.record_id == home.id)


def _of(statement: Any, table: Any, home: Home) -> Any:
    return statement.where(_is(table, home))


def timeline(
    session: Session,
    *,
    homes: Sequence[Home],
    kinds: Collection[str] | None = None,
    limit: int | None,
    cursor: str | None,
) -> tuple[Any, str | None]:
    """One page of the entries of records that are one, newest first, mails with what is told of them."""
    wanted = [_of(select(Entry.id), Entry, home).where(*shown(kinds)) for home in homes]
    if len(homes) > 1:
        wanted = [each.where(_shown_of(homes)) for each in wanted]
    if cursor:
        wanted = [each.where(_before(Entry.happened_at, Entry.id, cursor)) for each in wanted]
    length, order = paging.bounded(limit), (Entry.happened_at.desc(), Entry.id.desc())
    # Each record's newest come from its own end of the index, however long the timelines are.
    newest = [select(each.order_by(*order).limit(length + 1).subquery().c.id) for each in wanted]
    query = select(Entry, Mail).outerjoin(Mail, Mail.mail_message_id == Entry.mail_message_id)
    found = query.where(Entry.id.in_(union_all(*newest) if len(newest) > 1 else newest[0]))
    rows = list(session.execute(found.order_by(*order).limit(length + 1)))
    return paging.page(rows, length, key=lambda row: [clock.wire(row[0].happened_at), row[0].id])


def shown(kinds: Collection[str] | None) -> list[Any]:
    """The conditions of entries that nobody took away and that are of one of these kinds (kinds.py)."""
    there = [Entry.origin != domain.UNLINKED]
    if kinds is None:
        return there
    about, of_them = Entry.summary["about"].as_string(), [kind for kind in CHANGE_OF if kind in kinds]
    of_kinds = [Entry.kind.in_([kind for kind in kinds if kind not in (*CHANGE_OF, "change")])]
    if "change" in kinds:
        of_kinds.append((Entry.kind == "change") & about.is_(None))
    if of_them:
        of_kinds.append((Entry.kind == "change") & about.in_(of_them))
    return [*there, or_(*of_kinds)]


def _shown_of(homes: Sequence[Home]) -> Any:
    """What stands on several timelines that are one stands there once: a mail as linked by hand first."""
    double, ids = aliased(Entry), [home.id for home in homes]
    by_hand, other_too = (each.origin == domain.PERSON for each in (Entry, double))
    before = or_(and_(other_too, not_(by_hand)), and_(other_too == by_hand, double.id < Entry.id))
    same = double.record_id.in_(ids) & (double.mail_message_id == Entry.mail_message_id)
    mail_before = exists().where(same, double.origin != domain.UNLINKED, before)
    theirs = double.record_kind.in_({home.kind for home in homes}) & double.record_id.in_(ids)
    told_before = exists().where(theirs, double.source_event_id == Entry.source_event_id, double.id < Entry.id)
    return not_(mail_before) & not_(told_before & Entry.mail_message_id.is_(None))


def _before(moment: Any, id: Any, cursor: str) -> Any:
    text, last_id = paging.decode(cursor)
    at = _moment(text)
    return or_(moment < at, and_(moment == at, id < domain.checked_id(last_id)))


def _moment(text: Any) -> datetime:
    try:
        return clock.unwire(text)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid("The cursor is not one that this list gave out.") from error


def comments(
    session: Session, *, homes: Sequence[Home], limit: int | None, cursor: str | None
) -> tuple[Any, str | None]:
    """One page of the comments on records that are one, newest first."""
    wanted = comments_on(homes)
    if cursor:
        wanted = wanted.where(Comment.id < paging.last_id(cursor))
    length = paging.bounded(limit)
    rows = list(session.scalars(wanted.order_by(Comment.id.desc()).limit(length + 1)))
    return paging.page(rows, length, key=lambda comment: [comment.id])


def comments_on(homes: Sequence[Home]) -> Any:
    """The query of the comments on records that are one."""
    return select(Comment).where(or_(*(_is(Comment, home) for home in homes)), Comment.deleted_at.is_(None))


def comments_by_id(session: Session, *, ids: Collection[str]) -> dict[str, Comment]:
    """The comments that there are of a page's, by id."""
    return {row.id: row for row in session.scalars(select(Comment).where(Comment.id.in_(ids)))} if ids else {}


def add_comment(session: Session, *, home: Home, text: str, mail_message_id: str | None, actor: Values) -> Comment:
    """Write a comment down."""
    row = Comment(
        id=new_id(),
        record_kind=home.kind,
        record_id=home.id,
        text=text,
        mail_message_id=mail_message_id,
        staff_user_id=actor.get("staff_user_id"),
        author_name=actor.get("name") or "",
        version=1,
        created_at=clock.now(),
    )
    session.add(row)
    return row


def entries_of_mail(session: Session, *, homes: Sequence[Home], mail_message_id: str) -> list[Entry]:
    """The entries of a mail on the timelines of records that are one, the first record's first."""
    theirs = select(Entry).where(Entry.mail_message_id == mail_message_id, or_(*(_is(Entry, home) for home in homes)))
    rows = session.scalars(theirs.order_by(Entry.id).with_for_update())
    return sorted(rows, key=lambda row: row.record_id != homes[0].id)


def locked_mails(session: Session, mails: Collection[str]) -> dict[str, Mail]:
    """What is known of mails as it is now, held in the order of their ids."""
    if not mails:
        return {}
    query = select(Mail).where(among(session, Mail.mail_message_id, mails)).order_by(Mail.mail_message_id)
    rows = session.scalars(query.with_for_update().execution_options(populate_existing=True))
    return {row.mail_message_id: row for row in rows}


def mail_by_id(session: Session, *, id: str) -> Mail | None:
    """What is known of a mail."""
    return session.get(Mail, id)
