"""The tickets service on a database made by its migrations."""

from collections.abc import Iterator

import pytest

from chassis import testing
from services.tickets import models
from services.tickets.service import TicketsService
from tests.services.databases import KINDS, empty_database


@pytest.fixture(params=KINDS)
def tickets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[TicketsService]:
    monkeypatch.setenv("MUSUBI_TICKET_KEY", "a key for the tests")
    service = testing.instance(TicketsService, empty_database(request, models))
    yield service
    service.db.engine.dispose()
