"""What mail_ingest offers to others: mailboxes, folders, mails, raw bytes, attachments, quarantine."""

import logging
from base64 import b64decode, encodebytes

import orjson
import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select

from contracts.errors import IdempotencyConflict, Invalid, MailboxRefused, NotFound, PreconditionFailed
from mail_ingest_service import commands
from mail_ingest_service.credentials import Vault
from mail_ingest_service.models import Mailbox
from mail_ingest_service.providers import NO_ENCRYPTION, NOBODY_VOUCHES
from tests.mail_ingest_service.conftest import mail, settings_for

CANARY = "kanaria-7f3b-himitsu"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 20


def with_attachment() -> bytes:
    body = encodebytes(PDF).replace(b"\n", b"\r\n")
    return (
        b"From: a@example.jp\r\nSubject: quotation\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>see below</p>\r\n--b\r\nContent-Type: application/pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=q.pdf\r\n\r\n"
        + body
        + b"--b--\r\n"
    )


def test_saving_a_mailbox_connects_first_and_watches_inbox_and_sent(service, mailbox_account, events):
    saved = service.add_mailbox(data=settings_for(mailbox_account, name="サポート"))
    assert saved["folders"] == ["INBOX", "Sent"]
    assert saved["name"] == "サポート"
    assert saved["problem"] is None
    assert saved["warnings"] == [NO_ENCRYPTION, NOBODY_VOUCHES]
    assert service.mailbox(id=saved["id"]) == saved
    assert service.mailboxes()["items"] == [saved]
    [added] = events("mailbox.added")
    assert added.data["mailbox"]["id"] == saved["id"]
    assert service.woken


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"secret": "wrong"}, "login_refused"),
        ({"folders": ["INBOX", "Nowhere"]}, "folder_missing"),
        ({"host": "nobody.example"}, "host_refused"),
        ({"security": "starttls", "host": "other.example"}, "certificate"),
    ],
)
def test_a_mailbox_that_cannot_be_opened_is_not_saved(service, mailbox_account, events, change, reason):
    with pytest.raises(MailboxRefused) as refusal:
        service.add_mailbox(data=settings_for(mailbox_account, **change))
    assert refusal.value.extra["reason"] == reason
    assert service.mailboxes()["items"] == []
    assert events("") == []


def test_settings_that_make_no_sense_name_their_fields(service):
    with pytest.raises(Invalid) as refusal:
        service.add_mailbox(data={"provider": "hotmale", "refresh": "3", "colour": "red", "size_limit": 5})
    assert set(refusal.value.fields) == {"provider", "refresh", "colour", "size_limit"}
    with pytest.raises(Invalid) as refusal:
        service.add_mailbox(data={"provider": "other", "user": "a", "secret": "b"})
    assert set(refusal.value.fields) == {"host"}


def test_checking_saves_nothing_and_shows_the_folders(service, mailbox_account, events):
    answer = service.check_mailbox(data=settings_for(mailbox_account))
    assert {"name": "INBOX", "role": "inbox"} in answer["folders"]
    assert service.mailboxes()["items"] == []
    assert events("") == []


def test_the_same_key_saves_one_mailbox_and_another_request_under_it_is_refused(service, mailbox_account):
    data = settings_for(mailbox_account)
    first = service.add_mailbox(data=data, idempotency_key="key-1")
    assert service.add_mailbox(data=data, idempotency_key="key-1") == first
    with pytest.raises(IdempotencyConflict):
        service.add_mailbox(data=data | {"name": "another"}, idempotency_key="key-1")
    assert len(service.mailboxes()["items"]) == 1


