"""A mailbox on a real server becomes rows and events: each mail once, whatever the server and the process do."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from chassis import clock
from contracts.errors import MailboxRefused
from mail_ingest_service import ingest, store, sync
from mail_ingest_service.models import Attachment, Delivery, Folder, MailMessage, Quarantine
from mail_ingest_service.raw_mail import in_memory
from mail_ingest_service.reader import Reader
from mail_ingest_service.sync import Head
from tests.infra.proxy import TcpProxy
from tests.mail_ingest_service.conftest import mail

RECEIVED = "mail_message.received"


def count(db, model, *where) -> int:
    with db.session() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where))


def one(db, model):
    with db.session() as session:
        [row] = session.scalars(select(model)).all()
    return row


def test_a_mail_becomes_a_message_a_delivery_its_bytes_and_one_event(db, make_box, events):
    box = make_box()
    box.account.append(mail("見積のお願い"))
    box.read()
    message = one(db, MailMessage)
    assert (message.subject, message.sender_address, message.state) == ("見積のお願い", "suzuki@example.jp", "received")
    assert one(db, Delivery).mail_message_id == message.id
    with db.session() as session:
        raw = b"".join(store.raw_pieces(session, message.id))
    assert raw == mail("見積のお願い")
    assert message.sha256 == hashlib.sha256(raw.replace(b"\r\n", b"\n")).digest()
    [event] = events(RECEIVED)
    assert event.subject == event.data["mail"]["mail_message_id"] == message.id
    assert event.data["mail"]["mailbox"] == {
        "id": box.id, "name": box.account.user, "purpose": "support", "policy": "automatic"
    }  # fmt: skip
    assert event.data["mail"]["direction"] == "incoming"
    assert event.data["personal"]["sender"] == [{"name": "鈴木 一郎", "address": "suzuki@example.jp"}]
    assert event.data["personal"]["excerpt"] == "よろしくお願いいたします。"


def test_a_second_pass_reads_only_what_is_new(db, make_box, events):
    box = make_box()
    box.account.append(mail("一"))
    box.read()
    box.account.append(mail("二"))
    box.read()
    box.restart()
    box.read()
    assert [event.data["personal"]["subject"] for event in events(RECEIVED)] == ["一", "二"]
    assert [event.data["message_count"] for event in events("mailbox.synchronized")] == [1, 1]


def test_many_mails_arrive_in_batches_each_once(db, make_box, events, monkeypatch):
    box = make_box()
    box.account.deliver([mail(f"{number:03}") for number in range(70)])
    monkeypatch.setattr(sync.batches, "__kwdefaults__", {"max_count": 20, "max_bytes": 4_000})
    box.read()
    assert count(db, Delivery) == 70
    assert len({event.subject for event in events(RECEIVED)}) == 70


def test_the_same_mail_in_two_mailboxes_is_one_message_two_deliveries_and_one_event(db, make_box, events):
    sales, support = make_box(purpose="sales"), make_box(purpose="support")
    for box in (sales, support):
        box.account.append(mail("両方へ"))
        box.read()
    assert count(db, MailMessage) == 1
    assert count(db, Delivery) == 2
    assert len(events(RECEIVED)) == 1


def test_the_same_mail_twice_in_one_batch_is_one_message(db, make_box, events):
    box = make_box()
    box.account.append_all([mail("二通"), mail("二通")])
    box.read()
    assert (count(db, MailMessage), count(db, Delivery), len(events(RECEIVED))) == (1, 2, 1)


def test_where_another_process_was_faster_with_a_mail_its_row_and_event_stand(db, make_box, events):
    first, second = make_box(), make_box()
    raw = in_memory(Head(1, 10, clock.now()), mail("競争"))
    places = [box.reader._load().folders[0] for box in (first, second)]
    parsed = {raw.sha256: {"subject": "競争"}}
    for place, cursor in places:
        late = ingest.Batch([raw], parsed, known={}, cursor=cursor)
        ingest.commit(db, place, late, owner="this-test")
    assert (count(db, MailMessage), count(db, Delivery), len(events(RECEIVED))) == (1, 2, 1)


def test_a_folder_that_was_made_anew_is_read_again_without_doubles(db, make_box, dovecot, events):
    account = dovecot.account()
    account.create_folder("Projects")
    projects = make_box(account, folders=["Projects"])
    account.append_all([mail("一"), mail("二")], folder="Projects")
    projects.read()
    account.recreate_folder("Projects")
    account.append_all([mail("二"), mail("一"), mail("三")], folder="Projects")
    projects.read()
    assert sorted(event.data["personal"]["subject"] for event in events(RECEIVED)) == ["一", "三", "二"]
    assert count(db, Delivery) == 3
    with db.session() as session:
        folder = session.scalars(
            select(Folder).where(Folder.name == "Projects", Folder.mailbox_id == projects.id)
        ).one()
    assert (folder.last_uid, folder.resyncs) == (3, 1)


def test_mail_that_went_before_it_was_read_is_no_error(db, make_box):
    box = make_box()
    box.account.append_all([mail("一"), mail("二")])
    box.account.expunge(1)
    box.read()
    assert one(db, MailMessage).subject == "二"


@pytest.mark.parametrize("same_process", [True, False])
def test_flags_and_removals_on_the_server_are_followed(db, make_box, same_process):
    box = make_box()
    box.account.append_all([mail("一"), mail("二"), mail("三")])
    box.read()
    with box.account.imap("INBOX") as connection:
        connection.uid("STORE", "2", "+FLAGS", r"(\Seen)")
    box.account.expunge(1)
    if not same_process:
        box.restart()
    box.read()
    with db.session() as session:
        found = {row.uid: row for row in session.scalars(select(Delivery))}
    assert "\\Seen" in found[2].flags.split()
    assert "\\Seen" not in found[3].flags.split()
    assert [uid for uid, row in sorted(found.items()) if row.vanished_at] == [1]
    assert count(db, MailMessage) == 3


def test_a_first_synchronisation_can_begin_at_a_day(db, make_box):
    box = make_box(first_sync_from=(datetime.now(UTC) - timedelta(days=30)).date().isoformat())
    box.account.append(mail("古い"), date=datetime.now(UTC) - timedelta(days=90))
    box.account.append(mail("新しい"))
    box.read()
    assert one(db, MailMessage).subject == "新しい"


def test_mail_in_sent_is_outgoing_and_what_only_says_to_be_ours_is_in_doubt(make_box, events):
    box = make_box()
    box.account.append(mail("送信済み", sender="someone@example.jp"), folder="Sent")
    box.account.append(mail("自分から", sender=box.account.user))
    box.account.append(mail("他から"))
    box.read()
    mails = {event.data["personal"]["subject"]: event.data["mail"] for event in events(RECEIVED)}
    found = {subject: (mail["direction"], mail["sender_ambiguous"]) for subject, mail in mails.items()}
    assert found == {"送信済み": ("outgoing", False), "自分から": ("incoming", True), "他から": ("incoming", False)}


def test_spam_is_bulk_mail_whether_a_header_or_its_folder_says_so(make_box, dovecot, events):
    account = dovecot.account()
    account.create_folder("Junk")
    box = make_box(account, folders=["INBOX", "Junk"])
    account.append(b"X-Spam-Flag: YES\r\n" + mail("当選のお知らせ"))
    account.append(mail("副業のご案内"), folder="Junk")
    account.append(mail("納期のご相談"))
    box.read()
    mails = {event.data["personal"]["subject"]: event.data["mail"] for event in events(RECEIVED)}
    found = {subject: (mail["nature"], mail["folder"]["role"]) for subject, mail in mails.items()}
    assert found == {
        "当選のお知らせ": ("bulk", "inbox"), "副業のご案内": ("bulk", "other"), "納期のご相談": ("personal", "inbox")
    }  # fmt: skip


def test_a_mail_that_nobody_can_parse_waits_in_quarantine_and_hurts_no_other(db, make_box, events):
    box = make_box()
    box.account.append_all([mail("前"), b"\r\n\r\n", mail("後")])
    box.read()
    assert [event.data["personal"]["subject"] for event in events(RECEIVED)] == ["前", "後"]
    [event] = events("mail_message.quarantined")
    assert event.data["reason"] == one(db, Quarantine).reason == "The mail is empty."


def test_a_mail_above_the_limit_is_kept_raw_with_sender_and_subject(db, make_box, events):
    box = make_box(size_limit=1024 * 1024)
    large = mail("大きい", body="0123456789\n" * 300_000)
    box.account.append(large)
    box.read()
    message = one(db, MailMessage)
    assert (message.state, message.subject, message.sender_address) == ("quarantined", "大きい", "suzuki@example.jp")
    assert "larger than 1 MB" in one(db, Quarantine).reason
    with db.session() as session:
        assert b"".join(store.raw_pieces(session, message.id)) == large
    assert events(RECEIVED) == []


def test_attachments_are_listed(db, make_box):
    box = make_box()
    box.account.append(
        b"From: a@example.jp\r\nSubject: file\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n"
        b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=q.pdf\r\n\r\n"
        b"%PDF\r\n--b--\r\n"
    )
    box.read()
    found = one(db, Attachment)
    assert (found.name, found.content_type) == ("q.pdf", "application/pdf")


def test_findings_that_the_database_or_the_contract_refuses_are_kept_raw_alone(db, make_box, events):
    class Spoiling:
        def parse_many(self, mails):
            good = {"subject": "良い", "from_": [{"name": "", "address": "a@example.jp"}]}
            return [{"subject": 7} if b"bad" in raw else good for _, raw in mails]

        def parse_heads(self, beginnings):
            return [{} for _ in beginnings]

    box = make_box()
    box.account.append_all([mail("good"), mail("bad"), mail("fine")])
    box.reader._parser = Spoiling()
    box.read()
    assert len(events(RECEIVED)) == 2
    [event] = events("mail_message.quarantined")
    assert "could not be stored" in event.data["reason"]
    assert count(db, Delivery) == 3


@pytest.mark.parametrize("bytes_until_cut", [500, 2_000, 9_000, 40_000, 60_000])
def test_a_connection_cut_in_mid_fetch_loses_and_doubles_nothing(db, make_box, events, bytes_until_cut):
    box = make_box()
    box.account.deliver([mail(f"{number:03}", body="x" * 900) for number in range(60)])
    proxy = TcpProxy(box.account.port).start()
    with db.transaction() as tx:
        store.set_health(tx.session, box.id, port=proxy.port)
    proxy.cut_after(bytes_until_cut)
    with pytest.raises(MailboxRefused):
        box.read()
    box.restart()
    box.read()
    proxy.close()
    assert count(db, Delivery) == 60
    assert len({event.subject for event in events(RECEIVED)}) == len(events(RECEIVED)) == 60


def test_a_reader_whose_lease_went_to_another_writes_nothing(db, make_box, connector, parser, events):
    box = make_box()
    box.account.append(mail())
    with db.transaction() as tx:
        store.release_leases(tx.session, owner="this-test")
        assert store.take_lease(tx.session, box.id, owner="another", now=clock.now())
    with pytest.raises(store.LeaseLost):
        box.read()
    assert count(db, MailMessage) == 0
    other = Reader(db, connector, parser, mailbox_id=box.id, owner="another")
    other.once()
    assert len(events(RECEIVED)) == 1


def test_a_lease_has_one_owner_until_it_expires_or_is_given_back(db, make_box):
    box, now = make_box(), clock.now()
    later = now + store.LEASE_TIME + timedelta(seconds=1)

    def take(owner, moment):
        with db.session() as session:
            return store.take_lease(session, box.id, owner=owner, now=moment)

    assert take("this-test", now)
    assert not take("another", now)
    assert take("another", later)
    assert not take("this-test", later)
    with db.session() as session:
        store.release_leases(session, owner="another")
    assert take("this-test", later)
