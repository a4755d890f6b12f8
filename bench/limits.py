"""What bounds the road from above: the parser alone, and fetching from the IMAP server alone, one process each."""

import statistics
import time
from collections.abc import Callable, Mapping

from bench.workshop import Workshop
from mail_ingest_service.credentials import Password
from mail_ingest_service.mailbox import opened
from mail_ingest_service.parse_pool import ParsePool
from mail_ingest_service.parsing import parse
from mail_ingest_service.providers import Server
from tests.infra.dovecot import Account

AT_ONCE = 200


def limits_part(shop: Workshop) -> None:
    """The parser alone, and the IMAP fetch alone: what bounds the road from above."""
    mailbox, accounts = shop.filled(shop.options.mails)
    mails = [mail for purpose in accounts for mail in mailbox.mails(purpose)]
    pool = ParsePool(1)
    pool.parse_many([("warm", mails[0])])
    _measure(shop, "parser in this process", lambda: _parse(mails), len(mails))
    _measure(shop, "parser in one child process", lambda: _parse_in(pool, mails), len(mails))
    pool.close()
    _measure(shop, "IMAP fetch by imaplib", lambda: _fetch_plain(accounts), len(mails))
    _measure(shop, "IMAP fetch by mail_ingest's client", lambda: _fetch(accounts), len(mails))


def _measure(shop: Workshop, name: str, work: Callable[[], None], mails: int) -> None:
    seconds, cpu = [], []
    for _ in range(shop.options.runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        seconds.append(time.perf_counter() - began)
        cpu.append(time.process_time() - used)
    shop.report.add(name, mails / statistics.median(seconds), "mails/s")
    shop.report.add(f"{name}: CPU of this process", statistics.median(cpu) / mails * 1e6, "us per mail")


def _parse(mails: list[bytes]) -> None:
    for mail in mails:
        parse(mail)


def _parse_in(pool: ParsePool, mails: list[bytes]) -> None:
    for first in range(0, len(mails), AT_ONCE):
        answers = pool.parse_many([(str(number), mail) for number, mail in enumerate(mails[first : first + AT_ONCE])])
        assert not [answer for answer in answers if "error" in answer]


def _fetch_plain(accounts: Mapping[str, Account]) -> None:
    for account in accounts.values():
        with account.imap("INBOX") as connection:
            for uids in _batches(account.uids()):
                wanted = ",".join(map(str, uids))
                status, _ = connection.uid("FETCH", wanted, "(UID BODY.PEEK[])")
                assert status == "OK"


def _fetch(accounts: Mapping[str, Account]) -> None:
    for account in accounts.values():
        server = Server("localhost", account.port, "none", False)
        with opened(server, Password(account.user, account.password), ["127.0.0.1"]) as mailbox:
            mailbox.examine("INBOX")
            for uids in _batches(account.uids()):
                assert len(mailbox.bodies(uids)) == len(uids)


def _batches(uids: list[int]) -> list[list[int]]:
    return [uids[first : first + AT_ONCE] for first in range(0, len(uids), AT_ONCE)]
