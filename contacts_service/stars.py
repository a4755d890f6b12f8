"""Stars: each staff user marks records for himself. A star is no change of the record, so nobody else hears of it."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import delete, exists, not_, select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import among, insert_ignore
from contacts_service import changes
from contacts_service.kinds import Kind
from contacts_service.models import Star
from contracts.errors import Invalid

Values = dict[str, Any]


def put(tx: Any, kind: Kind, record_id: str, *, starred: bool, actor: Values | None) -> Values:
    """Put a star on a record or take it away, for whoever asks. NotFound; Invalid where nobody asks."""
    staff_user_id = (actor or {}).get("staff_user_id")
    if not staff_user_id:
        raise Invalid("A star is somebody's: say whose.", fields={"actor": ["Name the staff user."]})
    row = changes.present(tx.session, kind, record_id)
    if starred:
        star = {"staff_user_id": staff_user_id, "record_id": row.id, "starred_at": clock.now()}
        insert_ignore(tx.session, Star, [star])
    else:
        theirs = (Star.staff_user_id == staff_user_id) & (Star.record_id == row.id)
        tx.session.execute(delete(Star).where(theirs))
    return {"starred": starred}


def starred_among(session: Session, staff_user_id: str, record_ids: Collection[str]) -> set[str]:
    """Those of these records that have a star of one staff user."""
    theirs = (Star.staff_user_id == staff_user_id) & among(session, Star.record_id, record_ids)
    return set(session.scalars(select(Star.record_id).where(theirs))) if record_ids else set()


def has_star(model: Any, staff_user_id: str | None, starred: bool) -> Any:
    """The condition that a record has a star of one staff user, or (``starred`` false) has none."""
    marked = exists().where(Star.record_id == model.id, Star.staff_user_id == staff_user_id)
    return marked if starred else not_(marked)


def told(session: Session, staff_user_id: str | None, items: list[Values]) -> list[Values]:
    """Records as callers get them, each with whether a staff user marked it; as they are where none asks."""
    if staff_user_id is None:
        return items
    marked = starred_among(session, staff_user_id, [item["id"] for item in items])
    return [{**item, "starred": item["id"] in marked} for item in items]


def hand_on(session: Session, other_id: str, survivor_id: str) -> None:
    """Whoever marked the one that goes into another one finds that one marked; its own stars wait for its return."""
    theirs = select(Star.staff_user_id).where(Star.record_id == other_id)
    rows = [
        {"staff_user_id": each, "record_id": survivor_id, "starred_at": clock.now()} for each in session.scalars(theirs)
    ]
    insert_ignore(session, Star, rows)
