"""What is read of activities: one, or a page of those that are wanted."""

from datetime import datetime
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle
from contracts.activities import ACTIVITY_KINDS, ACTIVITY_STATES
from contracts.errors import Invalid, NotFound
from contracts.fields import identity_or_none
from services.activities import domain, forms, records, store, unions

Values = dict[str, Any]
STATES = (*ACTIVITY_STATES, "past")
MAX_PEOPLE = 1_001
MOST_IN_A_CALENDAR = 2_000
LONGEST_IN_A_CALENDAR = 2_000


def one(db: DatabaseHandle, *, id: str) -> Values:
    """One activity. NotFound."""
    with db.session() as session:
        row = store.activity_by_id(session, id=forms.checked_id(id))
        if row is None:
            raise NotFound("There is no such activity.")
        return records.activity(row, steps=unions.of_activities(session, rows=[row]), now=clock.now())


def page(
    db: DatabaseHandle, wanted: Values, *, counted: bool = False, limit: int | None = None, cursor: str | None = None
) -> Values:
    """One page. Invalid for what cannot be looked for."""
    now, checked = clock.now(), _checked(wanted)
    with db.session() as session:
        conditions = store.matching(session, **checked, overdue_at=now if wanted.get("overdue") else None)
        soonest_first = wanted.get("state") == domain.OPEN
        rows, following = store.page(
            session, conditions=conditions, soonest_first=soonest_first, limit=limit, cursor=cursor
        )
        steps = unions.of_activities(session, rows=rows)
        found = {"items": [records.activity(row, steps=steps, now=now) for row in rows], "next": following}
        return {**found, "total": store.count(session, conditions=conditions)} if counted else found


def calendar(db: DatabaseHandle, *, people: list[str], since: str) -> Values:
    """What is in the calendar of these people and groups from a moment on, in the order of time."""
    now = clock.now()
    moment = _moment("since", since) or now
    with db.session() as session:
        rows = store.of_people(session, people=people[:MAX_PEOPLE], since=moment, limit=MOST_IN_A_CALENDAR)
        steps = unions.of_activities(session, rows=rows)
        return {"items": [_cut(records.activity(row, steps=steps, now=now)) for row in rows], "next": None}


def _cut(record: Values) -> Values:
    return {**record, "description": record["description"][:LONGEST_IN_A_CALENDAR]}


def _checked(wanted: Values) -> Values:
    mail = wanted.get("mail_message_id")
    if mail is not None and identity_or_none(mail) is None:
        raise _invalid("mail_message_id", "Must be the id of a mail.")
    return {
        "record": forms.checked_record(wanted.get("record")),
        "owner_id": wanted.get("owner_id"),
        "people": people[:MAX_PEOPLE] if (people := wanted.get("people")) is not None else None,
        "kind": _word("kind", wanted.get("kind"), ACTIVITY_KINDS),
        "state": _word("state", wanted.get("state"), STATES),
        "mail_message_id": mail,
        "since": _moment("since", wanted.get("since")),
        "until": _moment("until", wanted.get("until")),
        "deleted": bool(wanted.get("deleted")),
    }


def _word(name: str, value: Any, words: tuple[str, ...]) -> Any:
    if value is not None and value not in words:
        raise _invalid(name, f"Must be one of: {', '.join(words)}.")
    return value


def _moment(name: str, text: Any) -> datetime | None:
    try:
        return clock.unwire(text) if text is not None else None
    except (TypeError, ValueError) as error:
        raise _invalid(name, "Must be a moment, written like 2026-11-22T09:00:00+09:00.") from error


def _invalid(name: str, sentence: str) -> Invalid:
    return Invalid("The list cannot be made: correct what is named.", fields={name: [sentence]})
