"""The staff service on real databases, made by its migrations."""

import pytest

from chassis import testing
from services.staff import models
from services.staff.service import StaffService
from tests.services.databases import KINDS, empty_database
from tests.services.staff.people import new_user


@pytest.fixture(params=KINDS)
def staff(request):
    service = testing.instance(StaffService, empty_database(request, models))
    yield service
    service.db.engine.dispose()


@pytest.fixture
def hanako(staff):
    return new_user(staff)
