"""Migrations: an own step (``musubi migrate``), idempotent, one history a service."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from chassis import waiting
from chassis.engine import make_engine
from chassis.tables import chassis_tables

ENVIRONMENT = Path(__file__).parent / "alembic_env"


def upgrade(models: Any, url: str, *, to: str = "head") -> None:
    """Bring the database of a service to its newest form; makes the database if the server has none of that name.

    ``to``: an older revision, for tests of those that follow it.

    ``models`` is the service's models module (with ``Base``); its ``migrations`` folder lies beside it.
    """
    ensure_database(url)
    _run(command.upgrade, models, url, to)


def downgrade(models: Any, url: str, *, to: str) -> None:
    """Bring the database of a service back to an older form (a revision)."""
    _run(command.downgrade, models, url, to)


def _run(step: Callable[[Config, str], None], models: Any, url: str, to: str) -> None:
    engine = make_engine(url)
    try:
        # A table can be large: the limits of the running services are not those of a migration.
        with waiting.patience(None), engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET statement_timeout = 0"))
            step(_config(models, connection), to)
    finally:
        engine.dispose()


def differences(models: Any, url: str) -> list[Any]:
    """What the models say and the migrated database does not have, or the other way round; empty if they agree."""
    engine = make_engine(url)
    try:
        with engine.begin() as connection:
            options = {"compare_type": True, "include_object": _exists_on(connection.dialect.name)}
            context = MigrationContext.configure(connection, opts=options)
            return list(compare_metadata(context, models.Base.metadata))
    finally:
        engine.dispose()


def _exists_on(dialect: str) -> Callable[..., bool]:
    """What is compared on a kind of database: an index by a method that PostgreSQL alone has is nowhere else."""

    def exists(item: Any, _name: Any, kind: str, *_: Any) -> bool:
        return kind != "index" or dialect == "postgresql" or not item.dialect_options["postgresql"]["using"]

    return exists


def ensure_database(url: str) -> None:
    """Create the PostgreSQL database that the URL names if it is not there; nothing for SQLite."""
    parsed = make_url(url)
    if parsed.get_backend_name() != "postgresql":
        return
    engine = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT", hide_parameters=True)
    try:
        with waiting.patience(None), engine.connect() as connection:
            query = text("SELECT 1 FROM pg_database WHERE datname = :name")
            if connection.scalar(query, {"name": parsed.database}) is None:
                name = engine.dialect.identifier_preparer.quote(parsed.database or "")
                connection.execute(text(f"CREATE DATABASE {name}"))
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", "") != DUPLICATE_DATABASE:
            raise
    finally:
        engine.dispose()


def create_chassis_tables(op: Any) -> None:
    """For the first revision of a service: the outbox, the inbox, the answers and the dead letters."""
    for table in chassis_tables(MetaData()):
        table.create(op.get_bind())
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE outbox ALTER COLUMN events SET STORAGE EXTERNAL")  # compressed already


def drop_chassis_tables(op: Any) -> None:
    """The way back of ``create_chassis_tables``."""
    for table in reversed(chassis_tables(MetaData())):
        table.drop(op.get_bind())


def models_of(service_cls: type) -> Any:
    """The models module beside a service class; None for a service without a database."""
    package = service_cls.__module__.rpartition(".")[0]
    if not (Path(importlib.import_module(package).__file__ or "").parent / "models.py").exists():
        return None
    return importlib.import_module(f"{package}.models")


def _config(models: Any, connection: Any) -> Config:
    versions = Path(models.__file__).parent / "migrations" / "versions"
    config = Config()
    config.set_main_option("script_location", str(ENVIRONMENT))
    config.set_main_option("version_locations", str(versions))
    config.set_main_option("path_separator", "os")
    config.attributes.update(connection=connection, metadata=models.Base.metadata)
    return config


DUPLICATE_DATABASE = "42P04"
