"""The children that parse: in order, within limits, and one bad mail costs only itself.

All with real processes and real limits.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mail_ingest_service.parse_pool import ParsePool
from mail_ingest_service.parse_worker import BYTES, IN

REPOSITORY = Path(__file__).parents[2]
MEGABYTE = 1_048_576

MakePool = Callable[..., ParsePool]


@pytest.fixture
def pool_of() -> Iterator[MakePool]:
    pools: list[ParsePool] = []

    def make(**limits) -> ParsePool:
        pools.append(ParsePool(**limits))
        return pools[-1]

    yield make
    for pool in pools:
        pool.close()


def mail(number: int, text: bytes = b"When will it arrive?") -> bytes:
    return b"From: tanaka@abc.co.jp\r\nSubject: Order %d\r\n\r\n%s\r\n" % (number, text)


def batch(count: int) -> list[tuple[str, bytes]]:
    return [(f"mail-{number}", mail(number)) for number in range(count)]


def cpu_bomb() -> bytes:
    """A hundred levels around 40 MB: some seconds of searching for boundaries."""
    levels = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (i, i) for i in range(200))
    return b"From: tanaka@abc.co.jp\r\n" + levels + b"\r\n" + b"-\n" * 20_000_000


def subjects(answers: list[dict]) -> list[str]:
    return [answer.get("subject", "") or answer["error"] for answer in answers]


@pytest.mark.parametrize("processes", [1, 2])
def test_answers_come_in_the_order_of_the_mails(pool_of, processes):
    answers = pool_of(processes=processes).parse_many(batch(300))
    assert subjects(answers) == [f"Order {number}" for number in range(300)]
    assert answers[0]["from_"] == [{"name": "", "address": "tanaka@abc.co.jp"}]


def test_no_child_runs_before_the_first_mail_and_none_after_close(pool_of):
    pool = pool_of()
    assert pool.process_ids() == []
    pool.parse_many(batch(1))
    [child] = pool.process_ids()
    pool.close()
    assert not Path(f"/proc/{child}").exists()
    assert subjects(pool.parse_many(batch(1))) == ["Order 0"]


def test_children_that_were_started_before_take_the_first_mail(pool_of):
    pool = pool_of()
    pool.start()
    [child] = pool.process_ids()
    pool.parse_many(batch(1))
    assert pool.process_ids() == [child]


def test_no_mails_need_no_child(pool_of):
    pool = pool_of()
    assert pool.parse_many([]) == []
    assert pool.process_ids() == []


def test_the_beginnings_of_mails_are_read_by_the_children_too(pool_of):
    [head] = pool_of().parse_heads([("a", mail(1)[:200])])
    assert (head["subject"], "text" in head) == ("Order 1", False)


def test_a_mail_that_is_none_is_an_error_with_its_reason(pool_of):
    answers = pool_of().parse_many([("a", mail(1)), ("b", b""), ("c", mail(3))])
    assert subjects(answers) == ["Order 1", "The mail is empty.", "Order 3"]


def test_a_mail_may_be_a_file(pool_of, tmp_path):
    path = tmp_path / "großer Brief.eml"
    path.write_bytes(mail(7, b"x" * 30 * MEGABYTE))
    [answer] = pool_of().parse_many([("big", path)])
    assert answer["subject"] == "Order 7"
    assert answer["defects"] == ["the text was cut at 1,000,000 characters"]


def test_a_file_that_is_gone_is_an_error_of_that_mail_alone(pool_of, tmp_path):
    first, second = pool_of().parse_many([("gone", tmp_path / "gone.eml"), ("here", mail(2))])
    assert first == {"error": "The parser failed on the mail (FileNotFoundError)."}
    assert second["subject"] == "Order 2"


def test_a_part_is_written_into_a_file_by_the_children_too(pool_of, tmp_path):
    path, into = tmp_path / "mail.eml", tmp_path / "part"
    path.write_bytes(mail(1, b"x" * 5 * MEGABYTE))
    pool = pool_of()
    assert pool.write_part("a", path, "1", into=into) == {}
    assert into.read_bytes() == b"x" * 5 * MEGABYTE + b"\r\n"
    assert pool.write_part("a", path, "7", into=into)["error"].startswith("The mail has no part '7'")
    path.write_bytes(cpu_bomb())
    greedy = pool_of(cpu_seconds=0.3).write_part("a", path, "1", into=into)
    assert greedy == {"error": "Parsing the mail took more than 0.3 seconds of CPU."}


def test_a_mail_that_eats_cpu_becomes_an_error_and_the_others_are_parsed(pool_of):
    mails = [*batch(3), ("bomb", cpu_bomb()), *batch(3)]
    answers = subjects(pool_of(cpu_seconds=0.3).parse_many(mails))
    assert answers == [
        "Order 0",
        "Order 1",
        "Order 2",
        "Parsing the mail took more than 0.3 seconds of CPU.",
        "Order 0",
        "Order 1",
        "Order 2",
    ]


def test_the_cpu_limit_counts_for_each_mail_and_not_for_all_of_them(pool_of):
    pool = pool_of(cpu_seconds=0.2)
    child_cpu = 0.0
    while child_cpu < 0.5:
        assert "error" not in "".join(subjects(pool.parse_many(batch(500))))
        [child] = pool.process_ids()
        child_cpu = sum(map(int, Path(f"/proc/{child}/stat").read_text().split()[13:15])) / os.sysconf("SC_CLK_TCK")


def test_a_mail_that_needs_too_much_memory_becomes_an_error_and_the_others_are_parsed(pool_of):
    mails = [("a", mail(1)), ("huge", mail(2, b"x" * 80 * MEGABYTE)), ("c", mail(3))]
    first, huge, last = pool_of(memory_bytes=100 * MEGABYTE).parse_many(mails)
    assert (first["subject"], last["subject"]) == ("Order 1", "Order 3")
    assert huge["error"]


def test_a_child_that_hangs_is_ended_after_the_wall_time(pool_of):
    pool = pool_of(wall_seconds=3)
    pool.parse_many(batch(1))
    [child] = pool.process_ids()
    os.kill(child, signal.SIGSTOP)
    assert subjects(pool.parse_many(batch(3))) == ["Parsing the mail took more than 3 seconds.", "Order 1", "Order 2"]
    assert pool.process_ids() != [child]


def test_a_child_killed_from_outside_between_batches_costs_no_mail(pool_of):
    pool = pool_of()
    pool.parse_many(batch(1))
    [child] = pool.process_ids()
    os.kill(child, signal.SIGKILL)
    assert subjects(pool.parse_many(batch(40))) == [f"Order {number}" for number in range(40)]


def test_a_resting_child_is_small(pool_of):
    pool = pool_of()
    pool.parse_many(batch(10))
    [child] = pool.process_ids()
    pages = int(Path(f"/proc/{child}/statm").read_text().split()[1])
    assert pages * os.sysconf("SC_PAGE_SIZE") < 30 * MEGABYTE


LIMITLESS = """
import resource, sys

