"""Migrations make exactly what the models say, on both databases, however often they run."""

from typing import Any

import pytest
from sqlalchemy import inspect, text

from chassis import migrations
from chassis.engine import make_engine
from chassis.runner import service_classes
from chassis.tables import chassis_tables
from tests.patched.sample.service import SampleService

SERVICES = {name: models for name, cls in service_classes().items() if (models := migrations.models_of(cls))}


@pytest.mark.parametrize("service", SERVICES)
def test_the_migrations_of_a_service_make_exactly_its_tables(service_url: str, service: str) -> None:
    url = service_url.replace("{service}", service)
    migrations.upgrade(SERVICES[service], url)
    assert migrations.differences(SERVICES[service], url) == []


def test_a_second_migration_changes_nothing_and_keeps_the_rows(service_url: str) -> None:
    url, models = service_url.replace("{service}", "sample"), migrations.models_of(SampleService)
    migrations.upgrade(models, url)
    assert ask(url, "INSERT INTO effects (subject, batch) VALUES ('stays', 1)") is None
    migrations.upgrade(models, url)
    assert ask(url, "SELECT subject FROM effects") == [("stays",)]


def test_a_table_that_the_models_do_not_know_or_miss_is_seen(service_url: str) -> None:
    url, models = service_url.replace("{service}", "sample"), migrations.models_of(SampleService)
    migrations.upgrade(models, url)
    assert ask(url, "ALTER TABLE effects RENAME TO results") is None
    assert {kind for kind, *_ in migrations.differences(models, url)} >= {"add_table", "remove_table"}


def test_every_service_has_the_tables_of_the_chassis(service_url: str) -> None:
    url, models = service_url.replace("{service}", "sample"), migrations.models_of(SampleService)
    migrations.upgrade(models, url)
    engine = make_engine(url)
    wanted = {table.name for table in chassis_tables(type(models.Base.metadata)())}
    assert wanted <= set(inspect(engine).get_table_names())
    engine.dispose()


def ask(url: str, statement: str) -> Any:
    """The rows of a statement, None where it gives none."""
    engine = make_engine(url)
    with engine.begin() as connection:
        result = connection.execute(text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else None
    engine.dispose()
    return rows
