"""What the templates of a list show: its fields, its saved lists, its records, and what was done to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from flask import g

from gateway.web import formats
from gateway.web.api import Values
from gateway.web.language import gettext, language, msg
from gateway.web.lists import drafts, fields, state
from gateway.web.lists.drafts import Draft
from gateway.web.lists.kinds import RecordKind
from gateway.web.lists.operators import OPERATORS, Operator
from gateway.web.lists.sentences import AND, OR, Said
from gateway.web.lists.state import Chosen
from gateway.web.mass.outcomes import Outcome
from gateway.web.tables import Listing

MORE_THAN = msg("More than %(number)s")
WAYS = (("", msg("%(field)s, upwards")), ("-", msg("%(field)s, downwards")))
# What is each record's own.
LISTS = ("addresses", "phones", "tags", "moment")
NOT_AT_ONCE = frozenset(
    {"number", "name", "last_name", "first_name", "last_name_kana", "first_name_kana", "organization_name"}
    | {"modified_by", "owner_id"}
)


def zone() -> str:
    """The time zone of the reader, for "today"."""
    return getattr(g.get("zone"), "key", "") or formats.TOKYO


@dataclass(frozen=True, slots=True)
class Known:
    """What the API says of a kind's lists: its fields by name, and the saved lists one may use."""

    kind: RecordKind
    fields: Mapping[str, Values]
    views: list[Values]

    @property
    def types(self) -> dict[str, str]:
        """The type of each field."""
        return {name: each["type"] for name, each in self.fields.items()}

    def operators(self, name: str) -> dict[str, Operator]:
        """The operators of a field, in the order in which they are offered; none of a field that there is not."""
        if name not in self.fields:
            return {}
        offered = self.fields[name]["operators"]
        return {word: each for word, each in OPERATORS.get(self.fields[name]["type"], {}).items() if word in offered}

    def groups(self) -> list[tuple[str, list[str]]]:
        """The fields, in groups."""
        return fields.groups(self.kind.groups, self.fields)


@dataclass(frozen=True, slots=True)
class Naming:
    """A name of a list that was refused: typed into which dialog (save, rename), and why."""

    dialog: str = ""
    name: str = ""
    shared: bool = False
    wrong: str = ""


@dataclass
class Screen:
    """All that the templates of a list show."""

    known: Known
    chosen: Chosen
    draft: Draft
    listing: Listing | None = None
    names: dict[str, str] = field(default_factory=dict)
    owners: list[Values] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    open: bool = False
    focus: str = ""
    naming: Naming = field(default_factory=Naming)
    became: Outcome = field(default_factory=lambda: Outcome())

    @property
    def kind(self) -> RecordKind:
        """Of which kind of record."""
        return self.known.kind

    @property
    def state(self) -> state.State:
        """What the address says."""
        return self.chosen.state

    @property
    def said(self) -> Said:
        """Says conditions in plain words."""
        return Said(self.known.types, self.names)

    @property
    def columns(self) -> list[Any]:
        """The columns, the name first."""
        return [self.kind.head, *(each for each in self.chosen.columns if each.name != self.kind.head.name)]

    def label(self, name: str) -> str:
        """What people call a field."""
        return fields.label(name)

    def points_at(self, name: str) -> str:
        """What is chosen for a field that names a record or somebody."""
        if self.known.types[name] == "owner":
            return "owners"
        return "contacts" if name == "reports_to_id" else "organizations"

    def export_url(self, format: str) -> str:
        """Where this list is as a file."""
        how = {"sort": self.chosen.sort, "format": format, "language": language()}
        asked = {name: value for name, value in {**self.chosen.asked(zone()), **how}.items() if value}
        return f"/api/v1{self.kind.path}/export?{urlencode(asked)}"

    def in_words(self, number: int, *, exact: bool = True) -> str:
        """How many there are, as people say it."""
        text = self.kind.counted(number)
        return text if exact else gettext(MORE_THAN, number=text)

    def count_url(self) -> str:
        """Where the number of records is told; counting may take longer than showing the first of them."""
        return self.state.url().replace(self.kind.path, f"{self.kind.path}/counted", 1)

    def joined(self) -> str:
        """The word between the conditions."""
        word = AND if self.chosen.filter["match"] == "all" else OR
        return gettext(word)

    def url_without(self, number: int) -> str:
        """The address of the list without one of its conditions."""
        return self.state.url(filter=drafts.without(self.chosen.filter, number))

    def sorted_by(self, name: str) -> str:
        """How the list is sorted by a column: ascending, descending, or not."""
        wanted = self.chosen.sort
        return "" if wanted.removeprefix("-") != name else "descending" if wanted.startswith("-") else "ascending"

    def sort_url(self, name: str) -> str:
        """The address of the list sorted by a column, or the other way round; "" where it cannot be sorted so."""
        if name != "name" and not self.known.fields.get(name, {}).get("sortable"):
            return ""
        return self.state.url(sort=f"-{name}" if self.sorted_by(name) == "ascending" else name)

    @property
    def title(self) -> str:
        """The name of the present list."""
        return str(self.chosen.view.get("name") or gettext(self.kind.names[self.present()]))

    def present(self) -> str:
        """Which list it is: the id of a saved one, or one that everybody has."""
        return self.state.view or "all"

    def lists(self) -> list[tuple[str, str]]:
        """All lists that there are: id and name, those that everybody has first."""
        return [
            *((id, gettext(name)) for id, name in self.kind.names.items()),
            *((each["id"], each["name"]) for each in self.known.views),
        ]

    def owns(self) -> bool:
        """Whether the reader may change the present saved list."""
        return self.chosen.view["staff_user_id"] == g.principal["staff_user_id"] or "admin" in g.principal["scopes"]

    def begins_with(self) -> str:
        """The list that the reader begins with."""
        return begins_with(self.kind) or "all"

    def orders(self) -> list[tuple[str, str]]:
        """The orders to choose from: the newest first, then each field both ways."""
        names = [name for _, names in self.known.groups() for name in names if self.known.fields[name]["sortable"]]
        head = {"name": gettext(self.kind.head.label)}
        called = {**{name: gettext(fields.label(name)) for name in ("name", *names)}, **head}
        return [(sign + name, gettext(text, field=label)) for name, label in called.items() for sign, text in WAYS]

    def all_columns(self) -> list[tuple[str, bool]]:
        """Every field that can be a column, those that are first, and whether it is."""
        shown = [each.name for each in self.chosen.columns if each.name != self.kind.head.name]
        known = [name for _, names in self.known.groups() for name in names]
        hidden = [
            name for name in known if name not in shown and name not in (self.kind.head.name, "organization_name")
        ]
        return [*((name, True) for name in shown), *((name, False) for name in hidden)]

    def changeable(self) -> list[tuple[str, list[str]]]:
        """The fields that can be changed of many records at once, in groups."""
        types = self.known.types
        found = [
            (title, [name for name in names if name not in NOT_AT_ONCE and types[name] not in LISTS])
            for title, names in self.known.groups()
        ]
        return [(title, names) for title, names in found if names]


def begins_with(kind: RecordKind) -> str:
    """The list that the reader begins with, a saved one's id or a word; empty: all."""
    return str((g.principal.get("preferences") or {}).get(f"first_{kind.plural}", ""))
