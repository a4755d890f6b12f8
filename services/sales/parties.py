"""Asks contacts, before any transaction, whom a record is for. Errors are kept until it is clear that they matter."""

from dataclasses import dataclass, field
from typing import Any

from contracts.errors import Invalid, MusubiError, NotFound
from services.sales import domain

Values = dict[str, Any]


@dataclass(slots=True)
class Parties:
    """Whom a record is for, as contacts told it.

    ``error``: why it could not be told. A request that was answered before gets its answer whatever became of them.
    """

    contact_id: str | None
    organization_id: str | None
    recipient: Values = field(default_factory=dict)
    error: MusubiError | None = None

    def checked(self) -> "Parties":
        """Itself; the error is raised."""
        if self.error:
            raise self.error
        return self


def ask(contacts: Any, *, contact_id: str | None, organization_id: str | None, guess: bool) -> Parties:
    """The contact and the organization; with ``guess`` the contact's own organization where none is named."""
    found = Parties(contact_id, organization_id)
    try:
        contact = _asked(contacts.contact, contact_id, "contact_id") if contact_id else None
        if guess and contact and not organization_id:
            found.organization_id = contact["organization_id"]
        organization = (
            _asked(contacts.organization, found.organization_id, "organization_id") if found.organization_id else None
        )
        found.recipient = domain.recipient(contact, organization)
    except MusubiError as error:
        found.error = error
    return found


def _asked(look_up: Any, record_id: str, name: str) -> Values:
    try:
        answer: Values = look_up(id=record_id)
    except NotFound as error:
        sentence = f"{error.message} Then choose that one, or none."
        raise Invalid("The record cannot be saved: whom it is for is not there.", fields={name: [sentence]}) from error
    return answer
