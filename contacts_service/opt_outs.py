"""Since when a record wants no mailings, who said so, and by what way it came in. Pure, as domain.py."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from contacts_service.checks import one_of, owner
from contracts.people import OPT_OUT_SOURCES

Values = dict[str, Any]

FLAG = "email_opt_out"


def _moment(value: Any) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def _source(value: Any) -> str | None:
    return one_of(OPT_OUT_SOURCES)(value) or None


# What is noted beside the flag, never typed; how it is read from a journal (``domain.wire_values``).
NOTED: Mapping[str, Callable[[Any], Any]] = {
    "opted_out_at": _moment,
    "opted_out_by": owner,
    "opted_out_source": _source,
}
NOTHING: Mapping[str, None] = dict.fromkeys(NOTED)


def noted(before: Values, changes: Values, actor: Values | None, moment: datetime) -> Values:
    """``changes`` with what is to be noted of an opt-out, or forgotten with it; what is noted in them stays."""
    out = changes.get(FLAG)
    if out is None or out == before[FLAG] or NOTED.keys() <= changes.keys():
        return changes
    who = actor or {}
    values = (moment, who.get("staff_user_id"), who.get("source"))
    return {**changes, **(dict(zip(NOTED, values, strict=True)) if out else NOTHING)}


def with_noted(names: Iterable[str]) -> list[str]:
    """Names of fields, and what has to be kept with them to put them back."""
    found = list(names)
    return [*found, *NOTED] if FLAG in found else found


def typed(names: Iterable[str]) -> list[str]:
    """Names of fields without what is noted of itself."""
    return [name for name in names if name not in NOTED]


def inherited(survivor: Values, other: Values, after: Values) -> Values:
    """What the survivor of a merge takes over with the other's opt-out: when, by whom and by what way that came."""
    hands_over = after[FLAG] and other[FLAG] and not survivor[FLAG]
    return {name: other[name] for name in NOTED} if hands_over else {}
