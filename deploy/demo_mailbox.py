"""The demo of docker-compose.yml: adds the mailbox of the container `mail`, and says whether its mails were filed.

`add` runs for as long as the container does; `check` is its health check: exit code 0 once the API shows a decision for
each of the three mails and the ticket that came of one.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

TOKEN = Path("/tmp/token")  # noqa: S108 - the container's own tmpfs
USER = "support@example.jp"
MAILS = 3


def musubi(*arguments: str) -> str:
    """The output of an admin command; raises CalledProcessError when it failed."""
    return subprocess.run(["musubi", *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout  # noqa: S603, S607


def add() -> None:
    """Adds the mailbox unless it is there, makes a token for the check, and waits for the end of the container."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    if "Demo" not in musubi("mailbox", "list"):
        server = ["--provider", "other", "--host", "mail", "--port", "143", "--security", "none"]
        musubi("mailbox", "add", "--user", USER, "--purpose", "support", "--name", "Demo", *server)
    token = musubi("staff", "add-token", "--login", "admin", "--name", "demo", "--scope", "read")
    TOKEN.write_text(token.strip())
    while True:
        time.sleep(3600)


def items(path: str) -> list[dict]:
    """The records that a list of the API shows."""
    url = f"{os.environ['GATEWAY']}/api/v1/{path}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN.read_text()}"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=8) as answer:  # noqa: S310 - an address of our own
        return json.load(answer)["items"]


def check() -> int:
    """0 when every mail was decided about and became a ticket or more; else 1."""
    try:
        messages, decisions, tickets = items("messages"), items("decisions"), items("tickets")
    except (OSError, urllib.error.URLError) as error:
        print(error)
        return 1
    print(f"{len(messages)} mails, {len(decisions)} decisions, {len(tickets)} tickets")
    return 0 if len(messages) >= MAILS and len(decisions) >= MAILS and tickets else 1


if __name__ == "__main__":
    sys.exit({"add": add, "check": check}[sys.argv[1]]())
