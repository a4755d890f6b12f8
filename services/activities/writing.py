"""What is done to activities, each time with the event that tells of it."""

from collections.abc import Iterable
from typing import Any

from chassis import clock
from chassis.database import DatabaseHandle, Transaction
from chassis.ids import new_id
from contracts import ActivityReminded, ActivityUpdated
from contracts.base import Event, EventContract
from contracts.errors import NotFound, PreconditionFailed
from services.activities import domain, forms, records, store, unions
from services.activities.models import Activity

Values = dict[str, Any]


def present(tx: Transaction, id: str, *, version: int | None = None, deleted: bool = False) -> Activity:
    """An activity to be changed, in the recycle bin where ``deleted``. NotFound; PreconditionFailed."""
    row = store.activity_by_id(tx.session, id=forms.checked_id(id), deleted=deleted, locked=True)
    if row is None:
        raise NotFound("There is no such activity in the recycle bin." if deleted else "There is no such activity.")
    if version is not None and row.version != version:
        raise PreconditionFailed("The activity has changed since you read it: read it again.")
    return row


def create(tx: Transaction, values: Values, *, actor: Values) -> Values:
    """Write an activity down."""
    now, by = clock.now(), actor.get("staff_user_id")
    refs = {role: values.pop(role) for role in domain.ROLES}
    values["owner_id"] = values["owner_id"] or by
    row = Activity(id=new_id(), version=1, created_by=by, created_at=now, reminded_for=None, **values)
    _derive(row, values, changed=set(values), now=now)
    tx.session.add(row)
    _name(tx, row, refs)
    return _told(tx, row, domain.contract_of(None, row.state))


def change(tx: Transaction, row: Activity, data: Values) -> Values:
    """Change fields; nothing is told where nothing changes."""
    steps = unions.of_activities(tx.session, rows=[row])
    before = records.values_of(row)
    values = forms.changed_values(data, present=before)
    refs = {role: values.pop(role) for role in domain.ROLES if role in values}
    changed = {name for name, value in values.items() if before[name] != value}
    changed |= _name(tx, row, refs)
    if not changed:
        return records.activity(row, steps=steps, now=clock.now())
    old_state, row.version = row.state, row.version + 1
    _derive(row, values, changed=changed, now=clock.now())
    contract = domain.contract_of(old_state, row.state)
    return _told(tx, row, contract, **({"changed": sorted(changed)} if contract is ActivityUpdated else {}))


def move(tx: Transaction, row: Activity, contract: type[EventContract]) -> Values:
    """Put an activity into the recycle bin, or take it out."""
    now = clock.now()
    row.deleted_at = None if row.deleted_at else now
    row.version, row.updated_at = row.version + 1, now
    return _told(tx, row, contract)


def tell_returned(tx: Transaction, ids: Iterable[str], *, cause: Event) -> None:
    """Tell of activities that are about another record again, since that came out of a merge."""
    for row in store.activities_by_ids(tx.session, ids=ids):
        row.version, row.updated_at = row.version + 1, clock.now()
        _told(tx, row, ActivityUpdated, cause=cause, changed=["about"])


def remind(db: DatabaseHandle, *, limit: int) -> int:
    """Tell of the activities whose moment has come, of at most ``limit``; how many there were."""
    with db.transaction() as tx:
        rows = store.to_remind(tx.session, now=clock.now(), limit=limit)
        steps = unions.of_activities(tx.session, rows=rows)
        for row in rows:
            told = records.facts(row, steps=steps)
            moment = clock.wire(row.reminded_for or clock.now())
            tx.publish(ActivityReminded, subject=row.id, remind_at=moment, **told)
    return len(rows)


def _derive(row: Activity, values: Values, *, changed: set[str], now: Any) -> None:
    """Write values into a row, and what follows from them: the state, the place in a calendar, the reminder."""
    for name in changed & values.keys():
        setattr(row, name, values[name])
    row.updated_at, state = now, domain.state_of(row.status)
    if state != row.state:
        row.state, row.closed_at = state, None if state == domain.OPEN else now
    row.from_at, row.until_at = domain.span(values, closed_at=row.closed_at)
    if changed & domain.REMINDED_BY:
        row.remind_at = domain.reminder(values, reminded_for=row.reminded_for, now=now)


def _name(tx: Transaction, row: Activity, refs: Values) -> set[str]:
    """Let an activity name records; the fields that change by it."""
    steps = unions.of_activities(tx.session, rows=[row], more=[ref for named in refs.values() for ref in named])
    changed = {role for role in refs if store.name_records(row, role=role, refs=refs[role], steps=steps)}
    tx.session.flush()
    return changed


def _told(tx: Transaction, row: Activity, contract: type[EventContract], **more: Any) -> Values:
    """Publish what happened; the activity as it is now."""
    steps = unions.of_activities(tx.session, rows=[row])
    tx.publish(contract, subject=row.id, **records.facts(row, steps=steps), **more)
    return records.activity(row, steps=steps, now=clock.now())
