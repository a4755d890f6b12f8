"""Events come three times and in any order: what they lead to stays the same."""

import random
from functools import partial

import pytest

from tests.faults.conftest import SEED
from tests.infra import eventually

pytestmark = pytest.mark.timeout(400)

# (who reads, who must be halted from then on): contacts is asked by the matcher, so it is halted only later.
STAGES = (
    (("matcher",), ("leads", "tickets", "history")),
    (("leads", "tickets", "history"), ("contacts",)),
    (("contacts",), ()),
)


def test_an_event_that_comes_three_times_and_out_of_order_has_one_effect(site):
    """Stage by stage: what waits for the halted readers is tripled and shuffled before they run again."""
    chance = random.Random(SEED)
    site.processes.halt("matcher")
    site.append(site.ledger.more(42))
    eventually(lambda: site.read_all() and not site.rows.outbox(), timeout=60)
    for readers, next_ones in STAGES:
        for name in next_ones:
            site.processes.halt(name)
        for name in readers:
            waiting = [queue for queue in site.queues() if queue.startswith(f"{name}.")]
            assert sum(site.shovel.triple(queue, chance=chance) for queue in waiting) > 0
            site.processes.resume(name)
        eventually(partial(worked_off, site, readers), timeout=150)
    site.check()


def test_the_whole_past_told_again_twice_and_shuffled_changes_no_row_and_tells_nothing_new(site):
    site.append(site.ledger.more(28))
    site.check()
    past = site.shovel.collected()
    rows = site.rows.counts()
    again = past * 2
    random.Random(SEED).shuffle(again)
    site.shovel.publish(again)
    site.check()
    assert site.rows.counts() == rows
    assert {body for _, _, body in site.shovel.collected()} == {body for _, _, body in past}


def worked_off(site, names):
    """Whether these services have handled everything, and what they said is published."""
    mine = [count for queue, count in site.queues().items() if queue.split(".")[0] in names]
    return not any(mine) and not site.rows.outbox()
