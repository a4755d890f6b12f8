"""The check of each kind of field: a value as typed goes in, the value to keep comes out. Pure, as domain.py."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from contracts.addresses import canonical_address
from contracts.fields import identity_or_none
from contracts.people import MAX_RECORD_ADDRESSES

Values = dict[str, Any]

MAX_PHONES = 20
# Whose shown form is remembered: working it out takes longer than all else that a list tells of a contact.
NUMBERS_KEPT = 5_000
MAX_TAGS = 50
PHONE_KINDS = ("work", "mobile", "home", "fax", "assistant", "other")
# Numbers without a country code are read as people here dial them.
HOME_REGION = "JP"
LARGEST = 10**15
FIRST_DAY, LAST_DAY = date(1800, 1, 1), date(2999, 12, 31)
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


def phones(value: Any) -> list[Values]:
    """Phone numbers, each once, the first one the primary; see ``phone``."""
    if not isinstance(value, list) or len(value) > MAX_PHONES:
        raise Fault(f"Must be a list of at most {MAX_PHONES} phone numbers.")
    kept: dict[str, Values] = {}
    for found in (phone(item) for item in value if item != ""):
        if found["number"]:
            kept.setdefault(found["number"], found)
    return list(kept.values())


def phone(value: Any) -> Values:
    """``{number, kind}`` from a text or such an object: E.164 (``;ext=`` for an extension, RFC 3966), Japan assumed.

    What is no number anywhere ("内線 12") is kept as typed: people must be able to note what they know.
    """
    typed = value if isinstance(value, dict) else {"number": value}
    if strange := set(typed) - {"number", "kind", "shown"}:
        raise Fault(f"A phone number has number and kind, not {', '.join(sorted(map(str, strange)))[:100]}.")
    text, kind = one_line(typed.get("number"), limit=64), typed.get("kind") or None
    if kind not in (None, *PHONE_KINDS):
        raise Fault(f"The kind of a phone number must be one of: {', '.join(PHONE_KINDS)}.")
    parsed = _parsed(text)
    if parsed is None:
        return {"number": text, "kind": kind or "work"}
    number = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    return {"number": f"{number};ext={parsed.extension}" if parsed.extension else number, "kind": kind or _kind(parsed)}


def _kind(parsed: Any) -> str:
    """As its digits tell."""
    return "mobile" if phonenumbers.number_type(parsed) == phonenumbers.PhoneNumberType.MOBILE else "work"


def _parsed(text: str) -> Any:
    try:
        parsed = phonenumbers.parse(unicodedata.normalize("NFKC", text), HOME_REGION)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


@lru_cache(maxsize=NUMBERS_KEPT)
def shown_phone(number: str) -> str:
    """A kept number as people here write it: 03-1234-5678; abroad +1 212-555-0100."""
    if not number.startswith("+"):
        return number
    parsed = phonenumbers.parse(number.replace(";ext=", " ext. "))
    at_home = phonenumbers.region_code_for_number(parsed) == HOME_REGION
    form = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, form.NATIONAL if at_home else form.INTERNATIONAL)


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
        raise Fault(f"{address} is no mail address: write it like name@example.jp.") from error
    return address


def _with_tidy_dots(address: str) -> str:
    """``taro..yamada.@docomo.ne.jp`` is a real mailbox: leave its dots out of the check."""
    local, at, domain = address.rpartition("@")
    return re.sub(r"\.{2,}", ".", local).strip(".") + at + domain if at else address


def one_of(choices: Iterable[str]) -> Callable[[Any], str]:
    """A word of a list, or empty."""
    known = tuple(choices)

    def chosen(value: Any) -> str:
        if value in (None, ""):
            return ""
        if value not in known:
            raise Fault(f"Must be one of: {', '.join(known)}.")
        return str(value)

    return chosen


def flag(value: Any) -> bool:
    """Yes or no."""
    if not isinstance(value, bool):
        raise Fault("Must be true or false.")
    return value


def day(value: Any) -> date | None:
    """A date (RFC 3339 full-date, 2026-11-22), or none."""
    if value is None or value == "":
        return None
    try:
        found = date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise Fault("Must be a date, written like 2026-11-22.") from error
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Fault(f"Must be a date between {FIRST_DAY:%Y} and {LAST_DAY:%Y}.")
    return found


def whole(value: Any) -> int | None:
    """A number of people, or an amount in whole units of the currency, or none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST:
        raise Fault(f"Must be a whole number from 0 to {LARGEST:,}.")
    return value


def tags(value: Any) -> list[str]:
    """Words that people sort records by; width and case make no other tag."""
    if not isinstance(value, list) or len(value) > MAX_TAGS:
        raise Fault(f"Must be a list of at most {MAX_TAGS} tags.")
    kept: dict[str, str] = {}
    for tag in (one_line(item, limit=50) for item in value):
        if tag:
            kept.setdefault(unicodedata.normalize("NFKC", tag).casefold(), tag)
    return list(kept.values())
