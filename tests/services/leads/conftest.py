"""The leads service on a database made by its migrations, and contacts and sales, which a conversion calls."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis import testing
from contacts_service.service import ContactsService
from contracts.errors import ServiceTimeout
from services.leads import models
from services.leads.service import LeadsService
from services.sales.service import SalesService
from tests.services.databases import KINDS, empty_database


class Line:
    """A real service behind a line that loses the answers of the next ``losing`` calls."""

    def __init__(self, service: Any) -> None:
        self.service = service
        self.losing = 0

    def __getattr__(self, method: str) -> Callable[..., Any]:
        return lambda **arguments: self._answer(getattr(self.service, method)(**arguments))

    def _answer(self, record: dict[str, Any]) -> dict[str, Any]:
        if self.losing:
            self.losing -= 1
            raise ServiceTimeout(f"{self.service.name} did not answer within 4 s.")
        return record


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with empty databases, which are copied: making them takes longer than most tests."""
    folder = tmp_path_factory.mktemp("migrated")
    for service_cls in (ContactsService, SalesService):
        testing.migrated_sqlite(folder, service_cls)
    return folder


@pytest.fixture
def contacts(tmp_path: Path, migrated: Path) -> Iterator[Line]:
    url = f"sqlite:///{shutil.copy(migrated / 'contacts.db', tmp_path)}"
    service = testing.instance(ContactsService, url)
    yield Line(service)
    service.db.engine.dispose()


@pytest.fixture
def sales(tmp_path: Path, migrated: Path, contacts: Line) -> Iterator[Line]:
    url = f"sqlite:///{shutil.copy(migrated / 'sales.db', tmp_path)}"
    service = testing.instance(SalesService, url, contacts=contacts.service)
    yield Line(service)
    service.db.engine.dispose()


@pytest.fixture(params=KINDS)
def leads(request: pytest.FixtureRequest, contacts: Line, sales: Line) -> Iterator[LeadsService]:
    service = testing.instance(LeadsService, empty_database(request, models), contacts=contacts, sales=sales)
    yield service
    service.db.engine.dispose()
