"""The database handle of a service that exists for the chassis' tests alone, on each kind of database."""

from collections.abc import Iterator

import pytest

from chassis import DatabaseHandle, migrations
from chassis.engine import make_engine
from tests.patched.sample import models


@pytest.fixture(params=["sqlite", "postgresql"])
def service_url(request: pytest.FixtureRequest) -> str:
    """The URL template of each kind of database in turn; `{service}` is to be replaced."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "database_url"))


@pytest.fixture
def db(service_url: str) -> Iterator[DatabaseHandle]:
    """An empty database, made by the sample's migration."""
    url = service_url.replace("{service}", "sample")
    migrations.upgrade(models, url)
    handle = DatabaseHandle("sample", make_engine(url), metadata=models.Base.metadata)
    yield handle
    handle.engine.dispose()
