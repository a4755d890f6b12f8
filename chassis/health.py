"""Health and metrics of a process: ``/health/live``, ``/health/ready`` (database and broker), ``/metrics``."""

from collections.abc import Iterable
from typing import Any

import orjson
from nameko.containers import ServiceContainer
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis.carrier import Carrier
from chassis.database import Database

Answer = tuple[str, str, bytes]


class Health:
    """What a process can say about itself; ``containers`` are the services it runs."""

    def __init__(self, containers: Iterable[ServiceContainer]) -> None:
        """The containers may start later."""
        self.containers = list(containers)

    def problems(self) -> dict[str, str]:
        """Part -> what is wrong with it; empty when every service can work."""
        found: dict[str, str] = {}
        for container in self.containers:
            for extension in container.extensions:
                if isinstance(extension, Carrier):
                    found.update(
                        {link.name: "not connected to the broker" for link in extension.links if not link.connected}
                    )
                elif isinstance(extension, Database) and not _answers(extension):
                    found[f"{container.service_name} database"] = "does not answer"
        return found

    def measure(self) -> None:
        """Bring the gauges up to date."""
        for container in self.containers:
            for extension in container.extensions:
                if isinstance(extension, Database):
                    try:
                        extension.upkeep.measure()
                    except SQLAlchemyError:
                        continue  # the readiness check tells of it; the other figures are wanted all the same

    def __call__(self, environ: dict[str, Any], start_response: Any) -> list[bytes]:
        """A WSGI app of three pages."""
        status, content_type, body = self._answer(environ.get("PATH_INFO", ""))
        start_response(status, [("Content-Type", content_type), ("Cache-Control", "no-store")])
        return [body]

    def _answer(self, path: str) -> Answer:
        if path == "/health/live":
            return "200 OK", "application/json", b'{"status":"live"}'
        if path == "/health/ready":
            problems = self.problems()
            status = "503 Service Unavailable" if problems else "200 OK"
            return status, "application/json", orjson.dumps({"ready": not problems, "problems": problems})
        if path == "/metrics":
            self.measure()
            return "200 OK", CONTENT_TYPE_LATEST, generate_latest()
        return "404 Not Found", "text/plain", b"Here are /health/live, /health/ready and /metrics.\n"


def _answers(database: Database) -> bool:
    try:
        with database.handle.engine.connect() as connection:  # type: ignore[union-attr] # set up by then
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True
