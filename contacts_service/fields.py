"""What a contact or an organization may hold: the check of each field and of a whole record. Pure, as domain.py."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from email_validator import EmailNotValidError, validate_email

from contracts.addresses import canonical_address
from contracts.errors import Invalid
from contracts.fields import identity_or_none
from contracts.people import MAX_RECORD_ADDRESSES

Values = dict[str, Any]

MAX_PHONES = 20
MAX_ADDRESS = 320
MAX_DESCRIPTION = 50_000

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_BREAKS = re.compile(r"[\t\n]")


class Fault(ValueError):
    """One field that cannot be accepted; the sentence says why and what to do."""


def one_line(value: Any, *, limit: int = 255) -> str:
    """A trimmed text without line breaks."""
    if _BREAKS.search(line := lines(value, limit=limit)):
        raise Fault("Must be one line: take the line breaks and tabs out.")
    return line


def lines(value: Any, *, limit: int = MAX_DESCRIPTION) -> str:
    """A trimmed text; ``\\r\\n`` becomes ``\\n``."""
    if not isinstance(value, str):
        raise Fault("Must be a text.")
    text = value.replace("\r\n", "\n").strip()
    if CONTROL.search(text):
        raise Fault("Holds control characters: take them out.")
    if len(text) > limit:
        raise Fault(f"Is longer than {limit:,} characters: shorten it.")
    return text


def needed(value: Any) -> str:
    """A text that may not be empty."""
    if not (text := one_line(value)):
        raise Fault("Is required: fill it in.")
    return text


def identity(value: Any) -> str | None:
    """The id of a record, or none."""
    if value is None:
        return None
    if (found := identity_or_none(value)) is None:
        raise Fault("Must be the id of a record.")
    return found


def owner(value: Any) -> str | None:
    """The id of the staff user in charge, or none."""
    return None if value is None else one_line(value, limit=64) or None


def phones(value: Any) -> list[str]:
    """Phone numbers as typed, without empty ones and repetitions; the first is the primary one."""
    if not isinstance(value, list) or len(value) > MAX_PHONES:
        raise Fault(f"Must be a list of at most {MAX_PHONES} phone numbers.")
    return list(dict.fromkeys(phone for item in value if (phone := one_line(item, limit=64))))


def addresses(value: Any) -> list[str]:
    """Mail addresses as typed, each mailbox once; the first is the primary one."""
    if not isinstance(value, list) or len(value) > MAX_RECORD_ADDRESSES:
        raise Fault(f"Must be a list of at most {MAX_RECORD_ADDRESSES} mail addresses.")
    kept: dict[str, str] = {}
    for address in (mail_address(item) for item in value if item != ""):
        kept.setdefault(canonical_address(address), address)
    return list(kept.values())


def mail_address(value: Any) -> str:
    """A mail address a person typed. Forms that Japanese carriers gave out against RFC 5321 are accepted."""
    address = one_line(value, limit=MAX_ADDRESS)
    try:
        validate_email(_with_tidy_dots(canonical_address(address)), check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Fault(f"{address} is no mail address: {error}") from error
    return address


def _with_tidy_dots(address: str) -> str:
    """``taro..yamada.@docomo.ne.jp`` is a real mailbox: leave its dots out of the check."""
    local, at, domain = address.rpartition("@")
    return re.sub(r"\.{2,}", ".", local).strip(".") + at + domain if at else address


COMMON: dict[str, Callable[[Any], Any]] = {
    "addresses": addresses,
    "phones": phones,
    "description": lines,
    "owner_id": owner,
    "source": lambda value: one_line(value, limit=50),
}
CONTACT_FIELDS: dict[str, Callable[[Any], Any]] = {
    "last_name": needed,
    "first_name": one_line,
    "last_name_kana": one_line,
    "first_name_kana": one_line,
    "title": one_line,
    "department": one_line,
    "organization_id": identity,
    **COMMON,
}
ORGANIZATION_FIELDS: dict[str, Callable[[Any], Any]] = {"name": needed, **COMMON}
_EMPTY: Values = {"addresses": [], "phones": [], "owner_id": None, "organization_id": None, "source": "CRM"}


def new_values(data: Any, fields: Mapping[str, Callable[[Any], Any]]) -> Values:
    """The values of a new record from what was typed, every field filled. Invalid names each fault by its field."""
    missing = {name: _EMPTY.get(name, "") for name in fields}
    return changed_values({**missing, **_mapping(data)}, fields)


def changed_values(data: Any, fields: Mapping[str, Callable[[Any], Any]]) -> Values:
    """The values of those fields that ``data`` names. Invalid names each fault by its field."""
    values: Values = {}
    faults: dict[str, list[str]] = {}
    for name, value in _mapping(data).items():
        try:
            values[name] = fields[name](value)
        except KeyError:
            faults[str(name)[:100]] = ["There is no such field."]
        except Fault as fault:
            faults[name] = [str(fault)]
    if faults:
        raise Invalid("The record cannot be saved: correct the fields that are named.", fields=faults)
    return values


def _mapping(data: Any) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise Invalid("The record cannot be saved: its data must be an object of fields.")
    return data
