"""The leads service on a database made by its migrations, and contacts as far as a conversion calls it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis import testing
from contacts_service.service import ContactsService
from contracts.errors import ServiceTimeout
from services.leads import models
from services.leads.service import LeadsService
from tests.services.databases import KINDS, empty_database


class Contacts:
    """The real contacts service behind a line that loses the answers of the next ``losing`` calls."""

    def __init__(self, service: ContactsService) -> None:
        self.service = service
        self.losing = 0

    def create_contact(self, **arguments: Any) -> dict[str, Any]:
        return self._answer(self.service.create_contact(**arguments))

    def create_organization(self, **arguments: Any) -> dict[str, Any]:
        return self._answer(self.service.create_organization(**arguments))

    def _answer(self, record: dict[str, Any]) -> dict[str, Any]:
        if self.losing:
            self.losing -= 1
            raise ServiceTimeout("contacts did not answer within 4 s.")
        return record


@pytest.fixture
def contacts(tmp_path: Path) -> Iterator[Contacts]:
    service = testing.instance(ContactsService, testing.migrated_sqlite(tmp_path, ContactsService))
    yield Contacts(service)
    service.db.engine.dispose()


@pytest.fixture(params=KINDS)
def leads(request: pytest.FixtureRequest, contacts: Contacts) -> Iterator[LeadsService]:
    service = testing.instance(LeadsService, empty_database(request, models), contacts=contacts)
    yield service
    service.db.engine.dispose()
