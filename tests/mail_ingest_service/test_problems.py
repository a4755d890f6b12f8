"""What a person is told of a mailbox that cannot be read, and when."""

import pytest
from sqlalchemy import select

from contracts.errors import MailboxRefused
from mail_ingest_service import store
from mail_ingest_service.models import Mailbox


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
