"""The peer for reading: `mbsync` (isync) pulls the same mails from the same server into a Maildir on the same disk."""

import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from tests.infra.dovecot import Account
from tests.infra.process import program, work_folder

_CHANNEL = """
IMAPAccount {name}
Host 127.0.0.1
Port {port}
User {user}
Pass {password}
AuthMechs LOGIN
{tls}

IMAPStore {name}-remote
Account {name}

MaildirStore {name}-local
Path {folder}/{name}/
Inbox {folder}/{name}/INBOX

Channel {name}
{far} :{name}-remote:
{near} :{name}-local:
Patterns INBOX
Create {near}
Sync Pull
SyncState *

"""


def pull(accounts: Mapping[str, Account], *, fsync: bool, mails: int) -> float:
    """Seconds of a first pull of all accounts into empty Maildirs."""
    folder = work_folder("mbsync")
    try:
        config = _configured(folder, accounts, fsync=fsync)
        began = time.perf_counter()
        _run([program("mbsync"), "--config", str(config), "--all"])
        seconds = time.perf_counter() - began
        found = sum(1 for path in folder.glob("*/INBOX/*/*") if path.is_file() and path.parent.name in ("new", "cur"))
        if found != mails:
            raise RuntimeError(f"mbsync wrote {found} mails of {mails}")
        return seconds
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _configured(folder: Path, accounts: Mapping[str, Account], *, fsync: bool) -> Path:
    channels = [_channel(folder, name, account) for name, account in accounts.items()]
    for name in accounts:
        (folder / name).mkdir()
    config = folder / "mbsyncrc"
    config.write_text(f"FSync {'yes' if fsync else 'no'}\n\n" + "".join(channels))
    config.chmod(0o600)
    return config


def _channel(folder: Path, name: str, account: Account) -> str:
    version = subprocess.run([program("mbsync"), "--version"], capture_output=True, text=True, check=True).stdout
    old = tuple(map(int, version.split()[-1].split(".")[:2])) < (1, 5)
    return _CHANNEL.format(
        name=name,
        folder=folder,
        port=account.port,
        user=account.user,
        password=account.password,
        tls="SSLType None" if old else "TLSType None",
        far="Far",
        near="Near",
    )


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=600)
