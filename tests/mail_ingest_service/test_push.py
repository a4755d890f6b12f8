"""How new mail is heard of: by IDLE, issued again and again, over links that die; by polling where there is no IDLE."""

from collections.abc import Callable

import pytest

from mail_ingest_service import imap_wire, mailbox, store, sync
from mail_ingest_service.mailbox import Mailbox
from mail_ingest_service.refusals import SENTENCES
from tests.infra.proxy import TcpProxy
from tests.mail_ingest_service.conftest import mail


@pytest.fixture
def proxy(dovecot):
    with TcpProxy(dovecot.port) as between:
        yield between


@pytest.fixture
def box(db, make_box, proxy):
    """A mailbox with push, read through the proxy."""
    made = make_box(refresh="push")
    with db.transaction() as tx:
        store.set_health(tx.session, made.id, port=proxy.port)
    return made


@pytest.fixture
def subjects(events) -> Callable[[], list[str]]:
    """Of the mails received so far, in order."""
    return lambda: [event.data["personal"]["subject"] for event in events("mail_message.received")]


@pytest.fixture
def before_idle(monkeypatch):
    """Gives the reader these steps, one before each IDLE; the list that it returns holds the seconds of each."""

    def give(*steps: Callable[[], object]) -> list[float]:
        left, heard = list(steps), []
        real = Mailbox.listen

        def listen(self, *, wake, seconds):
            heard.append(seconds)
            left.pop(0)()
            return real(self, wake=wake, seconds=seconds, slice_seconds=0.1)

        monkeypatch.setattr(Mailbox, "listen", listen)
        return heard

    return give


def test_a_server_without_idle_is_polled_every_minute(box, proxy, subjects, before_idle):
    proxy.rewrite(b" IDLE", b"")
    heard = before_idle()
    for subject in ("一", "二"):
        box.account.append(mail(subject))
        assert box.reader.once() == 60
    assert (subjects(), heard) == (["一", "二"], [])


def test_idle_is_issued_again_on_the_same_connection_and_other_folders_are_read_between(
    box, proxy, subjects, before_idle, monkeypatch
):
    monkeypatch.setattr(sync, "PUSH_FALLBACK", 0.3)
    heard = before_idle(
        lambda: box.account.append(mail("送信済み"), folder="Sent"),  # of which IDLE on INBOX says nothing
        lambda: subjects() == ["送信済み"] or pytest.fail("not read between"),
        box.reader.stop,
    )
    box.reader.once()
    assert (heard, proxy.accepted) == ([0.3] * 3, 1)


def test_idle_rests_for_no_longer_than_servers_and_routers_allow():
    assert min(sync.PUSH_FALLBACK, sync.IDLE_REISSUE) <= 9 * 60


def test_a_link_that_died_during_idle_is_noticed_when_idle_ends_and_the_mail_comes_over_a_new_one(
    box, proxy, subjects, before_idle, monkeypatch
):
    monkeypatch.setattr(sync, "PUSH_FALLBACK", 0.3)
    noted, after = [], box.reader._after

    def wait_for(seconds):
        for module in (imap_wire, mailbox):
            monkeypatch.setattr(module, "TIMEOUT_SECONDS", seconds)

    def note(error):
        noted.append(error.message)
        wait_for(30)
        return after(error)

    monkeypatch.setattr(box.reader, "_after", note)

    def die():
        assert proxy.hole() == 1
        box.account.append(mail("途絶の間に"))

    before_idle(die, box.reader.stop)
    wait_for(3)
    box.reader.run()
    assert noted == [SENTENCES["timeout"]]
    assert (subjects(), proxy.accepted) == (["途絶の間に"], 2)
