"""The whole system as one real process on the embedded broker, with a real mailbox, seen through its HTTP API.

``staff``, ``app`` and ``client`` are the small form: the app in this process on a real staff service.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from chassis import testing
from chassis.ids import new_id
from chassis.settings import load
from gateway.app import create_app
from gateway.settings import GatewaySettings
from services.staff.service import StaffService
from tests.gateway.post import received
from tests.gateway.small import PASSWORD
from tests.infra import eventually
from tests.infra.dovecot import Account, Dovecot
from tests.infra.services import ServiceProcesses

ALL = "contacts+mail_ingest+matcher+leads+tickets+history+activities+sales+staff+gateway"


def pytest_itemcollected(item: pytest.Item) -> None:
    """Workers know a test by its id, which is one for all calls of the document: of those they would run the first."""
    if label := getattr(item, "operation_label", None):
        item._id = item.id.with_params(label)


class System:
    """The running system, seen by its users."""

    def __init__(self, processes: ServiceProcesses) -> None:
        self.processes = processes
        self.url = processes.url("gateway")
        processes.env["MUSUBI_ADMIN_PASSWORD"] = PASSWORD
        processes.musubi("staff", "add-admin", "--login", "root", "--name", "管理者")
        self._clients: list[httpx.Client] = []
        self.admin_token = self.token("root", "read", "write", "admin")
        self.admin = self.client(self.admin_token)
        self.reader = self.client(self.token("root", "read"))

    def token(self, login: str, *scopes: str) -> str:
        """A new API token."""
        made = self.logged_in(login).post("/api-tokens", json={"name": "a program", "scopes": scopes})
        return str(made.raise_for_status().json()["token"])

    def logged_in(self, login: str) -> httpx.Client:
        """A client with a session of its own."""
        answer = self.client().post("/sessions", json={"login": login, "password": PASSWORD})
        return self.client(answer.raise_for_status().json()["token"])

    def client(self, token: str | None = None, **headers: str) -> httpx.Client:
        """A client that sends the token."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        client = httpx.Client(base_url=f"{self.url}/api/v1", headers={**bearer, **headers}, timeout=60)
        self._clients.append(client)
        return client

    def colleague(self, name: str = "同僚", role: str = "staff") -> httpx.Client:
        """Another staff user, logged in."""
        data = {"login": f"colleague-{new_id()}", "password": PASSWORD, "name": name, "role": role}
        self.admin.post("/staff-users", json=data).raise_for_status()
        return self.logged_in(data["login"])

    def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            client.close()

    def message(self, subject: str) -> Any:
        """The mail with this subject, as the list has it, once it is there."""

        def found() -> Any:
            items = self.admin.get("/messages", params={"query": subject}).json()["items"]
            return next((item for item in items if item["subject"] == subject), None)

        return eventually(found)


@contextmanager
def running_system() -> Iterator[System]:
    """All services in one process, as patient as its clients."""
    folder = Path(tempfile.mkdtemp(prefix="musubi-gateway-"))
    env = {"MUSUBI_REQUESTS_PER_MINUTE": "1000000", "MUSUBI_ANONYMOUS_PER_MINUTE": "1000000"}
    env |= {"MUSUBI_RPC_TIMEOUT": "30"}
    with ServiceProcesses(
        [ALL],
        amqp_url=f"embedded://{folder}/broker.db",
        database_url=f"sqlite:///{folder}/{{service}}.db",
        env={**env, "MUSUBI_MAIL_HOST_ALLOW": "127.0.0.1"},
    ) as processes:
        system = System(processes)
        yield system
        system.close()


@pytest.fixture(scope="session")
def system() -> Iterator[System]:
    """The one of the tests of the API."""
    with running_system() as system:
        yield system


@pytest.fixture(scope="session")
def office(system: System, dovecot: Dovecot) -> Account:
    """A sales mailbox that only suggests, watched by the system."""
    account = dovecot.account()
    settings = {
        "provider": "other",
        "host": account.host,
        "port": account.port,
        "security": "none",
        "user": account.user,
        "secret": account.password,
        "address": "sales@office.example",
        "name": "Sales",
        "purpose": "sales",
        "policy": "suggest",
    }
    added = system.admin.post("/mailboxes", json=settings)
    assert added.status_code == 201, added.text
    return account


@pytest.fixture(scope="session")
def staff_users(tmp_path_factory):
    """The file of a staff service's database with a user of each role: their passwords cost time once."""
    folder = tmp_path_factory.mktemp("staff")
    service = testing.instance(StaffService, testing.migrated_sqlite(folder, StaffService))
    for role in ("admin", "staff", "read_only"):
        service.create_staff_user(data={"login": role, "name": role, "role": role, "password": PASSWORD})
    service.db.engine.dispose()
    return folder / "staff.db"


@pytest.fixture
def staff(staff_users, tmp_path):
    service = testing.instance(StaffService, f"sqlite:///{shutil.copy(staff_users, tmp_path)}")
    yield service
    service.db.engine.dispose()


@pytest.fixture
def app(staff):
    # A test that tries every path is no stranger who guesses.
    return create_app(
        SimpleNamespace(staff=staff), settings=load(GatewaySettings, {"MUSUBI_ANONYMOUS_PER_MINUTE": "1000"})
    )


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def api(system):
    return system.admin


@pytest.fixture
def stranger(system, office):
    """A mail of somebody nobody knows; its API record."""
    return received(system, office, sender="山田 太郎 <yamada{}@shin-kyaku.example>")
