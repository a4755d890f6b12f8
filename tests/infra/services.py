"""Musubi's services as processes, `musubi run <service>…`, under a supervisor that starts again what ended."""

import collections
import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from cryptography.fernet import Fernet

from tests.infra.process import Server, free_port, work_folder

MUSUBI = str(Path(sys.executable).with_name("musubi"))
FIRST_PAUSE, LONGEST_PAUSE, LONG_ENOUGH_UP = 0.2, 5.0, 10.0


class Replica:
    """One process of one or more services (`"leads+tickets"`), with its own port for health and metrics."""

    def __init__(self, name: str, *, services: list[str], env: Mapping[str, str], folder: Path) -> None:
        self.name, self.services, self.port = name, services, free_port()
        command = [MUSUBI, "run", *services]
        self.server = Server(name, folder=folder, command=command, env={**env, "MUSUBI_HTTP_PORT": str(self.port)})
        self.wanted = False
        self._pause, self._due, self._started = FIRST_PAUSE, 0.0, 0.0

    def start(self) -> None:
        self.server.start()
        # A crash point holds for one life, or the supervisor would go round for ever.
        self.server.env.pop("MUSUBI_CRASH_AT", None)
        self.wanted, self._due, self._started = True, 0.0, time.monotonic()

    def ready(self) -> bool:
        return self.get("/health/ready")[0] == 200

    def get(self, path: str) -> tuple[int, str]:
        """Status and body of a page of this process; 0 and the error where nothing answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError as error:
            return 0, str(error)
        except http.client.HTTPException as error:
            return 0, repr(error)
        finally:
            connection.close()

    def revive(self) -> bool:
        """Starts the process again if it ended and its pause is over; True if it was started."""
        if not self.wanted or self.server.running:
            return False
        now = time.monotonic()
        if not self._due:
            self._pause = FIRST_PAUSE if now - self._started > LONG_ENOUGH_UP else min(self._pause * 2, LONGEST_PAUSE)
            self._due = now + self._pause
        if now < self._due:
            return False
        self.start()
        return True


class ServiceProcesses:
    """Services of one system, each a process; `services` may name one twice for two replicas: `["matcher", "matcher"]`.

    Replicas are called `matcher-1`, `matcher-2`; every method with `name` takes such a name, or the service's own for
    all replicas of it. `restarts` counts what the supervisor started again.
    `with ServiceProcesses(...) as system:` migrates, starts and waits until all are ready.
    """

    def __init__(
        self,
        services: Iterable[str],
        *,
        amqp_url: str,
        database_url: str,
        env: Mapping[str, str] | None = None,
        supervise: bool = True,
    ) -> None:
        self.folder = work_folder("services")
        self.env = _environment(amqp_url=amqp_url, database_url=database_url) | dict(env or {})
        self.replicas: dict[str, Replica] = {}
        self.restarts: collections.Counter[str] = collections.Counter()
        for service in services:
            self._add(service)
        self._supervise = supervise
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> "ServiceProcesses":
        self.migrate()
        self.start()
        self.wait_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def migrate(self) -> None:
        """Runs `musubi migrate` for all services of this system."""
        self.musubi("migrate", *sorted({name for replica in self.replicas.values() for name in replica.services}))

    def musubi(self, *arguments: str, timeout: float = 120) -> str:
        """Runs an admin command with the settings of this system and returns what it printed."""
        done = subprocess.run(
            [MUSUBI, *arguments],
            env=self.env,
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"musubi {' '.join(arguments)} ended with {done.returncode}: {done.stderr[-3000:]}")
        return done.stdout

    def start(self) -> None:
        for replica in self.replicas.values():
            replica.start()
        if self._supervise:
            threading.Thread(target=self._watch, daemon=True, name="supervisor").start()

    def stop(self, *, timeout: float = 30) -> None:
        """Ends all by SIGTERM at the same time; what is left after `timeout` seconds is killed."""
        self._ended.set()
        with self._lock:
            for replica in self.replicas.values():
                replica.wanted = False
                if replica.server.running:
                    replica.server.send(signal.SIGTERM)
            for replica in self.replicas.values():
                replica.server.stop(timeout=timeout)

    def wait_ready(self, *names: str, timeout: float = 150) -> None:
        """Waits until `/health/ready` of the named ones (default all) answers 200; tells the log of what does not."""
        deadline = time.monotonic() + timeout
        for replica in self._named(*names):
            while not replica.ready():
                if time.monotonic() > deadline or not (replica.server.running or self._supervise):
                    state = f"{replica.get('/health/ready')}\n{replica.server.output()[-3000:]}"
                    raise AssertionError(f"{replica.name} was not ready within {timeout:g} s: {state}")
                time.sleep(0.05)

    def kill9(self, name: str) -> None:
        """Kills; the supervisor starts it again."""
        for replica in self._named(name):
            replica.server.kill9()

    def terminate(self, name: str, *, timeout: float = 30) -> list[int | None]:
        """Ends by SIGTERM, waits and returns the exit codes; the supervisor starts it again."""
        codes = []
        for replica in self._named(name):
            with self._lock:
                replica.server.stop(timeout=timeout)
                codes.append(replica.server.exit_code)
        return codes

    def halt(self, name: str) -> None:
        """Kills and keeps it down until `resume`."""
        for replica in self._named(name):
            replica.wanted = False
            replica.server.kill9()

    def resume(self, name: str) -> None:
        """Starts what `halt` ended."""
        for replica in self._named(name):
            replica.start()

    def crash_at(self, name: str, point: str, count: int = 1) -> None:
        """The next life of the process ends at the `count`-th passage of a crash point (`chassis.crash`)."""
        for replica in self._named(name):
            replica.server.env["MUSUBI_CRASH_AT"] = f"{point}:{count}"

    def url(self, name: str) -> str:
        """Where the first process of that name answers HTTP; for the gateway, its API."""
        return f"http://127.0.0.1:{self._named(name)[0].port}"

    def logs(self, name: str) -> list[dict]:
        """The JSON lines that the process logged, of all its lives; other lines come as `{"text": …}`."""
        return [_log_line(line) for replica in self._named(name) for line in replica.server.output().splitlines()]

    def _add(self, service: str) -> None:
        number = 1 + sum(name.rpartition("-")[0] == service for name in self.replicas)
        name = f"{service}-{number}"
        self.replicas[name] = Replica(name, services=service.split("+"), env=self.env, folder=self.folder)

    def _named(self, *names: str) -> list[Replica]:
        if not names:
            return list(self.replicas.values())
        found = [
            replica
            for name, replica in self.replicas.items()
            if name in names or name.rpartition("-")[0] in names or set(replica.services) & set(names)
        ]
        if not found:
            raise KeyError(f"no process is called {', '.join(names)}; there are {', '.join(self.replicas)}")
        return found

    def _watch(self) -> None:
        while not self._ended.wait(0.05):
            with self._lock:
                for replica in self.replicas.values():
                    if not self._ended.is_set() and replica.revive():
                        self.restarts[replica.name] += 1


def _environment(*, amqp_url: str, database_url: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MUSUBI_")}
    return kept | {
        "MUSUBI_AMQP_URL": amqp_url,
        "MUSUBI_DATABASE_URL": database_url,
        "MUSUBI_SECRET_KEYS": Fernet.generate_key().decode(),
        "MUSUBI_HTTP_HOST": "127.0.0.1",
        "MUSUBI_LOG_FORMAT": "json",
        "PYTHONUNBUFFERED": "1",
    }


def _log_line(line: str) -> dict:
    with contextlib.suppress(json.JSONDecodeError):
        found = json.loads(line)
        if isinstance(found, dict):
            return found
    return {"text": line}
