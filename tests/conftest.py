"""The servers of the tests: one of each kind per session, a fresh vhost, database set and mailbox per test.

A server that is not installed skips the tests that need it; where CI=true or MUSUBI_REQUIRE_INFRA=1 it fails them.
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from eventlet.patcher import is_monkey_patched
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from tests.infra import Missing, infrastructure_required
from tests.infra.dovecot import Account, Dovecot
from tests.infra.postgres import PostgreSQL
from tests.infra.rabbitmq import RabbitMQ

# These run services in the test process and need the patch of eventlet before anything else: `python -m tests.patched`.
collect_ignore = [] if is_monkey_patched("socket") else ["patched"]

# Whose tests share one running system, which takes long to start: one worker runs them all.
SHARING = ("tests/faults/", "tests/gateway/web/", "tests/gateway/")
# What takes longest begins first, so that nobody waits for it in the end.
LONGEST = (*SHARING, "tests/mail_ingest_service/test_process.py", "tests/demo/", "tests/docs/")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Started = TypeVar("Started", RabbitMQ, PostgreSQL, Dovecot)


def pytest_make_parametrize_id(val: object) -> str | None:
    """A new id as a parameter is no part of a test's name: every worker must find tests of the same names."""
    return "an-id" if isinstance(val, str) and UUID.fullmatch(val) else None


class SideBySide(LoadFileScheduling):
    """As `--dist loadfile`, where the folders that share a system count as one file."""

    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in SHARING if nodeid.startswith(folder)), super()._split_scope(nodeid))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling | None:
    """Nothing where somebody chose another way."""
    return SideBySide(config, log) if config.option.dist == "loadfile" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest first; the others stay as they are."""
    items.sort(key=lambda item: [item.nodeid.startswith(name) for name in LONGEST], reverse=True)


def _started(kind: Callable[[], Started]) -> Started:
    try:
        server = kind()
    except Missing as missing:
        if infrastructure_required():
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    server.start()
    return server


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """The broker of the session. A test that stops or hurts it starts it again before it ends."""
    server = _started(RabbitMQ)
    yield server
    server.close()


@pytest.fixture
def amqp_url(rabbitmq: RabbitMQ) -> Iterator[str]:
    """The URL of a virtual host of this test's own."""
    name = f"t{secrets.token_hex(5)}"
    yield rabbitmq.add_vhost(name)
    rabbitmq.delete_vhost(name)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    """The database server of the session. A test that stops it starts it again before it ends."""
    server = _started(PostgreSQL)
    yield server
    server.close()


@pytest.fixture
def database_prefix(postgres: PostgreSQL) -> Iterator[str]:
    """The beginning of the names of this test's databases; all of them are dropped after it."""
    prefix = f"t{secrets.token_hex(5)}"
    yield prefix
    postgres.drop_databases(prefix)


@pytest.fixture
def database_url(postgres: PostgreSQL, database_prefix: str) -> str:
    """The URL template with `{service}` for this test; `make_databases([...])` makes the databases it will name."""
    return postgres.url(database_prefix + "_{service}")


@pytest.fixture
def make_databases(postgres: PostgreSQL, database_prefix: str) -> Callable[[Iterable[str]], str]:
    """Call with service names: makes their databases and returns the URL template with `{service}`."""
    return lambda services: postgres.make_databases(database_prefix, services)


@pytest.fixture
def postgres_url_for(postgres: PostgreSQL, database_prefix: str) -> Callable[[str], str]:
    """Call with a service name: makes its database and returns the URL of it."""
    return lambda service: postgres.create_database(f"{database_prefix}_{service}")


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL template with `{service}` for SQLite files of this test."""
    return f"sqlite:///{tmp_path}/{{service}}.db"


@pytest.fixture
def embedded_url(tmp_path: Path) -> str:
    """The URL of an embedded broker of this test's own, its journal in the test's folder."""
    return f"embedded://{tmp_path}/broker.db"


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """The IMAP server of the session. A test that stops it starts it again before it ends."""
    server = _started(Dovecot)
    yield server
    server.close()


@pytest.fixture
def mailbox_account(dovecot: Dovecot) -> Account:
    """A fresh user with an empty INBOX: host, port, tls_port, ca_file, user, password, token(), append(), deliver()."""
    return dovecot.account()