def refuse(kind, limits):
    raise ValueError("current limit exceeds maximum limit")

resource.setrlimit = refuse
from mail_ingest_service import parse_worker
sys.argv[1:] = ["10", "1000"]
parse_worker.main()
"""


def test_where_the_system_has_no_limit_of_memory_mail_is_read_without():
    order = IN.pack(len(mail(1)), BYTES) + mail(1)
    command = [sys.executable, "-c", LIMITLESS]
    ended = subprocess.run(command, input=order, capture_output=True, timeout=60, cwd=REPOSITORY, check=False)
    assert b'"subject":"Order 1"' in ended.stdout, ended.stderr


GREEN = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
import tempfile
from mail_ingest_service.parse_pool import ParsePool
from tests.mail_ingest_service.test_parse_pool import batch, cpu_bomb, subjects

beats, pool = [], ParsePool(cpu_seconds=0.3)

def heartbeat():
    while True:
        eventlet.sleep(0.01)
        beats.append(1)

pool.parse_many(batch(1))
eventlet.spawn(heartbeat)
eventlet.sleep(0)
two = [eventlet.spawn(pool.parse_many, [*batch(200), ("bomb", cpu_bomb()), *batch(200)]) for _ in range(2)]
with tempfile.NamedTemporaryFile() as file:
    file.write(cpu_bomb())
    file.flush()
    three = eventlet.spawn(pool.write_part, "bomb", file.name, "1", into=file.name)
    assert "CPU" in three.wait()["error"]
for thread in two:
    answers = subjects(thread.wait())
    assert answers[200] == "Parsing the mail took more than 0.3 seconds of CPU.", answers[200]
    assert answers[201:] == [f"Order {number}" for number in range(200)]
with eventlet.Timeout(0.3, False):
    pool.parse_many([("bomb", cpu_bomb())])
assert subjects(pool.parse_many(batch(3))) == ["Order 0", "Order 1", "Order 2"]
pool.close()
print(len(beats))
"""


def test_in_a_monkey_patched_process_the_hub_goes_on_while_children_parse():
    ended = subprocess.run(
        [sys.executable, "-c", GREEN], capture_output=True, text=True, timeout=60, cwd=REPOSITORY, check=False
    )
    assert ended.returncode == 0, ended.stderr
    # Beats, not seconds: a hub that waits for its children beats once for each of a handful of calls.
    assert int(ended.stdout) > 40
