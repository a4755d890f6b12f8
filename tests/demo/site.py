"""``musubi up --demo`` on a data folder of its own, as somebody in front of it has it."""

import sys
from pathlib import Path
from typing import Any

import httpx

from tests.infra import eventually
from tests.infra.process import Server, free_port

MUSUBI = [sys.executable, "-m", "musubi"]
SECONDS = 120


class Site:
    """A data folder, and the command that is run on it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "var"
        self.port = free_port()
        command = [*MUSUBI, "up", "--demo", "--data", str(self.data), "--port", str(self.port)]
        self.process = Server("up", folder=folder, command=command)
        self.folder = folder
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/api/v1", timeout=60)

    def start(self) -> None:
        self.process.start()
        eventually(self.log_in, timeout=SECONDS, what="the log-in")

    def log_in(self) -> bool:
        password = (self.data / "keys" / "admin_password").read_text().strip()
        try:
            answer = self.client.post("/sessions", json={"login": "admin", "password": password})
        except httpx.TransportError:
            return False
        self.client.headers["Authorization"] = f"Bearer {answer.json().get('token')}"
        return answer.is_success

    def stop(self, number: int) -> int | None:
        self.process.send(number)
        eventually(lambda: not self.process.running, timeout=SECONDS, what="the end")
        return self.process.exit_code

    def items(self, path: str, **query: Any) -> list[dict[str, Any]]:
        answer = self.client.get(path, params={"limit": 200, **query})
        answer.raise_for_status()
        return list(answer.json()["items"])