def test_a_change_needs_the_present_version_and_keeps_the_secret(service, mailbox_account, events):
    saved = service.add_mailbox(data=settings_for(mailbox_account))
    changed = service.update_mailbox(id=saved["id"], data={"name": "新しい名", "refresh": "push"}, version=1)
    assert (changed["name"], changed["refresh"], changed["version"]) == ("新しい名", "push", 2)
    with pytest.raises(PreconditionFailed):
        service.update_mailbox(id=saved["id"], data={"name": "遅い"}, version=1)
    [event] = events("mailbox.changed")
    assert event.data["mailbox"]["name"] == "新しい名"
    assert service.update_mailbox(id=saved["id"], data={"folders": ["INBOX"]}, version=2)["folders"] == ["INBOX"]


def test_a_change_of_the_secret_is_tried_before_it_is_saved(service, mailbox_account, db, connector):
    saved = service.add_mailbox(data=settings_for(mailbox_account))
    with pytest.raises(MailboxRefused):
        service.update_mailbox(id=saved["id"], data={"secret": "wrong"}, version=1)
    with db.session() as session:
        assert connector.vault.open(session.get(Mailbox, saved["id"]).secret) == mailbox_account.password


@pytest.mark.parametrize(
    "change", [{"host": "mail.elsewhere.example"}, {"port": 1}, {"security": "starttls"}, {"provider": "gmail"}]
)
def test_the_stored_secret_goes_to_no_other_server_and_over_no_other_line(service, mailbox_account, change):
    saved = service.add_mailbox(data=settings_for(mailbox_account))
    with pytest.raises(Invalid) as caught:
        service.update_mailbox(id=saved["id"], data=change, version=1)
    assert set(caught.value.fields) == {"secret"}


def test_a_removed_mailbox_forgets_its_secret_and_keeps_its_mails(service, make_box, db, events):
    box = make_box()
    box.account.append(mail())
    box.read()
    service.remove_mailbox(id=box.id)
    with pytest.raises(NotFound):
        service.mailbox(id=box.id)
    with db.session() as session:
        assert bytes(session.get(Mailbox, box.id).secret) == b""
    [kept] = service.messages()["items"]
    assert service.message(id=kept["id"])["deliveries"][0]["folder"] == "INBOX"
    assert len(events("mailbox.removed")) == 1


def test_a_wish_to_synchronize_is_noted_for_whichever_process_reads(service, make_box, db):
    box = make_box()
    service.synchronize(id=box.id)
    with db.session() as session:
        assert session.get(Mailbox, box.id).wanted_at is not None
    with pytest.raises(NotFound):
        service.synchronize(id="01939f2e-0000-7000-8000-000000000000")


def test_folders_count_their_mails_and_those_nobody_opened(service, make_box):
    box = make_box()
    box.account.append(mail("一"), flags=r"(\Seen)")
    box.account.append(mail("二"))
    box.read()
    counts = {
        each["name"]: (each["message_count"], each["unread_count"])
        for each in service.folders(mailbox_id=box.id)["items"]
    }
    assert counts == {"INBOX": (2, 1), "Sent": (0, 0)}


def test_mails_come_newest_first_page_by_page_each_once(service, make_box):
    box = make_box()
    box.account.append_all([mail(f"{number:02}") for number in range(7)])
    box.read()
    seen, cursor = [], None
    for _ in range(3):
        page = service.messages(mailbox_id=box.id, limit=3, cursor=cursor)
        seen += page["items"]
        cursor = page["next"]
    assert cursor is None
    assert sorted(each["subject"] for each in seen) == [f"{number:02}" for number in range(7)]
    moments = [each["received_at"] for each in seen]
    assert moments == sorted(moments, reverse=True)
    with pytest.raises(Invalid):
        service.messages(cursor="!!!")


def test_mails_are_found_by_japanese_words_by_folder_and_by_mailbox(service, make_box):
    box, other = make_box(), make_box()
    box.account.append(mail("請求書の件", body="50% 引きでお願いします"))
    box.account.append(mail("見積", body="別件です"), folder="Sent")
    box.read()

    def subjects(**query):
        return [each["subject"] for each in service.messages(**query)["items"]]

    assert subjects(query="請求書") == ["請求書の件"]
    assert subjects(query="50% 引き") == ["請求書の件"]
    assert subjects(query="%") == ["請求書の件"]
    assert subjects(query="suzuki 別件") == ["見積"]
    assert subjects(folder="Sent") == ["見積"]
    assert subjects(mailbox_id=other.id) == []


