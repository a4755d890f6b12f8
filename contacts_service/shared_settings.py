"""Settings that hold for everybody; an admin changes them."""

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.bulk import insert_ignore
from contacts_service import checks, fields
from contacts_service.models import SharedSettings
from contracts.errors import PreconditionFailed

Values = dict[str, Any]

NEVER, ASK, ALWAYS = "never", "ask", "always"
KNOWN: fields.Checks = {"address_copy": checks.one_of((NEVER, ASK, ALWAYS))}
DEFAULTS: Values = {"address_copy": ASK}
_ONLY = 1


def read(session: Session) -> Values:
    """The settings as callers get them; the defaults where nobody ever changed one."""
    row = session.get(SharedSettings, _ONLY)
    if row is None:
        return {**DEFAULTS, "version": 1, "modified_by": None, "updated_at": None}
    kept = {name: getattr(row, name) for name in (*DEFAULTS, "version", "modified_by")}
    return {**kept, "updated_at": clock.wire(row.updated_at) if row.updated_at else None}


def change(tx: Any, data: Any, version: int, actor: Values | None) -> Values:
    """Change what ``data`` names. Invalid; PreconditionFailed if ``version`` is not the present one."""
    values = fields.changed_values(data, KNOWN)
    values = {name: value or DEFAULTS[name] for name, value in values.items()}
    first = {"id": _ONLY, "version": 1, "modified_by": None, "updated_at": None, **DEFAULTS}
    insert_ignore(tx.session, SharedSettings, [first])
    made = {"version": version + 1, "modified_by": (actor or {}).get("staff_user_id"), "updated_at": clock.now()}
    theirs = update(SharedSettings).where(SharedSettings.id == _ONLY, SharedSettings.version == version)
    if tx.session.execute(theirs.values(**values, **made)).rowcount == 0:
        raise PreconditionFailed("The settings were changed meanwhile: read them again and repeat your change.")
    return read(tx.session)


def address_copy(session: Session) -> str:
    """Whether a contact gets the postal addresses of the organization that is chosen: NEVER, ASK or ALWAYS."""
    return session.scalar(select(SharedSettings.address_copy)) or str(DEFAULTS["address_copy"])
