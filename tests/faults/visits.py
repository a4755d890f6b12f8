"""Somebody at the API while things go wrong: logs in and enters a contact, again with the same key until it is done."""

from concurrent.futures import Executor, Future

import httpx

from tests.infra import eventually

PASSWORD = "correct horse 馬"


class Visits:
    """``gateways`` are the addresses of the replicas; each try is made at the next of them."""

    def __init__(self, gateways: list[str], executor: Executor) -> None:
        """Nobody has come yet."""
        self._gateways, self._executor = gateways, executor
        self._tries = 0
        self.names: list[str] = []

    def begin(self) -> "Future[object]":
        """One visit, in another thread; its result is there when the contact is."""
        self.names.append(name := f"客 {len(self.names)}")
        return self._executor.submit(eventually, lambda: self._entered(name), timeout=90, what=f"the contact {name}")

    def _entered(self, name: str) -> bool:
        self._tries += 1
        gateway = self._gateways[self._tries % len(self._gateways)]
        with httpx.Client(base_url=f"{gateway}/api/v1", timeout=60) as api:
            try:
                session = _done(api.post("/sessions", json={"login": "root", "password": PASSWORD}))
                headers = {"Authorization": f"Bearer {session['token']}", "Idempotency-Key": name.encode().hex()}
                return bool(_done(api.post("/contacts", json={"last_name": name}, headers=headers))["id"])
            except httpx.TransportError:
                return False


def _done(answer: httpx.Response) -> dict[str, object]:
    """What was answered; whatever goes wrong behind the gateway, nobody is told that the request itself is wrong."""
    if answer.status_code in (500, 503, 504):
        raise AssertionError(answer.text)
    answer.raise_for_status()
    return dict(answer.json())
