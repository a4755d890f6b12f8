"""What the parts of the benchmark share: options, report, servers and mailboxes, made when first needed."""

import argparse
import contextlib
from collections.abc import Mapping, Sequence
from functools import cached_property

from bench.ground import Ground, filled_accounts, ground
from bench.mailbox import GeneratedMailbox
from bench.report import Report
from tests.infra.dovecot import Account


class Workshop:
    """Options, report, names of the parts, servers and mailboxes of this run.

    ``pulls``: seconds of each pull of mbsync, by size of the mailbox and whether it used fsync.
    """

    def __init__(self, options: argparse.Namespace, report: Report, stack: contextlib.ExitStack) -> None:
        self.options, self.report, self._stack = options, report, stack
        self.names: Sequence[str] = ()
        self.pulls: dict[tuple[int, bool], list[float]] = {}
        self._filled: dict[int, tuple[GeneratedMailbox, Mapping[str, Account]]] = {}

    @cached_property
    def ground(self) -> Ground:
        self.report.say("starting RabbitMQ, PostgreSQL and Dovecot")
        return self._stack.enter_context(ground())

    def filled(self, count: int) -> tuple[GeneratedMailbox, Mapping[str, Account]]:
        """A mailbox of ``count`` mails on the IMAP server, the same one for every part."""
        if count not in self._filled:
            self.report.say(f"writing {count:,} mails")
            mailbox = GeneratedMailbox(count)
            self._filled[count] = mailbox, filled_accounts(self.ground.dovecot, mailbox)
        return self._filled[count]
