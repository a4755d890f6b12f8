"""The staff service on real databases, made by its migrations."""

import pytest

from chassis import migrations, testing
from services.staff import models
from services.staff.service import StaffService
from tests.services.staff.people import new_user


@pytest.fixture(params=["sqlite", "postgresql"])
def staff(request):
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url_for")("staff")
    else:
        url = request.getfixturevalue("sqlite_url").format(service="staff")
    migrations.upgrade(models, url)
    service = testing.instance(StaffService, url)
    yield service
    service.db.engine.dispose()


@pytest.fixture
def hanako(staff):
    return new_user(staff)
