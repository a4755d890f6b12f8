"""Comments: written, changed, deleted and restored by who wrote them; an admin deletes and restores others' too.

Each stands on its record's timeline.
"""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from contracts.errors import Conflict, Forbidden, NotFound, PreconditionFailed
from contracts.fields import identity_or_none
from services.history import domain, records, store, unions
from services.history.domain import Home
from services.history.models import Comment, Entry

Values = dict[str, Any]


def write(
    session: Session, *, record: Values, text: str, mail_message_id: str | None, actor: Values
) -> tuple[Values, list[Values]]:
    """Write a comment and its entry; the comment as JSON, and the entry's row."""
    home = unions.present_home(session, home=domain.checked_record(record))
    mail = domain.checked_id(mail_message_id) if mail_message_id else None
    row = store.add_comment(session, home=home, text=domain.checked_text(text), mail_message_id=mail, actor=actor)
    entry = {"kind": "comment", "origin": domain.PERSON, "happened_at": clock.wire(row.created_at), "about_id": row.id}
    return records.comment(row, home=home), store.add_entries(
        session, entries=[{**entry, "home": home, "summary": _shown(row)}]
    )


def read(session: Session, *, id: str) -> Values:
    """One comment. NotFound if there is none or it was deleted."""
    return _told(session, _present(session.get(Comment, _identity(id))))


def change(session: Session, *, id: str, text: str, version: int, actor: Values) -> Values:
    """Another text, of one's own comment."""
    row = _own(session, id, actor, version, may_manage=False)
    wanted = domain.checked_text(text)
    if wanted != row.text:
        row.text, row.edited_at, row.version = wanted, clock.now(), row.version + 1
        _show(session, row, summary=_shown(row))
    return _told(session, row)


def delete(session: Session, *, id: str, version: int, actor: Values, may_manage: bool = False) -> Values:
    """One's own comment goes from the timeline, with ``may_manage`` anybody's; it can be restored."""
    row = _own(session, id, actor, version, may_manage=may_manage)
    row.deleted_at, row.version = clock.now(), row.version + 1
    _show(session, row, origin=domain.UNLINKED)
    return _told(session, row)


def restore(session: Session, *, id: str, actor: Values, may_manage: bool = False) -> Values:
    """What ``delete`` took away comes back to where it stood. Conflict if it was not deleted."""
    row = _existing(_locked(session, id))
    _check_own(row, actor, may_manage)
    if row.deleted_at is None:
        raise Conflict("The comment was not deleted.")
    row.deleted_at, row.version = None, row.version + 1
    _show(session, row, origin=domain.PERSON)
    return _told(session, row)


def facts(comment: Values) -> Values:
    """What events of a comment tell."""
    told = {name: comment[name] for name in ("record", "mail_message_id", "staff_user_id", "text")}
    return {"comment_id": comment["id"], **told}


def _shown(row: Comment) -> Values:
    edited = {"edited_at": clock.wire(row.edited_at)} if row.edited_at else {}
    return {"text": row.text, "author_name": row.author_name, "mail_message_id": row.mail_message_id, **edited}


def _show(session: Session, row: Comment, **changes: Any) -> None:
    theirs = update(Entry).where(Entry.about_id == row.id, Entry.kind == "comment")
    session.execute(theirs.values(**changes), execution_options={"synchronize_session": False})


def _told(session: Session, row: Comment) -> Values:
    return records.comment(row, home=unions.present_home(session, home=Home(row.record_kind, row.record_id)))


def _own(session: Session, id: str, actor: Values, version: int, *, may_manage: bool) -> Comment:
    row = _present(_locked(session, id))
    _check_own(row, actor, may_manage)
    if row.version != version:
        raise PreconditionFailed("The comment was changed meanwhile: read it again and repeat your change.")
    return row


def _check_own(row: Comment, actor: Values, may_manage: bool) -> None:
    own = row.staff_user_id is not None and row.staff_user_id == actor.get("staff_user_id")
    if not own and not may_manage:
        raise Forbidden("A comment is changed and deleted by who wrote it. Write one of your own beside it.")


def _locked(session: Session, id: str) -> Comment | None:
    return session.scalars(select(Comment).where(Comment.id == _identity(id)).with_for_update()).one_or_none()


def _present(row: Comment | None) -> Comment:
    if _existing(row).deleted_at:
        raise NotFound("The comment was deleted.")
    return _existing(row)


def _existing(row: Comment | None) -> Comment:
    if row is None:
        raise NotFound("There is no such comment.")
    return row


def _identity(id: Any) -> str:
    if (found := identity_or_none(id)) is None:
        raise NotFound("There is no such comment.")
    return found
