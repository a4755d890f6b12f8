"""``musubi up --demo`` from the outside: a command in a terminal, and its API."""

import re
import signal
import stat
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from demo.mails import all_mails
from tests.infra import eventually
from tests.infra.process import Server, free_port

MUSUBI = [sys.executable, "-m", "musubi"]
EXPECTED = Counter(mail.becomes.partition(" ")[0] for mail in all_mails())
# Letters to and from him: quote, mobile, complaint and its sequel, the forged one, and our two answers.
MAILS_OF_TANAKA = 7
SECONDS = 60


class Site:
    """A data folder, and the command that is run on it."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "var"
        self.port = free_port()
        command = [*MUSUBI, "up", "--demo", "--data", str(self.data), "--port", str(self.port)]
        self.process = Server("up", folder=folder, command=command)
        self.folder = folder
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}/api/v1", timeout=10)

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

    def counts(self) -> dict[str, int]:
        entries = [
            entry
            for tanaka in self.items("/contacts", query="田中")
            for entry in self.items("/history", kind="contact", id=tanaka["id"])
        ]
        return {
            "mails": len(self.items("/messages")),
            "leads": len(self.items("/leads")),
            "tickets": len(self.items("/tickets")),
            "quarantined": len(self.items("/quarantine")),
            "mails of 田中": len([entry for entry in entries if entry["kind"] == "mail"]),
            "contacts": len(self.items("/contacts")),
            "mailboxes": len(self.items("/mailboxes")),
        }


WANTED = {
    "mails": 44,
    "leads": EXPECTED["lead"],
    "tickets": EXPECTED["ticket"],
    "quarantined": EXPECTED["quarantined"],
    "mails of 田中": MAILS_OF_TANAKA,
    "contacts": 8,
    "mailboxes": 2,
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    yield made
    made.process.stop()
    made.client.close()


def command(site: Site, *arguments: str) -> str:
    process = Server("command", folder=site.folder, command=[*MUSUBI, *arguments])
    process.start()
    eventually(lambda: not process.running, timeout=SECONDS, what=arguments[0])
    assert process.exit_code == 0, process.output()
    return process.output()


def test_the_demo_files_every_mail_stops_at_ctrl_c_and_goes_on_where_it_was(site):
    site.start()
    eventually(lambda: site.counts() == WANTED, timeout=SECONDS, what="the counts")
    eventually(lambda: "44 mails read" in site.process.output(), what="the summary")
    assert site.stop(signal.SIGINT) == 0
    told = site.process.output()
    # Known and unknown senders reach tickets in batches of their own: which batch gets the first number is open.
    assert re.search(r"^【クレーム】\S+ +田中 太郎 +→ ticket TT\d+ \(High\), history of 田中 太郎$", told, re.MULTILINE)
    assert re.search(r"小林 正人 +→ lead LEA\d", told)
    assert "quarantine: The mail is empty." in told
    assert "Stopped." in told
    assert "Traceback" not in told

    site.start()
    said = command(site, "demo", "send", "--data", str(site.data), "--from", "木村 <kimura@cafe.example>")
    assert "Sent." in said
    one_more = {**WANTED, "mails": WANTED["mails"] + 1, "leads": WANTED["leads"] + 1}
    eventually(lambda: site.counts() == one_more, timeout=SECONDS, what="one more lead and nothing twice")
    assert "サポート (demo)" in command(site, "--data", str(site.data), "mailbox", "list")
    assert site.stop(signal.SIGTERM) == 0


def test_secrets_are_for_their_owner_alone_and_a_second_start_keeps_them(site):
    site.start()
    kept = {path.name: path.read_text() for path in (site.data / "keys").iterdir()}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (site.data / "keys").iterdir()}
    assert (modes, stat.S_IMODE(site.data.stat().st_mode)) == ({0o600}, 0o700)
    site.stop(signal.SIGINT)
    site.start()
    assert {path.name: path.read_text() for path in (site.data / "keys").iterdir()} == kept


def test_a_second_process_on_the_same_folder_is_told_so(site):
    site.start()
    second = Server("second", folder=site.folder, command=site.process.command)
    second.start()
    eventually(lambda: not second.running, timeout=SECONDS)
    assert (second.exit_code, "Another musubi uses" in second.output()) == (1, True)