def test_a_mail_is_shown_in_full_with_html_attachments_and_raw_bytes(service, make_box):
    box = make_box()
    box.account.append(with_attachment())
    box.read()
    [summary] = service.messages()["items"]
    shown = service.message(id=summary["id"])
    assert (shown["html"].strip(), shown["text"].strip()) == ("<p>see below</p>", "see below")
    assert shown["sender"] == [{"name": "", "address": "a@example.jp"}]
    [attachment] = shown["attachments"]
    assert (attachment["name"], attachment["size"]) == ("q.pdf", len(PDF))
    content, offset = b"", 0
    while len(content) < attachment["size"]:
        piece = service.attachment(id=summary["id"], part=attachment["part"], offset=offset, length=1000)
        content += b64decode(piece["content"])
        offset = len(content)
    assert content == PDF
    raw = service.raw_message(id=summary["id"], offset=6, length=12)
    assert (b64decode(raw["content"]), raw["size"]) == (b"a@example.jp", len(with_attachment()))
    orjson.dumps(shown)


def test_raw_bytes_are_read_across_the_borders_of_pieces(service, make_box):
    box = make_box()
    large = mail("大", body="0123456789abcde\n" * 150_000)
    box.account.append(large)
    box.read()
    [summary] = service.messages()["items"]
    border = 1024 * 1024
    piece = service.raw_message(id=summary["id"], offset=border - 10, length=20)
    assert b64decode(piece["content"]) == large[border - 10 : border + 10]
    assert b64decode(service.raw_message(id=summary["id"], offset=len(large) - 4)["content"]) == large[-4:]


def test_what_is_not_there_is_not_found(service):
    nobody = "01939f2e-0000-7000-8000-000000000000"
    calls = [
        lambda: service.mailbox(id=nobody),
        lambda: service.message(id=nobody),
        lambda: service.raw_message(id=nobody),
        lambda: service.attachment(id=nobody, part="1"),
        lambda: service.retry_quarantined(id=nobody),
        lambda: service.folders(mailbox_id=nobody),
        lambda: service.remove_mailbox(id=nobody),
    ]
    for call in calls:
        with pytest.raises(NotFound):
            call()


def test_a_secret_is_in_no_answer_event_log_or_plain_column(service, dovecot, db, events, caplog):
    caplog.set_level(logging.DEBUG)
    account = dovecot.account(password=CANARY)
    with pytest.raises(MailboxRefused) as refusal:
        service.add_mailbox(data=settings_for(account, folders=["Nowhere"]))
    saved = service.add_mailbox(data=settings_for(account), idempotency_key="k")
    changed = service.update_mailbox(id=saved["id"], data={"secret": CANARY, "refresh": "5"}, version=1)
    told = [saved, changed, service.mailboxes(), service.check_mailbox(data=settings_for(account))]
    told += [refusal.value.to_wire(), [event.to_wire() for event in events("")], caplog.text]
    with db.session() as session:
        for table in db.metadata.sorted_tables:
            told.append([str(list(row)) for row in session.execute(select(table))])
    assert CANARY not in orjson.dumps(told, default=str).decode()


def test_rotation_puts_every_secret_under_the_newest_key(make_box, connector, db):
    box = make_box()
    newest = Fernet.generate_key().decode()
    both = Vault([newest])
    both._fernet._fernets.extend(connector.vault._fernet._fernets)
    assert commands.rotate(db, both) == 1
    with db.session() as session:
        sealed = session.get(Mailbox, box.id).secret
    assert Vault([newest]).open(sealed) == box.account.password
