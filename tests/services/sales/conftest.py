"""The sales service on a database made by its migrations, and the real contacts service that it asks."""

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from chassis import testing
from contacts_service.service import ContactsService
from services.sales import models
from services.sales.service import SalesService
from tests.services.databases import KINDS, empty_database
from tests.services.sales.papers import ABC, HANAKO


@pytest.fixture
def contacts(tmp_path: Path) -> Iterator[ContactsService]:
    service = testing.instance(ContactsService, testing.migrated_sqlite(tmp_path, ContactsService))
    yield service
    service.db.engine.dispose()


@pytest.fixture
def abc(contacts):
    return contacts.create_organization(data=ABC)


@pytest.fixture
def hanako(contacts, abc):
    return contacts.create_contact(data={**HANAKO, "organization_id": abc["id"]})


@pytest.fixture
def line_to_contacts(contacts):
    """Where sales asks; a test may cut it."""
    return SimpleNamespace(contact=contacts.contact, organization=contacts.organization)


@pytest.fixture(params=KINDS)
def sales(request: pytest.FixtureRequest, line_to_contacts: SimpleNamespace) -> Iterator[SalesService]:
    service = testing.instance(SalesService, empty_database(request, models), contacts=line_to_contacts)
    yield service
    service.db.engine.dispose()
