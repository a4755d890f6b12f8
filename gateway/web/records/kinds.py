"""A kind of record as its form and its page know it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from gateway.web.language import msg
from gateway.web.tables import Column

POSTAL_PARTS = (
    ("postal_code", msg("Postal code")),
    ("state", msg("Prefecture")),
    ("city", msg("City")),
    ("street", msg("Street and building")),
    ("po_box", msg("P.O. box")),
    ("country", msg("Country")),
)


@dataclass(frozen=True, slots=True)
class Block:
    """Fields that belong together. ``open``: whether the form shows them at once, even when all are empty."""

    title: str
    columns: tuple[Column, ...]
    open: bool = False


Values = dict[str, Any]


def _same(record: Values) -> Values:
    return record


def _body(_: Values, body: Values) -> Values:
    return body


def _faultless(_: Values) -> dict[str, list[str]]:
    return {}


@dataclass(frozen=True)
class Kind:
    """Contacts, or organizations, or what is done with them.

    ``heading``: the fields of the name, which the page shows in its head. ``blocks``: what the form and the page show.
    ``told``: what the page alone shows. ``page``: the endpoint of a record's page.
    ``tabs``: the parts of the page, endpoint and label.
    ``told_apart_by``: the fields by which likely duplicates are found.
    ``fixed``: what each of them is without being typed. ``choices``: the words of its closed lists; None: the API's.
    ``begin``: what the form of a new one is filled in with. ``into_form``: a record with the fields of the form.
    ``from_form``: out of the form's values and what was changed, what is sent. ``faults``: sentences by field for what
    need not be sent. ``own``: what a duplicate of a record does not take over; None: of these there are no duplicates.
    ``stays``: who saves it comes back to where the form was opened.
    """

    name: str
    plural: str
    page: str
    icon: str
    new: str
    edit: str
    heading: Block
    blocks: tuple[Block, ...]
    told: Block
    needed: frozenset[str]
    tabs: tuple[tuple[str, str], ...] = ()
    told_apart_by: tuple[str, ...] = ()
    fixed: Mapping[str, Any] = field(default_factory=dict)
    choices: Mapping[str, tuple[str, ...]] | None = None
    begin: Mapping[str, Any] = field(default_factory=dict)
    into_form: Callable[[Values], Values] = _same
    from_form: Callable[[Values, Values], Values] = _body
    faults: Callable[[Values], dict[str, list[str]]] = _faultless
    own: frozenset[str] | None = None
    stays: bool = False

    @property
    def path(self) -> str:
        """Where its records are, here and in the API."""
        return f"/{self.plural}"

    @property
    def in_form(self) -> tuple[Block, ...]:
        """What the form shows."""
        return (self.heading, *self.blocks)

    @property
    def on_page(self) -> tuple[Block, ...]:
        """What the page shows."""
        return (*self.blocks, self.told)

    @cached_property
    def inputs(self) -> tuple[Column, ...]:
        """Every field of the form; of a postal address its parts."""
        return tuple(part for block in self.in_form for part in parts(block))

    @cached_property
    def refers(self) -> tuple[str, ...]:
        """The fields that hold the id of a contact or an organization."""
        return tuple(column.name for column in self.inputs if column.kind in ("contact", "organization"))

    @cached_property
    def lists(self) -> tuple[str, ...]:
        """The fields that hold several records, of which kind ever."""
        return tuple(column.name for column in self.inputs if column.kind == "records")

    def input(self, name: str) -> Column | None:
        """A field of the form by its name."""
        return next((column for column in self.inputs if column.name == name), None)


def parts(block: Block) -> Iterator[Column]:
    """The inputs that a block of the form has."""
    for column in block.columns:
        if column.kind == "postal":
            for part, label in POSTAL_PARTS:
                yield Column(f"{column.name}_{part}", label, "postal_part")
        else:
            yield column
