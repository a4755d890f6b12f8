"""The history service on a database made by its migrations."""

from collections.abc import Iterator

import pytest

from chassis import testing
from services.history import models
from services.history.service import HistoryService
from tests.services.databases import KINDS, empty_database


@pytest.fixture(params=KINDS)
def history(request: pytest.FixtureRequest) -> Iterator[HistoryService]:
    service = testing.instance(HistoryService, empty_database(request, models))
    yield service
    service.db.engine.dispose()
