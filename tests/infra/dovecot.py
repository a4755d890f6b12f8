"""A Dovecot of our own: IMAP, IMAPS and STARTTLS under a self-made authority; users, passwords and tokens on demand."""

import base64
import contextlib
import hashlib
import hmac
import imaplib
import json
import os
import secrets
import shutil
import signal
import ssl
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from tests.infra.certificates import Certificates
from tests.infra.process import Missing, Restartable, Server, free_port, program, wait_for, work_folder

_CONF = """
protocols = imap
listen = 127.0.0.1
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:~/Maildir
mail_uid = mail
mail_gid = mail
first_valid_uid = 1
mail_max_userip_connections = 200
default_vsz_limit = 2G
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = passwd-file
  mechanisms = plain login
  args = scheme=PLAIN username_format=%u {folder}/users/%u
}}
userdb {{
  driver = static
  args = uid=mail gid=mail home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
  process_limit = 300
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    special_use = \\Sent
    auto = create
  }}
  mailbox Junk {{
    special_use = \\Junk
  }}
}}
"""
_OAUTH2 = """
introspection_mode = local
local_validation_key_dict = fs:posix:prefix={folder}/keys/
active_attribute =
active_value =
username_attribute = email
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A mailbox on the test server, with what a test needs to fill and to read it."""

    server: "Dovecot"
    user: str
    password: str

    @property
    def host(self) -> str:
        return "localhost"

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def tls_port(self) -> int:
        return self.server.tls_port

    @property
    def ca_file(self) -> str:
        return str(self.server.ca_file)

    def token(self, *, valid_for: float = 3600) -> str:
        """An OAuth2 access token that the server accepts for this user; negative `valid_for`: an expired one."""
        return self.server.token(self.user, valid_for=valid_for)

    @contextlib.contextmanager
    def imap(self, folder: str | None = None) -> Iterator[imaplib.IMAP4]:
        """A logged-in imaplib connection, with `folder` selected."""
        connection = imaplib.IMAP4("127.0.0.1", self.port, timeout=30)
        try:
            connection.login(self.user, self.password)
            if folder:
                _checked(connection.select(_quoted(folder)))
            yield connection
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                connection.logout()

    def append(self, raw: bytes, *, folder: str = "INBOX", flags: str = "", date: datetime | None = None) -> None:
        """Stores one mail by IMAP APPEND; `date` is its INTERNALDATE."""
        self.append_all([raw], folder=folder, flags=flags, date=date)

    def append_all(
        self, mails: Iterable[bytes], *, folder: str = "INBOX", flags: str = "", date: datetime | None = None
    ) -> None:
        when = imaplib.Time2Internaldate(date or datetime.now(UTC))
        with self.imap() as connection:
            for raw in mails:
                # imaplib would turn bare line ends into CRLF only for some; the server wants literals in CRLF.
                _checked(connection.append(_quoted(folder), flags, when, raw))

    def deliver(self, mails: Iterable[bytes], *, folder: str = "INBOX") -> None:
        """Puts mails straight into the Maildir, thousands a second, with LF line ends as a delivery agent does."""
        self.server.deliver(self.user, mails, folder=folder)

    def create_folder(self, folder: str) -> None:
        with self.imap() as connection:
            _checked(connection.create(_quoted(folder)))

    def recreate_folder(self, folder: str) -> None:
        """Deletes and makes a folder anew: its UIDVALIDITY changes."""
        with self.imap() as connection:
            _checked(connection.delete(_quoted(folder)))
            _checked(connection.create(_quoted(folder)))

    def expunge(self, *uids: int, folder: str = "INBOX") -> None:
        with self.imap(folder) as connection:
            _checked(connection.uid("STORE", ",".join(map(str, uids)), "+FLAGS", r"(\Deleted)"))
            _checked(connection.expunge())

    def uids(self, folder: str = "INBOX") -> list[int]:
        with self.imap(folder) as connection:
            [found] = _checked(connection.uid("SEARCH", "ALL"))
        return [int(uid) for uid in found.split()]


