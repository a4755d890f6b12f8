"""Databases for the tests of contacts and matcher: migrated once a session, emptied before each test."""

import secrets
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, update

from chassis import migrations
from chassis.engine import make_engine

KINDS = ["sqlite", "postgresql"]


class Databases:
    """Gives the URL of an empty database of a service, on SQLite or PostgreSQL."""

    def __init__(self, folder: Any, postgres: Callable[[], Any]) -> None:
        self._folder, self._postgres = folder, postgres
        self._prefix = f"t{secrets.token_hex(5)}"
        self._urls: dict[tuple[str, Any], str] = {}

    def empty(self, kind: str, models: Any) -> str:
        """The URL; the tables are those that the migrations make."""
        if (kind, models) not in self._urls:
            self._urls[kind, models] = self._migrated(kind, models)
        _empty(self._urls[kind, models], models)
        return self._urls[kind, models]

    def _migrated(self, kind: str, models: Any) -> str:
        name = f"{self._prefix}_{models.Base.metadata.info['service']}"
        url = self._postgres().create_database(name) if kind == "postgresql" else f"sqlite:///{self._folder}/{name}.db"
        migrations.upgrade(models, url)
        return str(url)


def _empty(url: str, models: Any) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        for table in reversed(models.Base.metadata.sorted_tables):
            connection.execute(update(table).values(value=0) if table.name == "counters" else delete(table))
    engine.dispose()


def of_session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Databases:
    """The databases of a session; PostgreSQL is started when a test wants it."""
    return Databases(tmp_path_factory.mktemp("people"), lambda: request.getfixturevalue("postgres"))
