"""One IMAP connection, read-only: the only importer of imapclient.

Every failure leaves as MailboxRefused with a stable reason and a plain sentence; nothing a server said and nothing that
was sent to it (a password) is in there.
"""

import imaplib
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from imapclient.response_parser import parse_fetch_response

from contracts.errors import MailboxRefused
from mail_ingest_service.credentials import FORBIDDEN, Credentials
from mail_ingest_service.imap_answers import bodies_in, heads_in
from mail_ingest_service.imap_wire import TIMEOUT_SECONDS, Wire
from mail_ingest_service.providers import Server
from mail_ingest_service.refusals import refused
from mail_ingest_service.sync import Head, Status, pieces

BUSY = (b"[UNAVAILABLE]", b"[INUSE]", b"[LIMIT]", b"too many")


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as the server lists it. ``role``: inbox, sent, junk or other."""

    name: str
    role: str
    selectable: bool = True


class _Client(IMAPClient):
    """IMAPClient without its debug formatting, which costs most of the time of a fetch."""

    def __init__(self, server: Server, address: str, context: ssl.SSLContext | None) -> None:
        self._make = lambda: Wire(server, address, context)
        timeout = SocketTimeout(TIMEOUT_SECONDS, TIMEOUT_SECONDS)
        super().__init__(server.host, server.port, ssl=server.security == "ssl", ssl_context=context, timeout=timeout)
        self._imap.debug = 0
        self.normalise_times = False

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return self._make()


@contextmanager
def plain_words(otherwise: str = "server_error") -> Iterator[None]:
    """Turn what sockets, TLS and IMAP raise into MailboxRefused; ``otherwise`` is the reason for a plain NO."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise refused("certificate") from None
    except ssl.SSLError as error:
        raise refused("connection_lost" if isinstance(error, ssl.SSLEOFError) else "tls") from None
    except TimeoutError:
        raise refused("timeout") from None
    except (ConnectionResetError, BrokenPipeError, imaplib.IMAP4.abort, IMAPClientAbortError):
        raise refused("connection_lost") from None
    except OSError:
        raise refused("host_refused") from None
    except (IMAPClientError, imaplib.IMAP4.error) as error:
        raise refused(_reason(error, otherwise)) from None


def _reason(error: Exception, otherwise: str) -> str:
    said = str(error).lower().encode()
    return "busy" if any(word.lower() in said for word in BUSY) else otherwise


def tls_context(server: Server, *, ca: str = "") -> ssl.SSLContext:
    """What certificates are trusted: those of the system, and ``ca`` (PEM text) besides."""
    context = ssl.create_default_context()
    if ca:
        context.load_verify_locations(cadata=ca)
    if not server.verify_certificate:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


@contextmanager
def opened(server: Server, credentials: Credentials, addresses: list[str], *, ca: str = "") -> Iterator["Mailbox"]:
    """A mailbox that is logged in, on the first of the checked ``addresses`` that answers."""
    client = _connected(server, addresses, tls_context(server, ca=ca))
    try:
        _log_in(client, credentials)
        yield Mailbox(client)
    except BaseException:  # also eventlet's Timeout: who is late has no time for a farewell
        _shut(client)
        raise
    _close(client)


def _connected(server: Server, addresses: list[str], context: ssl.SSLContext) -> _Client:
    for address in addresses[:-1]:
        try:
            return _connect(server, address, context)
        except MailboxRefused as error:
            if error.extra["reason"] not in ("host_refused", "timeout"):
                raise
    return _connect(server, addresses[-1], context)


def _connect(server: Server, address: str, context: ssl.SSLContext) -> _Client:
    with plain_words():
        client = _Client(server, address, context if server.security == "ssl" else None)
    if server.security == "starttls":
        try:
            with plain_words("tls"):
                client.starttls(context)
        except BaseException:
            _shut(client)
            raise
    return client


def _log_in(client: _Client, credentials: Credentials) -> None:
    with plain_words("login_refused"):
        credentials.log_in(client)
    if client.has_capability("ENABLE") and client.has_capability("CONDSTORE"):
        # Without it Dovecot, among others, does not name HIGHESTMODSEQ.
        with plain_words():
            client.enable("CONDSTORE")


def _close(client: _Client) -> None:
    """End the connection; what goes wrong then is of no interest, the socket is closed in any case."""
    try:
        client.socket().settimeout(2)
        client.logout()
    except (OSError, imaplib.IMAP4.error, IMAPClientError, AttributeError):
        _shut(client)
    except BaseException:
        _shut(client)
        raise


def _shut(client: _Client) -> None:
    with suppress(OSError, imaplib.IMAP4.error, AttributeError):
        client.shutdown()


