"""``musubi up --demo`` from the outside: a command in a terminal, and its API."""

import re
import signal
import stat
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.mails import all_mails
from demo.people import CONTACTS
from tests.demo.site import MUSUBI, SECONDS, Site
from tests.infra import eventually
from tests.infra.process import Server

EXPECTED = Counter(mail.becomes.partition(" ")[0] for mail in all_mails())
# Letters to and from him: quote, mobile, complaint and its sequel, the forged one, and our two answers.
# Without the one in his name that our server calls forged: it is a ticket in doubt.
MAILS_OF_TANAKA = 6


WANTED = {
    "mails": 44,
    "leads": EXPECTED["lead"],
    "tickets": EXPECTED["ticket"],
    "quarantined": EXPECTED["quarantined"],
    "mails of 田中": MAILS_OF_TANAKA,
    "contacts": len(CONTACTS),
    "mailboxes": 2,
    "opportunities": 5,
    "quotes": 4,
    "invoices": 2,
    "activities": 6,
}
COUNTED = ("mailboxes", "opportunities", "quotes", "invoices", "activities")


def counts(site: Site) -> dict[str, int]:
    entries = [
        entry
        for tanaka in site.items("/contacts", query="田中")
        for entry in site.items("/history", kind="contact", id=tanaka["id"])
    ]
    return {
        "mails": len(site.items("/messages")),
        "leads": len(site.items("/leads")),
        "tickets": len(site.items("/tickets")),
        "quarantined": len(site.items("/quarantine")),
        "mails of 田中": len([entry for entry in entries if entry["kind"] == "mail"]),
        "contacts": len(site.items("/contacts")),
        **{path: len(site.items(f"/{path}")) for path in COUNTED},
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
    eventually(lambda: counts(site) == WANTED, timeout=SECONDS, what="the counts")
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
    eventually(lambda: counts(site) == one_more, timeout=SECONDS, what="one more lead and nothing twice")
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