class Dovecot(Restartable):
    """One server. `account()` makes a user; mail lives in Maildirs below `folder`."""

    def __init__(self, *, port: int | None = None, tls_port: int | None = None) -> None:
        if os.geteuid() != 0:
            raise Missing("Dovecot for the tests must be started by root (it changes to the mail user)")
        dovecot = program("dovecot", "/usr/sbin/dovecot")
        self.port, self.tls_port = port or free_port(), tls_port or free_port()
        self.folder = work_folder("dovecot")
        self.ca_file = self.folder / "ca.pem"
        self._secret = secrets.token_bytes(32)
        self._configure()
        command = [dovecot, "-F", "-c", str(self.folder / "dovecot.conf")]
        self.server = Server("dovecot-master", folder=self.folder, command=command)

    def start(self) -> Self:
        (self.folder / "run" / "master.pid").unlink(missing_ok=True)
        self.server.start()
        wait_for(self.server, port=self.port)
        wait_for(self.server, port=self.tls_port)
        return self

    def stop(self) -> None:
        self.server.stop(signal.SIGTERM)

    def close(self) -> None:
        self.server.stop(signal.SIGTERM, timeout=5)
        shutil.rmtree(self.folder, ignore_errors=True)

    def account(self, user: str | None = None, *, password: str | None = None) -> Account:
        """A new user with an empty INBOX; name and password are made up unless given."""
        user = user or f"box{secrets.token_hex(4)}@example.jp"
        password = password or secrets.token_urlsafe(12)
        # A file each: Dovecot looks at most once a second whether a file that it knows has changed.
        (self.folder / "users" / user).write_text(f"{user}:{{PLAIN}}{password}::::::\n")
        return Account(server=self, user=user, password=password)

    def forget(self, account: Account) -> None:
        """Removes the user's log-in, seen within a second; open connections stay."""
        (self.folder / "users" / account.user).write_text("")

    def token(self, user: str, *, valid_for: float = 3600) -> str:
        now = int(time.time())
        claims = {"sub": user, "email": user, "iat": now - 10, "nbf": now - 10, "exp": int(now + valid_for)}
        head = ".".join(_base64url(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{head}.{_base64url(hmac.digest(self._secret, head.encode(), hashlib.sha256))}"

    def tls(self) -> ssl.SSLContext:
        """A client context that trusts this server alone."""
        return ssl.create_default_context(cafile=str(self.ca_file))

    def deliver(self, user: str, mails: Iterable[bytes], *, folder: str = "INBOX") -> None:
        home = self.folder / "mail" / user / "Maildir"
        maildir = home if folder == "INBOX" else home / f".{folder.replace('/', '.')}"
        for part in ("cur", "new", "tmp"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(mails):
            name = f"{int(time.time())}.M{number:08d}P{os.getpid()}R{secrets.token_hex(3)}.localhost"
            (maildir / "tmp" / name).write_bytes(raw.replace(b"\r\n", b"\n"))
            (maildir / "tmp" / name).rename(maildir / "new" / name)
        _give_to_mail(self.folder / "mail" / user)

    def _configure(self) -> None:
        folder = self.folder
        Certificates.make(folder)
        conf = _CONF.format(folder=folder, port=self.port, tls_port=self.tls_port)
        (folder / "dovecot.conf").write_text(conf)
        (folder / "oauth2.conf").write_text(_OAUTH2.format(folder=folder))
        key = folder / "keys" / "default" / "HS256" / "default"
        key.parent.mkdir(parents=True)
        key.write_text(base64.b64encode(self._secret).decode())
        (folder / "users").mkdir()
        (folder / "mail").mkdir()
        shutil.chown(folder / "mail", "mail", "mail")


def _give_to_mail(folder) -> None:
    for path, _, names in os.walk(folder):
        shutil.chown(path, "mail", "mail")
        for name in names:
            shutil.chown(os.path.join(path, name), "mail", "mail")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _quoted(folder: str) -> str:
    return '"' + folder.encode("utf-7").decode().replace("+", "&") + '"' if not folder.isascii() else f'"{folder}"'


def _checked(answer: tuple[str, list]) -> list:
    status, data = answer
    if status != "OK":
        raise RuntimeError(f"the IMAP server answered {status}: {data!r}")
    return data
