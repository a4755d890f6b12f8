"""The two kinds of record that have lists: where they are, what they are called, which columns they begin with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.web import formats
from gateway.web.language import msg, ngettext
from gateway.web.lists import fields
from gateway.web.tables import Column

Groups = tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class RecordKind:
    """A kind of record as its list shows it. ``head``: the first column, which links to the record."""

    name: str
    plural: str
    label: str
    icon: str
    page: str
    head: Column
    columns: tuple[Column, ...]
    groups: Groups
    counted: Callable[[int], str]
    search: str
    looks_into: str
    none_found: str
    none_found_advice: str
    none_yet: str
    none_yet_advice: str
    names: Mapping[str, str]

    @property
    def path(self) -> str:
        """The list's address, here and in the API."""
        return f"/{self.plural}"


def _contacts(number: int) -> str:
    return ngettext("%(num)s contact", "%(num)s contacts", number, num=formats.number(number))


def _organizations(number: int) -> str:
    return ngettext("%(num)s organization", "%(num)s organizations", number, num=formats.number(number))


CONTACTS = RecordKind(
    name="contact",
    plural="contacts",
    label=msg("Contacts"),
    icon="users",
    page="contacts.show_contact",
    head=Column("name", msg("Name"), "person", phone=True),
    columns=(
        Column("organization_id", msg("Organization"), "organization", phone=True),
        Column("title", msg("Title"), phone=True),
        Column("phones", msg("Phone"), "phones", phone=True),
        Column("addresses", msg("Mail address"), "addresses"),
        Column("number", msg("Number")),
        Column("updated_at", msg("Changed"), "moment"),
    ),
    groups=fields.CONTACT_GROUPS,
    counted=_contacts,
    search=msg("Search in contacts"),
    looks_into=msg("Name, furigana, phone, mail …"),
    none_found=msg("Nobody found"),
    none_found_advice=msg("No contact fits. Take a condition away, or search with fewer letters."),
    none_yet=msg("No contacts yet"),
    none_yet_advice=msg("Add the first one, or import a list: CSV or vCard. A mail can be turned into one too."),
    names={
        "all": msg("Contacts"),
        "mine": msg("My contacts"),
        "starred": msg("Contacts with a star"),
        "new_this_week": msg("New contacts this week"),
        "birthdays_today": msg("Birthday today"),
        "birthdays_this_week": msg("Birthday this week"),
        "postal_addresses": msg("Postal addresses of contacts"),
    },
)
ORGANIZATIONS = RecordKind(
    name="organization",
    plural="organizations",
    label=msg("Organizations"),
    icon="building",
    page="organizations.show_organization",
    head=Column("name", msg("Name"), "firm", phone=True),
    columns=(
        Column("industry", msg("Industry"), phone=True),
        Column("type", msg("Kind of relation"), "choice"),
        Column("phones", msg("Phone"), "phones", phone=True),
        Column("addresses", msg("Mail address"), "addresses"),
        Column("number", msg("Number")),
        Column("updated_at", msg("Changed"), "moment"),
    ),
    groups=fields.ORGANIZATION_GROUPS,
    counted=_organizations,
    search=msg("Search in organizations"),
    looks_into=msg("Name, phone, mail …"),
    none_found=msg("No organization found"),
    none_found_advice=msg("No organization fits. Take a condition away, or search with fewer letters."),
    none_yet=msg("No organizations yet"),
    none_yet_advice=msg("Add the first one, or import a list from CSV. A mail can be turned into one too."),
    names={
        "all": msg("Organizations"),
        "mine": msg("My organizations"),
        "starred": msg("Organizations with a star"),
        "new_this_week": msg("New organizations this week"),
        "prospects": msg("Prospects"),
    },
)
KINDS = {kind.plural: kind for kind in (CONTACTS, ORGANIZATIONS)}
