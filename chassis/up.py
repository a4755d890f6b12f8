"""``musubi up``: the whole system in one process, on the embedded broker and SQLite files in one folder.

What goes along with it, and knows words of the domain, is a :class:`Companion`: entry point group ``musubi.up``.
"""

import fcntl
import logging
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol

import eventlet
from cryptography.fernet import Fernet
from eventlet.event import Event
from rich.console import Console

from chassis import logs, runner
from chassis.beside import NAME, BesideServer
from chassis.rpc_client import Services
from chassis.settings import settings

POLL_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Site:
    """What a companion is told: the data folder, the address of the API, whether the demo was asked for."""

    data: Path
    port: int
    demo: bool
    console: Console = field(default_factory=Console)

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://{settings().http_host}:{self.port}"

    @property
    def command(self) -> str:
        """How this command was called, for hints that can be copied."""
        return sys.argv[0] if Path(sys.argv[0]).name == "musubi" else "musubi"

    @property
    def keys(self) -> Path:
        """The folder of secrets, readable by its owner alone."""
        return self.data / "keys"

    def secret(self, name: str, make: Any) -> str:
        """The secret of this name; made by ``make()`` and kept at the first call."""
        path = self.keys / name
        if not path.exists():
            _write_secret(path, make())
        return path.read_text(encoding="utf-8").strip()


class Companion(Protocol):
    """Something that comes with ``musubi up``. Made with the Site."""

    def prepare(self) -> None:
        """Before any service is loaded: may set environment variables and start servers."""

    def ready(self, services: Services) -> None:
        """Every service answers. Returns soon; what goes on runs in a greenlet of its own."""

    def stop(self) -> None:
        """The process ends; called in any case."""


def up(site: Site) -> int:
    """Run until SIGINT or SIGTERM (0), or until a service could not go on (1)."""
    with ExitStack() as stack:
        stack.enter_context(_alone(site))
        site.secret("secret_keys", lambda: Fernet.generate_key().decode())
        os.environ.update(surroundings(site.data) | {"MUSUBI_HTTP_PORT": str(site.port)})
        stack.enter_context(_log_to(site.data / "musubi.log"))
        companions = [
            point.load()(site) for point in sorted(entry_points(group="musubi.up"), key=lambda point: point.name)
        ]
        for companion in companions:
            stack.callback(companion.stop)
            companion.prepare()
        try:
            return _run(site, companions)
        except KeyboardInterrupt:
            return 0


def surroundings(data: Path) -> dict[str, str]:
    """The environment of a data folder; an own level of the log stays."""
    return {
        "MUSUBI_AMQP_URL": f"embedded://{data}/broker.db",
        "MUSUBI_DATABASE_URL": f"sqlite:///{data}/{{service}}.db",
        "MUSUBI_SECRET_KEYS_FILE": str(data / "keys" / "secret_keys"),
        "MUSUBI_LOG_LEVEL": os.environ.get("MUSUBI_LOG_LEVEL", "WARNING"),
    }


def _run(site: Site, companions: list[Companion]) -> int:
    classes = runner.service_classes()
    runner.migrate(classes, settings())
    runner.declare_topology(classes)
    process = runner.Process(classes)
    failures: list[BaseException] = []
    ended: Event = Event()

    def accompany() -> None:
        try:
            _wait_ready(process)
            _accompany(site, companions, ended)
        except Exception as error:
            failures.append(error)
            logging.getLogger(__name__).exception("the start failed")
            process.stop()

    code = process.run(started=accompany)
    ended.send(None)
    eventlet.sleep(0)
    if failures or code:
        problem = failures[0] if failures else "A service could not go on."
        site.console.print(f"[red]{problem}[/] {site.data / 'musubi.log'} says more.", soft_wrap=True)
    return 1 if failures else code


def _accompany(site: Site, companions: list[Companion], ended: Event) -> None:
    with Services("up") as services:
        commands = BesideServer(site.data / NAME, services.caller)
        try:
            for companion in companions:
                companion.ready(services)
            ended.wait()
        finally:
            commands.stop()


def _wait_ready(process: runner.Process) -> None:
    while process.health.problems():
        eventlet.sleep(POLL_SECONDS)


@contextmanager
def _alone(site: Site) -> Iterator[None]:
    """Hold the folder and see that the port is free. SystemExit says what to do."""
    site.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    site.keys.mkdir(mode=0o700, exist_ok=True)
    with (site.data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise SystemExit(
                f"Another musubi uses {site.data}: stop it first, or choose another folder with --data."
            ) from None
        (site.data / NAME).unlink(missing_ok=True)
        _check_port(site.port)
        yield


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings().http_host, port))
        except OSError:
            raise SystemExit(f"Port {port} is taken: choose another one with --port.") from None


@contextmanager
def _log_to(path: Path) -> Iterator[None]:
    """The log goes into a file, so that the terminal stays readable."""
    with path.open("a", encoding="utf-8") as file:
        logs.configure(settings().log_format, settings().log_level, stream=file)
        yield
        logs.configure(settings().log_format, settings().log_level)


def _write_secret(path: Path, value: str) -> None:
    draft = path.with_suffix(".draft")
    with open(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(value + "\n")
    draft.replace(path)
