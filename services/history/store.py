"""The queries of timelines, comments, links by hand and unions of records; those of mails' words are in ``placing``."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update
from sqlalchemy.orm import Session

from chassis import clock, paging
from chassis.bulk import among, insert_ignore
from chassis.ids import new_id
from contracts.errors import Invalid
from services.history import domain
from services.history.domain import Home
from services.history.models import Comment, Entry, Gate, Mail, RecordAlias

Values = dict[str, Any]


def share_gate(session: Session) -> None:
    """Hold off unions of records until this transaction has written its entries."""
    session.execute(select(Gate.name).with_for_update(read=True))


def close_gate(session: Session) -> None:
    """Wait until nobody writes entries, and let nobody begin: a union must find every entry of the record."""
    session.execute(select(Gate.name).with_for_update())


def present_homes(session: Session, *, homes: Iterable[Home | None]) -> dict[Home, Home]:
    """For those of the homes that went up in another record: that record."""
    by_id = {home.id: home for home in homes if home}
    query = select(RecordAlias.old_id, RecordAlias.kind, RecordAlias.id).where(
        among(session, RecordAlias.old_id, by_id)
    )
    return {by_id[old]: Home(kind, id) for old, kind, id in session.execute(query)} if by_id else {}


def present_home(session: Session, *, home: Home) -> Home:
    """The record itself, or the one it went up in."""
    return present_homes(session, homes=[home]).get(home, home)


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


def unite(session: Session, *, old: Home, new: Home) -> Home | None:
    """Move everything of a record to the one it went up in, and remember it; None if that was done before.

    Unions may arrive in any order: the end of the chain gets the entries.
    """
    final = present_home(session, home=new)
    row = {"old_id": old.id, "kind": final.kind, "id": final.id}
    if final == old or not insert_ignore(session, RecordAlias.__table__, [row], returning=RecordAlias.old_id):
        return None
    session.execute(update(RecordAlias).where(RecordAlias.id == old.id).values(kind=final.kind, id=final.id))
    _drop_doubles(session, old=old, new=final)
    for table in (Entry, Comment):
        session.execute(_of(update(table), table, old).values(record_kind=final.kind, record_id=final.id))
    return final


def _of(statement: Any, table: Any, home: Home) -> Any:
    return statement.where(table.record_kind == home.kind, table.record_id == home.id)


def _drop_doubles(session: Session, *, old: Home, new: Home) -> None:
    """Of a thing that stands on both timelines one entry stays; a link by hand on either of them counts."""
    by_hand = _of(select(Entry.mail_message_id), Entry, old).where(Entry.origin == domain.PERSON)
    mine = _of(update(Entry), Entry, new).where(Entry.mail_message_id.in_(by_hand.scalar_subquery()))
    session.execute(mine.values(origin=domain.PERSON), execution_options={"synchronize_session": False})
    for column in (Entry.mail_message_id, Entry.source_event_id):
        there = _of(select(column), Entry, new).where(column.is_not(None)).scalar_subquery()
        doubles = _of(delete(Entry), Entry, old).where(column.in_(there))
        session.execute(doubles, execution_options={"synchronize_session": False})


def timeline(session: Session, *, home: Home, limit: int | None, cursor: str | None) -> tuple[Any, str | None]:
    """One page of a record's entries, newest first, mails with what is told of them."""
    query = select(Entry, Mail).outerjoin(Mail, Mail.mail_message_id == Entry.mail_message_id)
    wanted = _of(query, Entry, home).where(Entry.origin != domain.UNLINKED)
    if cursor:
        wanted = wanted.where(_before(Entry.happened_at, Entry.id, cursor))
    length = paging.bounded(limit)
    newest = wanted.order_by(Entry.happened_at.desc(), Entry.id.desc()).limit(length + 1)
    rows = list(session.execute(newest))
    return paging.page(rows, length, key=lambda row: [clock.wire(row[0].happened_at), row[0].id])


def _before(moment: Any, id: Any, cursor: str) -> Any:
    text, last_id = paging.decode(cursor)
    at = _moment(text)
    return or_(moment < at, and_(moment == at, id < domain.checked_id(last_id)))


def _moment(text: Any) -> datetime:
    try:
        return clock.unwire(text)
    except (TypeError, ValueError, OverflowError) as error:
        raise Invalid("The cursor is not one that this list gave out.") from error


def comments(session: Session, *, home: Home, limit: int | None, cursor: str | None) -> tuple[Any, str | None]:
    """One page of a record's comments, newest first."""
    wanted: Select[tuple[Comment]] = _of(select(Comment), Comment, home)
    if cursor:
        wanted = wanted.where(Comment.id < paging.last_id(cursor))
    length = paging.bounded(limit)
    rows = list(session.scalars(wanted.order_by(Comment.id.desc()).limit(length + 1)))
    return paging.page(rows, length, key=lambda comment: [comment.id])


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
        created_at=clock.now(),
    )
    session.add(row)
    return row


def entry_of_mail(session: Session, *, home: Home, mail_message_id: str) -> Entry | None:
    """The entry of a mail on a record's timeline, taken away by hand or not."""
    query = _of(select(Entry), Entry, home).where(Entry.mail_message_id == mail_message_id)
    entry: Entry | None = session.scalars(query.with_for_update()).one_or_none()
    return entry


def mail_by_id(session: Session, *, id: str) -> Mail | None:
    """What is known of a mail."""
    return session.get(Mail, id)