class Mailbox:
    """An open mailbox. One at a time may use it: IMAP answers in order."""

    def __init__(self, client: _Client) -> None:
        """Made by :func:`opened`."""
        self._client = client

    def folders(self, *, sent_names: Iterable[str] = (), junk_names: Iterable[str] = ()) -> list[Folder]:
        """All folders with their roles, by SPECIAL-USE (RFC 6154) or, where the server marks none, by their names."""
        with plain_words():
            listed = self._client.list_folders()
        folders = [_folder(flags, name) for flags, _, name in listed]
        return _named(_named(folders, "sent", sent_names), "junk", junk_names)

    def examine(self, folder: str) -> Status:
        """Select a folder without touching it. MailboxRefused ``folder_missing``, ``uidvalidity_missing``."""
        if not folder or any(character in folder for character in FORBIDDEN):
            raise refused("folder_missing")
        with plain_words("folder_missing"):
            said = self._client.select_folder(folder, readonly=True)
        if b"UIDVALIDITY" not in said:
            raise refused("uidvalidity_missing")
        return Status(said[b"UIDVALIDITY"], said.get(b"UIDNEXT"), said.get(b"EXISTS", 0), said.get(b"HIGHESTMODSEQ"))

    def search(self, low: int, high: int | None = None, *, since: date | None = None) -> list[int]:
        """UIDs from ``low`` to ``high`` (None: the last), received since that day; may hold one below ``low``."""
        criteria: list[Any] = ["UID", f"{low}:{high or '*'}"]
        with plain_words():
            return list(self._client.search(criteria + (["SINCE", since] if since else [])))

    def heads(self, uids: list[int]) -> list[Head]:
        """Size, time of arrival and flags, ascending by UID; a mail that is gone is left out."""
        answer = self._fetch(uids, "(RFC822.SIZE INTERNALDATE FLAGS)")
        found = heads_in(answer)
        if found is None:
            read = parse_fetch_response(answer, normalise_times=False).items()
            found = {uid: head for uid, data in read if (head := _head(uid, data))}
        return [found[uid] for uid in sorted(set(uids) & found.keys())]

    def bodies(self, uids: list[int]) -> dict[int, bytes]:
        """The bytes of mails, without marking them as read; a mail that is gone is left out."""
        answer = self._fetch(uids, "(BODY.PEEK[])")
        found = bodies_in(answer)
        if found is None:
            read = parse_fetch_response(answer).items()
            found = {uid: data[b"BODY[]"] for uid, data in read if data.get(b"BODY[]") is not None}
        return found

    def _fetch(self, uids: list[int], items: str) -> list[Any]:
        """The answer as imaplib gives it: reading it is a matter of microseconds a mail."""
        with plain_words():
            status, answer = self._client._imap.uid("FETCH", ",".join(map(str, uids)), items)
        if status != "OK":
            raise refused("server_error")
        return [line for line in answer if line is not None]

    def body_pieces(self, head: Head) -> Iterator[bytes]:
        """The bytes of one big mail, piece by piece; nothing if it is gone."""
        for offset, length in pieces(head.size):
            with plain_words():
                found = self._client.fetch([head.uid], [f"BODY.PEEK[]<{offset}.{length}>"])
            piece = found.get(head.uid, {}).get(f"BODY[]<{offset}>".encode()) or b""
            if piece:
                yield piece
            if len(piece) < length:
                return

    def flags(self, uids: list[int]) -> dict[int, str]:
        """The flags of mails as one sorted string each."""
        with plain_words():
            found = self._client.fetch(uids, ["FLAGS"])
        return {uid: " ".join(_flags(data[b"FLAGS"])) for uid, data in found.items() if b"FLAGS" in data}

    def changed_since(self, modseq: int) -> list[int]:
        """UIDs whose flags changed after ``modseq`` (RFC 7162); the server must offer CONDSTORE."""
        with plain_words():
            return list(self._client.search(["MODSEQ", modseq + 1]))

    def offers(self, *capabilities: str) -> bool:
        """True when the server has one of these capabilities."""
        return any(self._client.has_capability(capability) for capability in capabilities)

    def listen(self, *, wake: Callable[[], bool], seconds: float, slice_seconds: float = 2.0) -> bool:
        """IDLE (RFC 2177) until the server speaks or ``wake()``; True when the server spoke. At most ``seconds``.

        The pause is cut into slices, so that a settings change or a person's wish does not wait for the server.
        """
        with plain_words():
            self._client.idle()
            spoke = self._heard(wake, time.monotonic() + seconds, slice_seconds)
            _, late = self._client.idle_done()
        return spoke or _is_news(late)

    def _heard(self, wake: Callable[[], bool], end: float, slice_seconds: float) -> bool:
        while time.monotonic() < end and not wake():
            began = time.monotonic()
            said = self._client.idle_check(timeout=min(slice_seconds, max(end - began, 0.01)))
            if _is_news(said):
                return True
            if not said and time.monotonic() - began < slice_seconds / 2:
                return False
        return False


def _is_news(said: list[Any]) -> bool:
    return any(len(line) > 1 and line[1] in (b"EXISTS", b"EXPUNGE", b"FETCH") for line in said)


def _head(uid: int, data: dict[bytes, Any]) -> Head | None:
    if b"RFC822.SIZE" not in data or b"INTERNALDATE" not in data:
        return None
    return Head(uid, data[b"RFC822.SIZE"], data[b"INTERNALDATE"], _flags(data.get(b"FLAGS", ())))


def _flags(flags: Any) -> tuple[str, ...]:
    return tuple(sorted(flag.decode("ascii", "replace") if isinstance(flag, bytes) else str(flag) for flag in flags))


def _folder(flags: Any, name: str) -> Folder:
    marks = {bytes(flag).lower() for flag in flags}
    marked = next((role for role in ("sent", "junk") if b"\\" + role.encode() in marks), "other")
    role = "inbox" if name.upper() == "INBOX" else marked
    return Folder(name, role, not marks & {b"\\noselect", b"\\nonexistent"})


def _named(folders: list[Folder], role: str, names: Iterable[str]) -> list[Folder]:
    """The folders; where the server marks none with the role, those of these names have it."""
    if any(folder.role == role for folder in folders):
        return folders
    known = {name.lower() for name in names}
    return [
        replace(folder, role=role) if folder.role == "other" and folder.name.lower() in known else folder
        for folder in folders
    ]
