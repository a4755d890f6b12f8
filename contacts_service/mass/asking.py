"""What may be asked of a mass change: which records, what is to be done to them. Refused before anything begins."""

from typing import Any

from sqlalchemy.orm import Session

from contacts_service import changes, fields
from contacts_service.checks import Fault
from contacts_service.kinds import KINDS, Kind
from contracts.errors import Invalid

Values = dict[str, Any]

UPDATE, DELETE, RESTORE = ACTIONS = ("update", "delete", "restore")
ADD_TAGS, REMOVE_TAGS = _TAGS = ("add_tags", "remove_tags")
REFUSED = "The records cannot be changed like this."


def kind_called(name: Any) -> Kind:
    """The kind of record. Invalid."""
    if name not in KINDS:
        raise Invalid(REFUSED, fields={"record_kind": [f"Name one: {', '.join(KINDS)}."]})
    return KINDS[name]


def plain(data: Values) -> Values:
    """The fields that each record gets, without what becomes of its tags."""
    return {name: value for name, value in data.items() if name not in _TAGS}


def check(session: Session, kind: Kind, action: Any, data: Any) -> None:
    """That it can be done to a record at all. Invalid, by the field."""
    if action not in ACTIONS:
        raise Invalid(REFUSED, fields={"action": [f"Must be one of: {', '.join(ACTIONS)}."]})
    if not isinstance(data, dict) or bool(data) != (action == UPDATE):
        fault = "Name the fields that are to be changed." if action == UPDATE else "Nothing goes with this action."
        raise Invalid(REFUSED, fields={"data": [fault]})
    values = fields.changed_values(plain(data), kind.fields)
    changes.check_links(session, kind, None, values)
    for name in data.keys() & set(_TAGS):
        try:
            fields.tags(data[name])
        except Fault as fault:
            raise Invalid(REFUSED, fields={name: [str(fault)]}) from fault
