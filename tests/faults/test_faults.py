"""Every server and process ends or hangs at a moment of chance: each mail is one message, one decision, one effect."""

import sys

import pytest

from tests.faults.conftest import SEED
from tests.faults.faults import Faults

pytestmark = pytest.mark.timeout(500)


def test_no_mail_is_lost_or_doubled_whatever_ends_when(site):
    faults = Faults(site, seed=SEED, history=sys.stdout)
    site.append(site.ledger.poison(3))
    site.plant()
    for fault in faults.each_once():
        faults.strike(fault, mails=10)
    verdict = site.check(timeout=180)
    mails = len(site.ledger.mails)
    assert verdict.counts == {"attempt": mails, "ok": mails, "quarantined": 3}
    assert mails >= 200
