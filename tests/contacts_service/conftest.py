"""The contacts service on real databases, made by its migrations; its methods called directly."""

from collections.abc import Iterator
from typing import Any

import pytest

from chassis import testing
from contacts_service import models
from contacts_service.service import ContactsService
from contracts import Event
from tests.contacts_service.databases import KINDS, Databases, of_session


class Contacts:
    """The service, and what it has published since last asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.service = testing.instance(ContactsService, url)
        self._seen = 0

    def published(self) -> list[Event]:
        """The events published since the last call."""
        events = testing.published(self.service.db)
        fresh, self._seen = events[self._seen :], len(events)
        return fresh

    def said(self) -> list[tuple[Any, ...]]:
        """As ``published``, each as its type and what it is about."""
        return [
            (event.type.removesuffix(".v1"), event.data.get("canonical", event.subject)) for event in self.published()
        ]

    def who(self, address: str) -> list[tuple[str, str]]:
        """Kind and label of those meant by an address, best first."""
        [found] = self.service.resolve_addresses(addresses=[address]).values()
        return [(candidate["kind"], candidate["label"]) for candidate in found]

    def add(self, last_name: str = "田中", *addresses: str, **data: Any) -> Any:
        """A new contact."""
        return self.service.create_contact(data={"last_name": last_name, "addresses": list(addresses), **data})


@pytest.fixture(scope="session")
def databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """One migrated database per service and kind; they go with the session's server and folder."""
    return of_session(request, tmp_path_factory)


@pytest.fixture(params=KINDS)
def contacts(request: pytest.FixtureRequest, databases: Databases) -> Iterator[Contacts]:
    """An empty contacts service, on each kind of database."""
    contacts = Contacts(databases.empty(request.param, models))
    yield contacts
    contacts.service.db.engine.dispose()
