"""Logs: one JSON object a line on standard output, from structlog and the standard library alike."""

import subprocess
import sys
from functools import cache
from typing import Any

import orjson

PROGRAM = """
import logging
import structlog
from chassis import logs
logs.configure("json", "INFO")
log = logs.logger("chassis.sample")
log.info("before", service="sample")
with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
    log.warning("within", attempt=2)
    logging.getLogger("foreign").error("of %s", "the library")
    log.debug("not wanted")
    logging.getLogger("kombu").info("noise")
try:
    raise ZeroDivisionError("two\\nlines")
except ZeroDivisionError:
    log.exception("failed")
"""


@cache
def lines() -> list[dict[str, Any]]:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    return [orjson.loads(line) for line in done.stdout.splitlines()]


def test_every_line_is_one_json_object_with_level_logger_and_utc_time() -> None:
    said = lines()
    assert [line["event"] for line in said] == ["before", "within", "of the library", "failed"]
    assert [line["level"] for line in said] == ["info", "warning", "error", "error"]
    assert [line["logger"] for line in said] == ["chassis.sample", "chassis.sample", "foreign", "chassis.sample"]
    assert all(line["timestamp"].endswith("Z") for line in said)


def test_the_correlation_id_is_on_the_lines_of_what_it_binds_and_on_no_other() -> None:
    assert [line.get("correlation_id") for line in lines()] == [None, "c-1", "c-1", None]


def test_fields_stay_fields_and_a_traceback_stays_in_its_line() -> None:
    before, within, _, failed = lines()
    assert (before["service"], within["attempt"]) == ("sample", 2)
    assert "ZeroDivisionError" in failed["exception"]
