"""Decimal numbers as they are typed, kept and told. Pure: whole numbers inside, never a binary float.

An amount of money is kept as a number of the currency's minor unit: ¥110,000 as 110000, $12.50 as 1250.
"""

import re
from typing import Any

from contracts.money import MINOR_DIGITS

_DECIMAL = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,6}))?\Z", re.ASCII)


class Fault(ValueError):
    """A number that cannot be accepted; the sentence says why and what to do."""


def scaled(value: Any, places: int) -> int:
    """A decimal string, or a whole number, as a whole number of its ``places``-th decimals: "1.5" with 3 is 1500."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = _DECIMAL.match(text) if isinstance(text, str) else None
    if found is None:
        raise Fault('Must be a decimal number as a string, such as "1200" or "2.5".')
    sign, whole, decimals = found[1], found[2], (found[3] or "").rstrip("0")
    if len(decimals) > places:
        raise Fault(f"Has more than {places} decimals: round it." if places else "Must have no decimals: round it.")
    return int(f"{sign}{whole}{decimals.ljust(places, '0')}")


def decimal(number: int, places: int) -> str:
    """The decimal string again, without zeros at its end: 1500 with 3 is "1.5"."""
    text = fixed(number, places)
    return text.rstrip("0").rstrip(".") if "." in text else text


def fixed(number: int, places: int) -> str:
    """The decimal string with all of its places: 1250 with 2 is "12.50"."""
    if not places:
        return str(number)
    digits = str(abs(number)).rjust(places + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def amount(minor: int | None, currency: str) -> str | None:
    """An amount as it is told."""
    return None if minor is None else fixed(minor, MINOR_DIGITS[currency])


def grouped(text: str) -> str:
    """A decimal string as people read it: "1234567.5" is 1,234,567.5."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, point, decimals = digits.partition(".")
    return f"{sign}{int(whole):,}{point}{decimals}"
