"""What activities answers with and tells of its rows: JSON values."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chassis import clock
from services.activities import domain
from services.activities.domain import Ref
from services.activities.models import Activity, NamedRecord

Values = dict[str, Any]

_SHOWN = """
    id version kind state status priority subject description owner_id time_zone all_day starts_at ends_at starts_on
    ends_on due_on due_at place direction phone result duration_seconds reminder_minutes remind_at mail_message_id
    created_by created_at updated_at closed_at deleted_at
"""
_TOLD = """
    id kind state status priority owner_id time_zone all_day starts_at ends_at starts_on ends_on due_on due_at
    mail_message_id
"""


def activity(row: Activity, *, steps: Mapping[str, Ref], now: datetime) -> Values:
    """One activity; ``overdue`` while it is open and its time has gone by."""
    overdue = row.state == domain.OPEN and row.until_at < now
    return {**_plain(row, _SHOWN), **_refs(row, steps), "overdue": overdue}


def facts(row: Activity, *, steps: Mapping[str, Ref]) -> Values:
    """What every event tells of an activity."""
    personal = {"subject": row.subject, "place": row.place}
    return {"activity": {**_plain(row, _TOLD), **_refs(row, steps)}, "personal": personal}


def values_of(row: Activity) -> Values:
    """The fields of a row, as ``forms`` has them; the records it names apart."""
    return {column.name: getattr(row, column.name) for column in Activity.__table__.columns}


def _plain(row: Activity, names: str) -> Values:
    return {name: _wire(getattr(row, name)) for name in names.split()}


def _wire(value: Any) -> Any:
    if isinstance(value, datetime):
        return clock.wire(value)
    return value.isoformat() if isinstance(value, date) else value


def _refs(row: Activity, steps: Mapping[str, Ref]) -> Values:
    """The records that an activity names, as they are now, each once."""
    return {role: _present(row, role, steps) for role in domain.ROLES}


def _present(row: Activity, role: str, steps: Mapping[str, Ref]) -> list[Values]:
    named = [(one.record_kind, one.record_id) for one in _in_order(row) if one.role == role]
    return [{"kind": kind, "id": id} for kind, id in domain.present(named, steps)]


def _in_order(row: Activity) -> list[NamedRecord]:
    return sorted(row.named, key=lambda one: one.place)
