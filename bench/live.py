"""How long a new mail takes from IMAP APPEND to the decision on the live feed (SSE), with everything at rest."""

import contextlib
import http.client
import imaplib
import json
import queue
import statistics
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bench.caller import Caller
from bench.ground import ROAD, mailbox_settings, services
from bench.listening import Listener
from bench.mailbox import GeneratedMailbox
from bench.prompt_server import prompt_account
from bench.workshop import Workshop
from tests.infra import eventually
from tests.infra.dovecot import Account
from tests.infra.services import ServiceProcesses

APPENDS, LIMIT = 30, 20.0
# At rest means at rest: longer than the readers linger to gather a batch, and than the server gathers news.
PAUSE = 0.6
DECIDED = ("sender.matched.v1", "sender.unmatched.v1")
LATENCY = "latency from APPEND to the decision on the live feed"


@dataclass(frozen=True, slots=True)
class Delay:
    """Milliseconds from APPEND until a plain listening client heard of the mail, and until the decision was seen."""

    server: float
    whole: float


def latency_part(shop: Workshop) -> None:
    """Milliseconds from IMAP APPEND to the event with the decision on the live feed, by push (IDLE), at rest."""
    with _system(shop) as system:
        feed = Feed(system.url("gateway"), _token(system))
        with prompt_account() as prompt:
            _tell(shop, "pymap, in memory", _measured(system, feed, prompt, seed=5))
        _tell(shop, "Dovecot", _measured(system, feed, shop.ground.dovecot.account(), seed=6))


def _tell(shop: Workshop, server: str, delays: list[Delay]) -> None:
    add = shop.report.add
    add(f"{server}: {LATENCY}, median", statistics.median(each.whole for each in delays), "ms")
    add(f"{server}: {LATENCY}, worst", max(each.whole for each in delays), "ms")
    add(f"{server}: its own delay until it tells a listener", statistics.median(d.server for d in delays), "ms")
    own = statistics.median(each.whole - each.server for each in delays)
    add(f"{server}: {LATENCY}, beyond the server's own delay", own, "ms")


@contextlib.contextmanager
def _system(shop: Workshop) -> Iterator[ServiceProcesses]:
    with services(shop.ground, (*ROAD, "staff", "gateway")) as system:
        system.start()
        system.wait_ready()
        yield system


def _measured(system: ServiceProcesses, feed: "Feed", account: Account, *, seed: int) -> list[Delay]:
    """``seed``: another one for each mailbox, since a mail that is known already is not decided again."""
    mails = [mail.replace(b"\n", b"\r\n") for mail in GeneratedMailbox(APPENDS * 4, seed=seed).mails("sales")]
    with account.imap("INBOX") as connection, Caller(system.env) as caller:
        caller.call("mail_ingest", "add_mailbox", data=mailbox_settings(account, "sales"))
        # A first mail warms everything up; after it the mailbox listens.
        connection.append("INBOX", "", "", mails.pop())
        feed.next()
        time.sleep(2)
        feed.forget()
        listener = Listener(account)
        delays = [_delay(connection, mail, listener, feed) for mail in mails[:APPENDS]]
        listener.close()
    return delays


def _delay(connection: imaplib.IMAP4, mail: bytes, listener: Listener, feed: "Feed") -> Delay:
    time.sleep(PAUSE)
    began = time.perf_counter()
    connection.append("INBOX", "", "", mail)
    whole = (feed.next() - began) * 1000
    return Delay((listener.next(timeout=LIMIT) - began) * 1000, whole)


def _token(system: ServiceProcesses) -> str:
    system.env["MUSUBI_ADMIN_PASSWORD"] = "only for the benchmark 1"
    system.musubi("staff", "add-admin", "--login", "bench")
    return system.musubi("staff", "add-token", "--login", "bench").strip().splitlines()[-1]


class Feed:
    """A client of the live feed; a thread notes the moment at which the first decision of each mail arrives."""

    def __init__(self, url: str, token: str) -> None:
        self._moments: queue.Queue[float] = queue.Queue()
        self._answer = eventually(lambda: self._opened(url, token), timeout=20, what="the live feed answers")
        threading.Thread(target=self._read, daemon=True).start()

    def next(self) -> float:
        """The moment of the next decision."""
        return self._moments.get(timeout=LIMIT)

    def forget(self) -> None:
        """Leave out what has arrived until now."""
        while not self._moments.empty():
            self._moments.get()

    def _opened(self, url: str, token: str) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
        connection.request("GET", "/api/v1/live", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert answer.status == 200, answer.read()
        return answer

    def _read(self) -> None:
        kind = b""
        for line in self._answer:
            if line.startswith(b"event: "):
                kind = line.removeprefix(b"event: ").strip()
            elif line.startswith(b"data: ") and kind.decode() in DECIDED:
                moment = time.perf_counter()
                if json.loads(line.removeprefix(b"data: "))["data"]["decision"]["revision"] == 1:
                    self._moments.put(moment)
