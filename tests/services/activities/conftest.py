"""The activities service on a database made by its migrations."""

from collections.abc import Iterator

import pytest

from chassis import testing
from services.activities import models
from services.activities.service import ActivitiesService
from tests.services.databases import KINDS, empty_database


@pytest.fixture(params=KINDS)
def activities(request: pytest.FixtureRequest) -> Iterator[ActivitiesService]:
    service = testing.instance(ActivitiesService, empty_database(request, models))
    yield service
    service.db.engine.dispose()
