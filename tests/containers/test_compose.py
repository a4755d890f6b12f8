"""docker-compose.yml for real: the image is built, everything becomes healthy, and a demo mail is filed and shown.

Opt in with `-m containers`; skipped where no Docker engine answers or Compose is missing. Takes minutes.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import docker
import httpx
import pytest

from tests.infra import eventually

pytestmark = [pytest.mark.containers, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
PROJECT = "musubi-test"
FREE_PORTS = {"MUSUBI_PORT": "", "MUSUBI_AMQP_PORT": "", "MUSUBI_MANAGEMENT_PORT": ""}
SERVICES = [
    "activities",
    "contacts",
    "gateway",
    "history",
    "leads",
    "mail-ingest",
    "matcher",
    "sales",
    "staff",
    "tickets",
]


def compose(*arguments: str, timeout: float = 600) -> str:
    command = ["docker", "compose", "--project-name", PROJECT, "--profile", "demo", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | FREE_PORTS, capture_output=True, text=True, timeout=timeout, check=False
    )
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout.strip()


@pytest.fixture(scope="module")
def engine() -> Iterator[docker.DockerClient]:
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        pytest.skip("docker with Compose is not installed")
    try:
        client = docker.from_env()
        client.ping()
    except docker.errors.DockerException as error:
        pytest.skip(f"no Docker engine answers: {error}")
    yield client
    client.close()


@pytest.fixture(scope="module")
def system(engine) -> Iterator[docker.DockerClient]:
    compose("down", "--volumes", "--remove-orphans")
    compose("up", "--detach", "--build", "--wait", "--wait-timeout", "400")
    yield engine
    compose("down", "--volumes", "--remove-orphans")


def container(engine: docker.DockerClient, service: str):
    labels = [f"com.docker.compose.project={PROJECT}", f"com.docker.compose.service={service}"]
    [found] = engine.containers.list(all=True, filters={"label": labels})
    return found


def state(engine: docker.DockerClient, service: str) -> str:
    found = container(engine, service).attrs["State"]
    return found.get("Health", {}).get("Status", found["Status"])


def call(path: str, *, token: str | None = None, data: dict | None = None) -> dict:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    url = f"http://{compose('port', 'gateway', '8000')}{path}"
    body = json.dumps(data).encode() if data is not None else None
    with urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=15) as answer:
        return json.load(answer)


@pytest.fixture(scope="module")
def token(system) -> str:
    return call("/api/v1/sessions", data={"login": "admin", "password": "musubi-development"})["token"]


def test_every_service_is_healthy(system):
    assert {service: state(system, service) for service in SERVICES} == dict.fromkeys(SERVICES, "healthy")


def test_every_service_runs_without_root_on_a_read_only_file_system(system):
    for service in SERVICES:
        attributes = container(system, service).attrs
        assert attributes["HostConfig"]["ReadonlyRootfs"]
        code, output = container(system, service).exec_run(["id", "-u"])
        assert (code, output.strip()) == (0, b"10001")


def test_the_mails_of_the_demo_mailbox_are_filed_and_shown(token):
    subjects = {message["subject"] for message in call("/api/v1/messages", token=token)["items"]}
    assert {"複合機が紙詰まりを繰り返します", "Invoice 2210 lists the wrong delivery address"} <= subjects
    assert len(call("/api/v1/decisions", token=token)["items"]) >= 3
    assert call("/api/v1/tickets", token=token)["items"]


def test_the_log_in_page_and_all_that_it_loads_come_from_the_image(system):
    with httpx.Client(base_url=f"http://{compose('port', 'gateway', '8000')}", timeout=15) as client:
        page = client.get("/login", headers={"Accept-Language": "ja"}).text
        assert 'lang="ja"' in page
        loaded = re.findall(r'(?:href|src)="(/static/[^"#]+)', page)
        assert any("tabler" in path for path in loaded)
        assert {path: client.get(path).status_code for path in loaded} == dict.fromkeys(loaded, 200)


def test_a_killed_service_is_started_again(system, token):
    pid = container(system, "tickets").attrs["State"]["Pid"]
    if not Path(f"/proc/{pid}").exists():
        pytest.skip("the engine runs on another machine")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: container(system, "tickets").attrs["RestartCount"] >= 1, timeout=60)
    eventually(lambda: state(system, "tickets") == "healthy", timeout=60)
    assert call("/api/v1/tickets", token=token)["items"]


def test_a_service_says_when_the_broker_is_gone_and_recovers(system, token):
    container(system, "rabbitmq").pause()
    try:
        eventually(lambda: state(system, "history") == "unhealthy", timeout=90)
    finally:
        container(system, "rabbitmq").unpause()
    eventually(lambda: state(system, "history") == "healthy", timeout=90)
    assert call("/api/v1/tickets", token=token)["items"]
