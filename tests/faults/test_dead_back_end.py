"""One service is dead or hangs: only its own calls fail, soon and clearly, and none of them runs later."""

import secrets
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from chassis.settings import settings
from tests.infra import eventually

pytestmark = pytest.mark.timeout(300)

OTHERS = ("/contacts", "/leads", "/tickets", "/messages", "/decisions")
CALLS = 5
ONE_CALL = settings().rpc_timeout
SOON = 2 * ONE_CALL - 0.5  # one after the other would take longer


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
    assert max(seconds for _, seconds in others) < ONE_CALL
    assert {status for status, _ in answers} <= {503, 504}
    assert max(seconds for _, seconds in answers) < SOON
    ill()
    key = secrets.token_hex(8)
    called = {"record": record, "text": "電話しました"}
    eventually(lambda: site.post("/comments", called, key=key).status_code == 201, timeout=60)
    site.check()
    assert site.rows.count("history", "comments") == before + 1


@pytest.fixture
def contacts_hang(site):
    """Contacts hang; returns what makes them well again."""
    server = site.processes.replicas["contacts-1"].server
    server.pause()
    yield server.resume
    server.resume()
    site.processes.wait_ready("contacts")


@pytest.fixture
def decision(site):
    """A decision about a mail of somebody with an address."""
    site.append(site.ledger.more(14))
    site.check()
    decisions = site.api.get("/decisions").json()["items"]
    return next(decision for decision in decisions if decision["party"]["canonical"])


def test_while_contacts_hang_a_mail_is_shown_with_what_was_known_when_it_was_decided(site, decision, contacts_hang):
    began = time.monotonic()
    answer = site.api.get(f"/messages/{decision['mail_message_id']}")
    assert time.monotonic() - began < SOON
    assert answer.status_code == 200
    panel = answer.json()["panel"]
    assert (panel["live"], panel["candidates"]) == (False, decision["candidates"])
    assert panel["decision"]["match"] == decision["match"]


def test_a_click_that_needs_several_calls_fails_as_soon_as_one_call_would(site, decision, contacts_hang):
    before = site.rows.count("contacts", "contacts")
    answer = timed(site.post, f"/messages/{decision['mail_message_id']}/actions/add_contact", {"last_name": "田中"})
    assert answer == (504, pytest.approx(ONE_CALL, abs=SOON - ONE_CALL))
    contacts_hang()
    eventually(lambda: site.api.get("/contacts").status_code == 200)
    site.check()
    assert site.rows.count("contacts", "contacts") == before


def test_a_correction_that_could_not_be_looked_up_in_time_is_not_made_later(site, decision, contacts_hang):
    record = {"kind": "contact", "id": next(iter(site.contacts))}
    path = f"/messages/{decision['mail_message_id']}/decision"
    status, seconds = timed(site.api.put, path, json={"record": record})
    assert (status, seconds < SOON) == (504, True)
    contacts_hang()
    eventually(lambda: site.api.get("/contacts").status_code == 200)
    site.check()
    assert site.api.get(path).json() == decision
