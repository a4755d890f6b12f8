"""The two examples of the README, in Python and in Node, on a real RabbitMQ and with a real event."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.infra import eventually
from tests.infra.process import Server

EXAMPLES = Path(__file__).parent.parent.parent / "docs" / "examples"
MUSUBI = [sys.executable, "-m", "musubi"]
WANTED = ["staff.events", "staff_user.#"]
SECONDS = 120
PASSWORD = "correct horse battery staple"


@pytest.fixture
def env(tmp_path: Path, amqp_url: str, sqlite_url: str) -> dict[str, str]:
    return {
        **os.environ,
        "MUSUBI_AMQP_URL": amqp_url,
        "MUSUBI_DATABASE_URL": sqlite_url,
        "MUSUBI_ADMIN_PASSWORD": PASSWORD,
        "PYTHONWARNINGS": "ignore",
    }


@pytest.fixture
def staff(tmp_path: Path, env: dict[str, str]) -> Iterator[Server]:
    """A running service that has something to tell."""
    subprocess.run([*MUSUBI, "migrate"], env=env, check=True, timeout=SECONDS, capture_output=True)
    server = Server("staff", folder=tmp_path, command=[*MUSUBI, "run", "staff"], env=env)
    server.start()
    yield server
    server.stop()


def told(tmp_path: Path, env: dict[str, str], command: list[str]) -> str:
    """What the example prints when a staff user was created."""
    listener = Server("example", folder=tmp_path, command=[*command, *WANTED], env=env)
    listener.start()
    eventually(lambda: "listening" in listener.output(), timeout=SECONDS, what="the example")
    create = [*MUSUBI, "staff", "add-admin", "--login", "reika", "--name", "麗華"]
    subprocess.run(create, env=env, check=True, timeout=SECONDS, capture_output=True)
    try:
        eventually(lambda: "staff_user.created.v1" in listener.output(), timeout=SECONDS, what="the event")
        return listener.output()
    finally:
        listener.stop()


@pytest.mark.usefixtures("staff")
def test_the_python_example_prints_an_event_of_a_service(tmp_path, env):
    output = told(tmp_path, env, [sys.executable, str(EXAMPLES / "subscribe.py")])
    assert '"role": "admin"' in output


@pytest.mark.skipif(not (shutil.which("node") and shutil.which("npm")), reason="Node.js is not installed")
@pytest.mark.usefixtures("staff")
def test_the_node_example_prints_an_event_of_a_service(tmp_path, env):
    folder = tmp_path / "node"
    shutil.copytree(EXAMPLES, folder, ignore=shutil.ignore_patterns("node_modules"))
    subprocess.run(["npm", "ci", "--silent"], cwd=folder, check=True, timeout=SECONDS, capture_output=True)
    output = told(tmp_path, env, ["node", str(folder / "subscribe.mjs")])
    assert '"role":"admin"' in output


@pytest.mark.parametrize("name", ["subscribe.py", "subscribe.mjs"])
def test_an_example_is_short(name):
    lines = [line for line in (EXAMPLES / name).read_text().splitlines() if line.strip()]
    assert len(lines) <= 16


def test_the_lock_names_no_registry():
    assert "http" not in (EXAMPLES / "package-lock.json").read_text()
