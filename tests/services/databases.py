"""Databases of the services downstream of the matcher: migrated once a session, emptied before each test."""

import secrets
from functools import cache
from typing import Any

import pytest
from sqlalchemy import delete, update

from chassis import migrations
from chassis.engine import make_engine

KINDS = ["sqlite", "postgresql"]
# Rows that the migrations make and services count on.
SEEDED = {"numbers"}


def empty_database(request: pytest.FixtureRequest, models: Any) -> str:
    """The URL of an empty, migrated database of the kind that the fixture's parameter names."""
    server = request.getfixturevalue("postgres") if request.param == "postgresql" else None
    folder = request.getfixturevalue("tmp_path_factory").getbasetemp()
    url = _migrated(models, server, folder)
    _empty(url, models)
    return url


def fresh_url(request: pytest.FixtureRequest, kind: str, service: str) -> str:
    """The URL of a database of its own, not migrated yet."""
    if kind == "postgresql":
        return str(request.getfixturevalue("postgres").create_database(f"t{secrets.token_hex(5)}_{service}"))
    return f"sqlite:///{request.getfixturevalue('tmp_path')}/{service}.db"


@cache
def _migrated(models: Any, server: Any, folder: Any) -> str:
    name = f"t{secrets.token_hex(5)}_{models.Base.metadata.info['service']}"
    url = str(server.create_database(name)) if server else f"sqlite:///{folder}/{name}.db"
    migrations.upgrade(models, url)
    return url


def _empty(url: str, models: Any) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        for table in reversed(models.Base.metadata.sorted_tables):
            if table.name not in SEEDED:
                connection.execute(delete(table))
            else:
                connection.execute(update(table).values(last=0))
    engine.dispose()
