"""A list as a file, part by part: CSV for spreadsheets, vCard for address books."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from chassis import paging
from chassis.database import DatabaseHandle
from contacts_service import listing, lists, store
from contacts_service.exchange import csv_writing, vcard_writing
from contacts_service.kinds import CONTACT, KINDS, Kind
from contracts.errors import Invalid

Values = dict[str, Any]

CSV, CSV_CP932, VCARD = FORMATS = ("csv", "csv_cp932", "vcard")
LANGUAGES = ("en", "ja")
# Records of one part.
AT_ONCE = 500
# Which fields point at which kind of record.
_POINTS = {"organization_id": "organization", "member_of_id": "organization", "reports_to_id": "contact"}


def part(db: DatabaseHandle, kind: Kind, asked: Values, format: str, language: str) -> Values:
    """The next records of a list as text, the header before the first ones. Invalid, as for the list."""
    if format not in FORMATS or language not in LANGUAGES:
        raise Invalid("The list cannot be exported like this.", fields={"format": [f"Name one: {', '.join(FORMATS)}."]})
    by, chosen = lists.order(kind, asked.get("sort")), lists.selection(kind, asked)
    with db.session() as session:
        rows = listing.page(session, chosen, by, limit=AT_ONCE + 1, cursor=asked.get("cursor"))
        shown, following = paging.page(rows, AT_ONCE, key=by.values)
        records = [store.values(row) for row in shown]
        linked = _linked(session, records)
    is_first = not asked.get("cursor")
    return {"text": _text(kind, records, linked, format, language, is_first=is_first), "next": following}


def _text(kind: Kind, records: Sequence[Values], linked: Values, format: str, language: str, *, is_first: bool) -> str:
    named = [{field: linked[values[field]] for field in _POINTS if values.get(field) in linked} for values in records]
    if format == VCARD:
        return "".join(map(lambda values, names: vcard_writing.card(kind.name, values, names), records, named))
    cp932 = format == CSV_CP932
    begin = csv_writing.header(kind.name, language, cp932=cp932) if is_first else ""
    lines = [
        csv_writing.record(kind.name, values, names, language, cp932=cp932)
        for values, names in zip(records, named, strict=True)
    ]
    return begin + "".join(lines)


def _linked(session: Session, records: Sequence[Values]) -> dict[str, str]:
    """What an import finds the records by that others point at."""
    wanted: dict[str, set[str]] = {name: set() for name in KINDS}
    for values in records:
        for field, kind in _POINTS.items():
            wanted[kind] |= {values[field]} if values.get(field) else set()
    found = {}
    for name, ids in wanted.items():
        for row in store.records_by_id(session, KINDS[name].model, ids):
            found[row.id] = _pointer(name, row)
    return found


def _pointer(kind: str, row: Any) -> str:
    """An organization by its name, a person by the mail address, or by number where there is none."""
    if kind == CONTACT.name:
        return str(row.addresses[0] if row.addresses else row.number)
    return str(row.name)
