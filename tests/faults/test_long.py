"""The long run of `make faults`: thousands of mails, tens of faults of every kind in an order of chance.

MUSUBI_FAULT_SEED (printed; the same one makes the same mails and faults), MUSUBI_FAULT_MAILS, MUSUBI_FAULT_KILLS: how
many mails and faults; MUSUBI_FAULT_HISTORY: a file for the history as JSON lines, which else is printed.
"""

import contextlib
import os
import secrets
import sys
import time

import pytest

from chassis.crash import CRASH_EXIT_CODE
from tests.faults.faults import Faults
from tests.faults.march import ROAD, March
from tests.faults.rows import SERVICES
from tests.faults.site import Site
from tests.infra import eventually

pytestmark = [pytest.mark.faults_long, pytest.mark.timeout(0)]

SEED = int(os.environ.get("MUSUBI_FAULT_SEED", 0)) or secrets.randbelow(1_000_000)
MAILS = int(os.environ.get("MUSUBI_FAULT_MAILS", 4_000))
KILLS = int(os.environ.get("MUSUBI_FAULT_KILLS", 60))
HISTORY = os.environ.get("MUSUBI_FAULT_HISTORY")


@pytest.fixture
def doubled_site(rabbitmq, postgres, dovecot):
    """Two replicas of each service and of the gateway."""
    everything = (*SERVICES, "gateway")
    site = Site(f"l{secrets.token_hex(4)}", servers=(rabbitmq, postgres, dovecot), seed=SEED, doubled=everything)
    try:
        yield site.start()
    finally:
        site.close()


def test_thousands_of_mails_and_tens_of_faults(doubled_site):
    site = doubled_site
    with contextlib.ExitStack() as stack:
        history = stack.enter_context(open(HISTORY, "w", encoding="utf-8")) if HISTORY else sys.stdout
        print(f"\nMUSUBI_FAULT_SEED={SEED} MUSUBI_FAULT_MAILS={MAILS} MUSUBI_FAULT_KILLS={KILLS}")
        faults = Faults(site, seed=SEED, history=history, alarm_seconds=30)
        site.append(site.ledger.poison(3))
        site.plant()
        began = time.monotonic()
        for fault in faults.some(KILLS):
            faults.strike(fault, mails=max(MAILS // KILLS, 6))
    ended = time.monotonic()
    verdict = site.check(timeout=300)
    seconds = time.monotonic()
    print(f"{verdict.counts}; processes killed {sum(site.kills.values())}; {KILLS} faults")
    print(f"faults for {ended - began:.0f} s, settled after another {seconds - ended:.0f} s")
    assert verdict.ok == verdict.attempt == len(site.ledger.mails)


@pytest.mark.parametrize(("service", "point"), [(service, point) for service in ROAD for point in ROAD[service]])
def test_one_service_alone_ends_at_one_point(site, service, point):
    with March(site, {service: (point,)}) as march:
        site.append(site.ledger.more(14))
        eventually(march.go_on, timeout=60)
    assert march.passed == {service: [(point, CRASH_EXIT_CODE)]}
    site.check()
