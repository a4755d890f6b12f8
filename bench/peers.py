"""The peers of the road, on the same mails, the same disk and in the same run."""

import statistics

from bench import mbsync
from bench.ground import filled_accounts
from bench.helpdesk import Helpdesk
from bench.mailbox import GeneratedMailbox
from bench.workshop import Workshop

FEW = 500


def mbsync_part(shop: Workshop) -> None:
    """`mbsync` pulls the same mails into a Maildir, with and without fsync (in turns with the road, if that is run)."""
    mails = shop.options.mails
    while len(shop.pulls.get((mails, True), ())) < shop.options.runs:
        pull(shop, mails)
    report_pulls(shop, mails)


def pull(shop: Workshop, mails: int) -> None:
    """One pull with fsync and one without."""
    _, accounts = shop.filled(mails)
    for fsync in (True, False):
        shop.pulls.setdefault((mails, fsync), []).append(mbsync.pull(accounts, fsync=fsync, mails=mails))


def report_pulls(shop: Workshop, mails: int) -> None:
    """The medians, and the road against them."""
    for fsync in (True, False):
        name = f"mbsync, {mails:,} mails, {'with fsync' if fsync else 'without fsync'}"
        shop.report.add(name, mails / statistics.median(shop.pulls[mails, fsync]), "mails/s")
        shop.report.against(f"road, {mails:,} mails", name)


def helpdesk_part(shop: Workshop) -> None:
    """django-helpdesk's get_email files the same mails on PostgreSQL (once: 2,000 mails, 500 with --quick)."""
    count = min(shop.options.mails, FEW if shop.options.quick else 2_000)
    shop.report.say("  installing django-helpdesk into a temporary virtual environment")
    with Helpdesk(shop.ground.postgres) as helpdesk:
        done = helpdesk.file_mails(filled_accounts(shop.ground.dovecot, GeneratedMailbox(count)))
    shop.report.say(f"  {done['mails']:,.0f} of {count:,} mails became {done['tickets']:,.0f} tickets")
    name = f"django-helpdesk, {count:,} mails"
    shop.report.add(name, done["mails"] / done["seconds"], "mails/s")
    shop.report.against(f"road, {shop.options.mails:,} mails", name)
