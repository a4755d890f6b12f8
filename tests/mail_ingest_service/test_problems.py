"""What a person is told of a mailbox that cannot be read, and when."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contracts.errors import MailboxRefused
from mail_ingest_service import store
from mail_ingest_service.models import Mailbox
from mail_ingest_service.refusals import SENTENCES
from tests.infra.proxy import TcpProxy


def one(db, model):
    with db.session() as session:
        [row] = session.scalars(select(model)).all()
    return row


def test_a_refused_log_in_is_one_event_and_a_stored_problem_until_it_works_again(db, make_box, connector, events):
    box = make_box()
    with db.transaction() as tx:
        store.set_health(tx.session, box.id, secret=connector.vault.seal("no longer valid"))
    for _ in range(2):
        with pytest.raises(MailboxRefused) as refusal:
            box.read()
        assert box.reader._after(refusal.value) >= 45
    [failed] = events("mailbox.failed")
    assert (failed.data["code"], failed.data["mailbox_id"]) == ("login_refused", box.id)
    assert one(db, Mailbox).problem == failed.data["problem"]
    with db.transaction() as tx:
        store.set_health(tx.session, box.id, secret=connector.vault.seal(box.account.password))
    box.read()
    assert len(events("mailbox.recovered")) == 1
    assert one(db, Mailbox).problem_code is None


def test_a_lost_connection_is_announced_only_when_it_lasts(make_box, events):
    box = make_box()
    lost = MailboxRefused("The server ended the connection; it is tried again.", reason="connection_lost")
    assert box.reader._after(lost) <= 1
    box.reader._after(lost)
    assert events("mailbox.failed") == []
    box.reader._after(lost)
    assert len(events("mailbox.failed")) == 1


def test_what_nobody_foresaw_is_told_too_when_it_lasts(db, make_box, events):
    box = make_box()
    for failures in (1, 2, 3, 4):
        box.reader._after(KeyError(b"UIDNEXT"))
        assert len(events("mailbox.failed")) == (failures >= 3)
    [failed] = events("mailbox.failed")
    assert failed.data["code"] == one(db, Mailbox).problem_code == "unexpected"
    assert one(db, Mailbox).problem.startswith("Something that we did not foresee")
    box.read()
    assert (len(events("mailbox.recovered")), one(db, Mailbox).problem_code) == (1, None)


def test_a_database_that_is_away_is_no_problem_of_the_mailbox(make_box, events):
    box = make_box()
    for _ in range(5):
        box.reader._after(OperationalError("SELECT 1", {}, ConnectionError(), connection_invalidated=True))
    assert events("mailbox.failed") == []


def test_a_server_that_does_not_tell_uidvalidity_is_named_in_a_sentence_of_its_own(db, make_box, events):
    box = make_box()
    with TcpProxy(box.account.port) as proxy:
        proxy.rewrite(b"[UIDVALIDITY", b"[XVALIDITY")
        with db.transaction() as tx:
            store.set_health(tx.session, box.id, port=proxy.port)
        with pytest.raises(MailboxRefused) as refusal:
            box.read()
    assert box.reader._after(refusal.value) >= 45
    [failed] = events("mailbox.failed")
    assert (failed.data["code"], failed.data["problem"]) == ("uidvalidity_missing", SENTENCES["uidvalidity_missing"])
