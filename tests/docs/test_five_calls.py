"""The five calls of the README, run as they stand there against the demo, answer what the README shows."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.demo.site import SECONDS, Site
from tests.infra import eventually

README = (Path(__file__).parent.parent.parent / "README.md").read_text()
CALLS = README.partition("\n## Five calls\n")[2].partition("\n## ")[0]
COMMANDS = re.findall(r"```sh\n(.*?)```", CALLS, re.DOTALL)
LOG_IN, READ, ADD_LEAD, WHY, TICKETS = COMMANDS
ANSWERS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", CALLS, re.DOTALL)]
# In what the README shows of an answer: "and other fields".
MORE = "…"
# Of another run: ids, numbers, cursors.
VARYING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(LEA|TT)\d+|/api/v1/\S+cursor=\S+")

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


class Terminal:
    """A shell in the folder of the demo: what one command sets, the next one has."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.variables = ""

    def set(self, lines: str) -> None:
        self.variables += lines.replace(":8000/", f":{self.site.port}/") + "\n"

    def get(self, command: str) -> Any:
        """The JSON that a command prints."""
        line = ["bash", "-euc", self.variables + command]
        done = subprocess.run(line, cwd=self.site.folder, capture_output=True, text=True, timeout=SECONDS)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    site = Site(tmp_path)
    site.start()
    yield Terminal(site)
    site.process.stop()
    site.client.close()


def differences(shown: Any, told: Any, where: str = "") -> Iterator[str]:
    """Where an answer is not what is shown of it: other fields, types or values."""
    if isinstance(shown, dict) and isinstance(told, dict):
        fields = shown.keys() - {MORE}
        yield from (f"{where}.{name}: missing" for name in sorted(fields - told.keys()))
        if MORE not in shown:
            yield from (f"{where}.{name}: not shown" for name in sorted(told.keys() - fields))
        for name in sorted(fields & told.keys()):
            yield from differences(shown[name], told[name], where=f"{where}.{name}")
    elif isinstance(shown, list) and isinstance(told, list):
        if len(shown) != len(told):
            yield f"{where}: {len(told)} entries for {len(shown)}"
        for number, (one, other) in enumerate(zip(shown, told, strict=False)):
            yield from differences(one, other, where=f"{where}[{number}]")
    elif type(shown) is not type(told) or pattern(shown) != pattern(told):
        yield f"{where}: {told!r} for {shown!r}"


def pattern(value: Any) -> Any:
    """The value with what is another in each run blotted out."""
    return VARYING.sub("…", value) if isinstance(value, str) else value


def test_the_five_calls_answer_what_the_readme_shows(terminal):
    message, lead, decision, tickets = ANSWERS
    terminal.set(LOG_IN)
    search, choice, read = READ.splitlines()
    [found] = eventually(lambda: terminal.get(search)["items"], timeout=SECONDS, what="the mail")
    terminal.set(re.sub(r"(?<=^ID=)\S+", found["id"], choice))

    def read_mail() -> list[str]:
        return list(differences(message, terminal.get(read)))

    eventually(lambda: read_mail() == [], timeout=SECONDS, what=f"the mail as shown: {read_mail()}")
    opened = terminal.get(ADD_LEAD)
    assert list(differences(lead, opened)) == []
    assert terminal.get(ADD_LEAD) == opened

    eventually(lambda: terminal.get(WHY)["revision"] == decision["revision"], what="the new decision")
    assert list(differences(decision, terminal.get(WHY))) == []
    # Which ticket is the newest is another in each run: the one that is shown is on some page.
    eventually(lambda: list(differences(tickets, page_as_in(tickets, terminal))) == [], timeout=SECONDS)


def page_as_in(shown: Any, terminal: Terminal) -> Any:
    """The page with the ticket that is shown; the last page where there is none yet."""
    page = terminal.get(TICKETS)
    while page["next"] and page["items"][0]["title"] != shown["items"][0]["title"]:
        page = terminal.get(f'curl -s "${{API%/api/v1}}{page["next"]}" -H "$AUTH"')
    return page


def test_what_differs_from_what_is_shown_is_named():
    shown = {"id": "01a2052e-2efc-776d-96d3-af37cf749265", "number": "TT11", "list": [{"a": 1, MORE: MORE}]}
    told = {"id": "01a2052e-38f6-76c2-aa9f-2c37f12d311a", "number": "TT1", "list": [{"a": 1, "b": 2}]}
    assert list(differences(shown, told)) == []
    assert list(differences(shown, told | {"list": [{"a": None}]})) == [".list[0].a: None for 1"]
    assert list(differences(shown, told | {"more": 1})) == [".more: not shown"]
    assert list(differences(told, {"id": "another", "number": "TT2", "list": []})) == [
        ".id: 'another' for '01a2052e-38f6-76c2-aa9f-2c37f12d311a'",
        ".list: 0 entries for 1",
    ]
