"""A PostgreSQL cluster of our own: durable settings as in production, TCP on the loopback only, trust log-in."""

import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable
from typing import Self

import psycopg

from tests.infra.process import Missing, Restartable, Server, free_port, program, wait_for, work_folder

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "default_toast_compression": "lz4",
    "max_connections": "300",
    "shared_buffers": "256MB",
    "jit": "off",
    "log_min_messages": "warning",
    "timezone": "UTC",
}


class PostgreSQL(Restartable):
    """One cluster. `start` makes it at the first call (about two seconds); databases are made on demand."""

    def __init__(self, *, port: int | None = None) -> None:
        self._postgres = program("postgres", "/usr/lib/postgresql/*/bin/postgres")
        self._initdb = program("initdb", "/usr/lib/postgresql/*/bin/initdb")
        self.port = port or free_port()
        self.folder = work_folder("postgres")
        self.data = self.folder / "data"
        self._as_user = _drop_root()
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        command = [*self._as_user, self._postgres, "-D", str(self.data), "-p", str(self.port), *settings]
        self.server = Server("postgres", folder=self.folder, command=command, env=_environment())

    def url(self, database: str = "postgres") -> str:
        """The SQLAlchemy URL of a database; `{service}` in the name stays for the settings to fill."""
        return f"postgresql+psycopg://musubi@127.0.0.1:{self.port}/{database}"

    def start(self) -> Self:
        if not self.data.exists():
            self._initialise()
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.server.start()
        wait_for(self.server, port=self.port)
        self._wait_until_ready()
        return self

    def stop(self) -> None:
        """Fast shutdown: clients are cut off, data is flushed."""
        self.server.stop(signal.SIGINT)

    def close(self) -> None:
        self.server.stop(signal.SIGQUIT, timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def create_database(self, name: str) -> str:
        """Makes the database unless it is there and returns its URL."""
        if not self.query("SELECT 1 FROM pg_database WHERE datname = %s", name):
            self.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING UTF8')
        return self.url(name)

    def make_databases(self, prefix: str, services: Iterable[str]) -> str:
        """Makes `<prefix>_<service>` for each service and returns the URL template with `{service}`."""
        for service in services:
            self.create_database(f"{prefix}_{service}")
        return self.url(prefix + "_{service}")

    def drop_database(self, name: str) -> None:
        self.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def drop_databases(self, prefix: str) -> None:
        for (name,) in self.query("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", prefix):
            self.drop_database(name)

    def kill_backends(self, database: str) -> int:
        """Ends every session of a database, as an administrator would; returns how many."""
        ended = self.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", database)
        return len(ended)

    def query(self, sql: str, *values: object, database: str = "postgres") -> list[tuple]:
        return self._run(sql, values, database=database, rows=True)

    def execute(self, sql: str, *values: object, database: str = "postgres") -> None:
        self._run(sql, values, database=database, rows=False)

    def _run(self, sql: str, values: tuple, *, database: str, rows: bool) -> list[tuple]:
        server = f"postgresql://musubi@127.0.0.1:{self.port}/{database}?connect_timeout=10"
        with psycopg.connect(server, autocommit=True) as connection:
            done = connection.execute(sql.encode(), values or None)
            return done.fetchall() if rows else []

    def _initialise(self) -> None:
        if self._as_user:
            shutil.chown(self.folder, "postgres")
        command = [self._initdb, "-D", str(self.data), "-U", "musubi", "--auth=trust", "--no-sync"]
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        done = subprocess.run(
            [*self._as_user, *command, *locale],
            capture_output=True,
            text=True,
            env=_environment(),
            cwd="/",
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stdout}{done.stderr}")

    def _wait_until_ready(self) -> None:
        _retry(lambda: self.query("SELECT 1"), attempts=600)


def _retry(action: Callable[[], object], *, attempts: int) -> None:
    for left in reversed(range(attempts)):
        try:
            action()
            return
        except psycopg.OperationalError:
            if not left:
                raise
            time.sleep(0.05)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _drop_root() -> list[str]:
    """What to put before a command so that it does not run as root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return []
    try:
        pwd.getpwnam("postgres")
    except KeyError as error:
        raise Missing("the user postgres does not exist; run tests/infra/install.sh as root") from error
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
