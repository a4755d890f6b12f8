"""Records side by side: one row for what is chosen together, with each record's value in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web import formats
from gateway.web.api import Values
from gateway.web.language import gettext, msg
from gateway.web.lists import fields
from gateway.web.lists.kinds import RecordKind
from gateway.web.records.labels import owner
from gateway.web.tables import name_of, names

# Half of one postal address and half of another is nobody's: these are chosen whole.
TOGETHER = {
    "contact": {"mailing": msg("Postal address"), "other": msg("Other postal address"), "support": msg("Support")},
    "organization": {"billing": msg("Postal address"), "shipping": msg("Delivery address")},
}
SUPPORT = ("support_start", "support_end")
BOTH = ("addresses", "phones", "tags")
NOT_CHOSEN = frozenset({"number", "created_at", "updated_at", "modified_by", "organization_name"})
POINTERS = ("organization_id", "reports_to_id", "member_of_id")


@dataclass(frozen=True, slots=True)
class Row:
    """What is chosen at once. ``parts``: the API's fields; ``cells``: the lines of each record.

    ``both``: a list of which the result has the entries of all, so that there is nothing to choose.
    """

    name: str
    label: str
    parts: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    both: bool

    @property
    def differs(self) -> bool:
        """Whether there is anything to choose."""
        return len(set(self.cells)) > 1

    @property
    def united(self) -> list[str]:
        """The entries of all."""
        return list(dict.fromkeys(line for cell in self.cells for line in cell))

    def first(self) -> int:
        """The record whose value is taken unless somebody chooses: the first that has one."""
        return next((place for place, cell in enumerate(self.cells) if cell), 0)


def rows(kind: RecordKind, records: Sequence[Values]) -> list[Row]:
    """All fields of records, those together that are chosen together."""
    together = TOGETHER[kind.name]
    plain = [name for _, group in kind.groups for name in group if name not in NOT_CHOSEN and name in records[0]]
    single = [name for name in plain if not any(name.startswith(f"{prefix}_") for prefix in together)]
    called = names(sorted({each[name] for each in records for name in POINTERS if each.get(name)}))
    found = [
        Row(name, fields.label(name), (name,), tuple(_lines(each, name, called) for each in records), name in BOTH)
        for name in single
    ]
    for prefix, label in together.items():
        parts = tuple(name for name in records[0] if name.startswith(f"{prefix}_"))
        found.append(Row(prefix, label, parts, tuple(_together(each, prefix) for each in records), both=False))
    return found


def _lines(record: Values, name: str, called: Mapping[str, Values]) -> tuple[str, ...]:
    value = record.get(name)
    if value in (None, "", []):
        return ()
    if name == "phones":
        return tuple(each.get("shown") or each["number"] for each in record["phones"])
    return tuple(str(each) for each in value) if isinstance(value, list) else (_said(name, value, called),)


def _said(name: str, value: Any, called: Mapping[str, Values]) -> str:
    kind = fields.column(name).kind
    if isinstance(value, bool):
        return gettext(msg("Yes") if value else msg("No"))
    if name in POINTERS:
        return name_of(called[value]) if value in called else ""
    if kind == "owner":
        return owner(value)
    if kind == "choice":
        return gettext(fields.CHOICES.get(value, value))
    if kind == "number":
        return formats.number(value)
    return formats.day_or_text(value) if kind == "short_day" else str(value)


def _together(record: Values, prefix: str) -> tuple[str, ...]:
    if prefix != "support":
        return tuple(formats.postal_lines(record, prefix))
    begins, ends = (formats.short_day(record.get(name)) for name in SUPPORT)
    return (f"{begins} – {ends}",) if begins or ends else ()
