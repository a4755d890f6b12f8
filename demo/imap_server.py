"""The demo's IMAP server: PyPI's pymap in a child process, its mails in Maildirs, so that they are there next time.

``python -m demo.imap_server HOST PORT FOLDER USER…``; the first line of its standard input is everybody's password.
It ends when its standard input does, so it never outlives its parent.
"""

import os
import sys
import threading
from pathlib import Path

import pymap.main
from pysasl.hashing import BuiltinHash

# The log-in guards mails that lie beside the hash: stretching it would only cost time.
ROUNDS = 1


def main() -> None:
    """Serve until standard input ends."""
    host, port, folder, *users = sys.argv[1:]
    write_users(Path(folder), users, sys.stdin.readline().strip())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv[1:] = ["--host", host, "--port", port, "--no-tls", "maildir", folder]
    pymap.main.main()


def write_users(folder: Path, users: list[str], password: str) -> None:
    """The users whom the server knows, each with the Maildir of its own name."""
    folder.mkdir(parents=True, exist_ok=True)
    hashed = BuiltinHash(rounds=ROUNDS).hash(password)
    (folder / "pymap-etc-passwd").write_text("".join(f"{user}::1000:1000::{user}:\n" for user in users))
    (folder / "pymap-etc-shadow").write_text("".join(f"{user}:{hashed}::::::\n" for user in users))


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main()
