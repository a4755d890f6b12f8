"""One service is dead or hangs: only its own calls fail, soon and clearly, and none of them runs later."""

import secrets
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.infra import eventually

pytestmark = pytest.mark.timeout(120)

OTHERS = ("/contacts", "/leads", "/tickets", "/messages", "/decisions")
CALLS = 5


def timed(call, *arguments, **keywords):
    """(status, seconds) of a request."""
    began = time.monotonic()
    status = call(*arguments, **keywords).status_code
    return status, time.monotonic() - began


@pytest.fixture(params=["hangs", "is dead"])
def ill(site, request):
    """Lets history hang or die, and returns what makes it well again."""
    processes = site.processes
    server = processes.replicas["history-1"].server
    wells = {"hangs": server.resume, "is dead": lambda: processes.resume("history")}
    if request.param == "hangs":
        server.pause()
    else:
        processes.halt("history")

    def heal():
        wells[request.param]()
        processes.wait_ready("history")

    yield heal
    if processes.replicas["history-1"].get("/health/ready")[0] != 200:
        heal()


def test_the_others_answer_at_once_the_affected_calls_fail_soon_and_none_runs_later(site, ill):
    record = {"kind": "contact", "id": next(iter(site.contacts))}
    before = site.rows.count("history", "comments")
    comments = [{"record": record, "text": f"折り返し電話すること {number}"} for number in range(CALLS)]
    with ThreadPoolExecutor(CALLS) as threads:
        affected = [threads.submit(timed, site.post, "/comments", comment) for comment in comments]
        others = [timed(site.api.get, path) for path in OTHERS for _ in range(4)]
    answers = [call.result() for call in affected]
    assert {status for status, _ in others} == {200}
    assert statistics.median(seconds for _, seconds in others) < 0.3
    assert {status for status, _ in answers} <= {503, 504}
    assert max(seconds for _, seconds in answers) < 4.5
    ill()
    key = secrets.token_hex(8)
    called = {"record": record, "text": "電話しました"}
    eventually(lambda: site.post("/comments", called, key=key).status_code == 201, timeout=20)
    site.check()
    assert site.rows.count("history", "comments") == before + 1
