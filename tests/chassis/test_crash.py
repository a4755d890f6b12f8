"""Crash points end the process at the passage that the environment names, and do nothing otherwise."""

import os
import subprocess
import sys

import pytest

from chassis.crash import CRASH_EXIT_CODE, POINTS

PROGRAM = """
from chassis import crash
for passage in range(1, 4):
    print(passage, flush=True)
    crash.point("before_ack")
    crash.point("after_commit")
print("through", flush=True)
"""


def run(crash_at: str) -> tuple[int, list[str]]:
    """Exit code and what the program said."""
    environment = os.environ | {"MUSUBI_CRASH_AT": crash_at}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout.split()


@pytest.mark.parametrize(
    ("crash_at", "said"),
    [("after_commit", ["1"]), ("after_commit:1", ["1"]), ("after_commit:3", ["1", "2", "3"])],
)
def test_the_process_ends_without_cleaning_up_at_the_passage_named(crash_at: str, said: list[str]) -> None:
    assert run(crash_at) == (CRASH_EXIT_CODE, said)


@pytest.mark.parametrize("crash_at", ["", "after_fetch", "after_commit:4", "commit"])
def test_nothing_happens_at_other_points_and_passages(crash_at: str) -> None:
    assert run(crash_at) == (0, ["1", "2", "3", "through"])


def test_every_point_of_the_design_has_its_name() -> None:
    assert {"after_fetch", "before_commit", "after_commit", "after_publish", "after_effect", "before_ack"} == set(
        POINTS
    )
