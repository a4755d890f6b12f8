"""Names, postal addresses, dates and numbers as people here write them, in the language of the request."""

import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from babel import dates, numbers, units
from flask import g

from gateway.web.language import gettext, language, locale, msg

CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
# As contracts.names has them, for what is said elsewhere.
FAMILY_FIRST = re.compile(f"{CJK.pattern}|[\u1100-\u11ff\u3005-\u3007\uac00-\ud7af\uff66-\uff9f]")
JAPAN = ("", "日本", "japan", "jp")
TOKYO = "Asia/Tokyo"
BEFORE, AT_ONCE = msg("%(length)s before"), msg("When it begins or is due")
SIZES = ("digital-byte", "digital-kilobyte", "digital-megabyte")


def person(contact: Mapping[str, Any]) -> str:
    """A name: 姓 名 where it is written with such letters, else the first name first, in every language."""
    last, first = contact.get("last_name") or "", contact.get("first_name") or ""
    family_first = FAMILY_FIRST.search(last + first)
    return " ".join(filter(None, (last, first) if family_first else (first, last)))


def addressed(contact: Mapping[str, Any]) -> str:
    """A name as one speaks to the person: 田中 太郎 様, Ms. Emma Clarke."""
    salutation = contact.get("salutation") or ""
    name = person(contact)
    if language() == "ja" and salutation in ("", "様"):
        return f"{name} 様"
    return f"{name} {salutation}" if CJK.search(salutation) else f"{salutation} {name}".strip()


def kana(contact: Mapping[str, Any]) -> str:
    """The furigana."""
    return " ".join(filter(None, (contact.get("last_name_kana"), contact.get("first_name_kana"))))


def initials(contact: Mapping[str, Any]) -> str:
    """One sign of a Japanese name, two of another; an emoji or 𠮷 is one sign."""
    last, first = contact.get("last_name") or contact.get("name") or "?", contact.get("first_name") or ""
    return last[0] if CJK.search(last) else (first[:1] + last[:1]).upper()


def postal_lines(record: Mapping[str, Any], kind: str) -> list[str]:
    """A postal address, line by line: 〒 first in Japan, the postal code last elsewhere. Empty where there is none."""
    part = {
        name: str(record.get(f"{kind}_{name}") or "").strip()
        for name in ("postal_code", "state", "city", "street", "po_box", "country")
    }
    if not any(part.values()):
        return []
    if part["country"].lower() in JAPAN and (language() == "ja" or CJK.search("".join(part.values()))):
        code = part["postal_code"] and f"〒{part['postal_code'].lstrip('〒')}"
        lines = [code, part["state"] + part["city"] + part["street"], part["po_box"]]
    else:
        town = " ".join(filter(None, (part["city"], part["state"], part["postal_code"])))
        lines = [part["street"], part["po_box"], town, part["country"]]
    return [line for line in lines if line]


def moment(value: str | datetime | None) -> str:
    """A point in time, in the zone of the reader: 2026/11/22 9:05."""
    if not value:
        return ""
    there = _parsed(value).astimezone(_zone())
    return f"{dates.format_date(there, 'medium', locale=locale())} {dates.format_time(there, 'short', locale=locale())}"


def day(value: str | date | None) -> str:
    """A date: 2026年11月22日, 22 November 2026."""
    if not value:
        return ""
    return dates.format_date(date.fromisoformat(value) if isinstance(value, str) else value, "long", locale=locale())


def day_or_text(value: str) -> str:
    """A date; what is none as it is."""
    try:
        return day(value)
    except ValueError:
        return value


def short_day(value: str | None) -> str:
    """A date, short, for lists."""
    return dates.format_date(date.fromisoformat(value), "medium", locale=locale()) if value else ""


def number(value: int | None) -> str:
    """A number with its separators."""
    return "" if value is None else str(numbers.format_decimal(value, locale=locale()))


def size(value: int) -> str:
    """The size of a file: 1.2 MB."""
    step = min((len(str(value)) - 1) // 3, len(SIZES) - 1)
    return str(units.format_unit(value / 1000**step, SIZES[step], "short", format="#,##0.#", locale=locale()))


def money(amount: str | None, currency: str | None) -> str:
    """An amount with the sign of its currency; nothing for none."""
    try:
        return str(numbers.format_currency(Decimal(amount), currency or "JPY", locale=locale())) if amount else ""
    except InvalidOperation:
        return str(amount)


def typed_moment(value: str | None) -> str:
    """A point in time as a browser's field holds it, in the zone of the reader: 2026-11-22T09:05."""
    return _parsed(value).astimezone(_zone()).strftime("%Y-%m-%dT%H:%M") if value else ""


def instant(text: str) -> str:
    """The point in time that a reader typed into such a field, with its offset; what is none as it is."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=_zone()).isoformat()
    except ValueError:
        return text


def zone_name() -> str:
    """The reader's time zone, as IANA calls it."""
    return str(_zone())


def ahead(minutes: int) -> str:
    """How long before something to remind of it."""
    return gettext(BEFORE, length=length(minutes)) if minutes else gettext(AT_ONCE)


def length(minutes: int) -> str:
    """A length of time in its largest whole unit: 10 minutes, 1 hour, 2 days."""
    unit = next((size for size in (1440, 60) if minutes and minutes % size == 0), 1)
    name = {1440: "duration-day", 60: "duration-hour", 1: "duration-minute"}[unit]
    return str(units.format_unit(minutes // unit, name, "long", locale=locale()))


def price(value: str) -> str:
    """A decimal number with its separators and all of its decimals."""
    return str(numbers.format_decimal(Decimal(value), locale=locale(), format="#,##0.####"))


def day_of(value: str | None) -> str:
    """The date of a point in time, short, for lists."""
    if not value:
        return ""
    return dates.format_date(_parsed(value).astimezone(_zone()), "medium", locale=locale())


def _parsed(value: str | datetime) -> datetime:
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def _zone() -> tzinfo:
    """That of the browser, which its script puts into a cookie; Tokyo before it did."""
    return g.get("zone") or ZoneInfo(TOKYO)
