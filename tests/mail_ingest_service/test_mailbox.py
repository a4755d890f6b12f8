"""The connection to a real IMAP server: every way in, every refusal in plain words, every kind of answer."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.errors import MailboxRefused
from mail_ingest_service.credentials import AccessToken, Password
from mail_ingest_service.hosts import Allowed, checked_addresses
from mail_ingest_service.imap_wire import ANSWER_BYTES
from mail_ingest_service.mailbox import Mailbox, opened, tls_context
from mail_ingest_service.providers import Server
from mail_ingest_service.raw_mail import fetched
from mail_ingest_service.refusals import SENTENCES
from mail_ingest_service.sync import BIG, Head
from tests.infra.process import free_port
from tests.infra.proxy import TcpProxy
from tests.mail_ingest_service.conftest import mail

HERE = ["127.0.0.1"]


@contextmanager
def into(account, security="none", *, host="localhost", credentials=None, ca=True, verify=True) -> Iterator[Mailbox]:
    port = account.tls_port if security == "ssl" else account.port
    login = credentials or Password(account.user, account.password)
    trusted = Path(account.ca_file).read_text() if ca else ""
    with opened(Server(host, port, security, verify), login, HERE, ca=trusted) as mailbox:
        yield mailbox


def refusal_of(*args, **kwargs) -> MailboxRefused:
    with pytest.raises(MailboxRefused) as refusal, into(*args, **kwargs):
        pass
    assert refusal.value.message == SENTENCES[refusal.value.extra["reason"]]
    return refusal.value


@pytest.mark.parametrize("security", ["none", "starttls", "ssl"])
def test_a_mailbox_opens_over_every_security(mailbox_account, security):
    with into(mailbox_account, security) as mailbox:
        assert mailbox.examine("INBOX").exists == 0


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_certificate_of_an_unknown_authority_is_refused(mailbox_account, security):
    assert refusal_of(mailbox_account, security, ca=False).extra["reason"] == "certificate"


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_a_certificate_for_another_name_is_refused(mailbox_account, security):
    assert refusal_of(mailbox_account, security, host="mail.elsewhere.example").extra["reason"] == "certificate"


def test_the_check_of_the_certificate_can_be_switched_off(mailbox_account):
    with into(mailbox_account, "ssl", ca=False, verify=False) as mailbox:
        assert mailbox.examine("INBOX").exists == 0


def test_an_oauth2_token_opens_the_mailbox(mailbox_account):
    token = AccessToken(mailbox_account.user, mailbox_account.token())
    with into(mailbox_account, credentials=token) as mailbox:
        assert mailbox.examine("INBOX").exists == 0


def test_an_expired_token_is_a_refused_log_in(mailbox_account):
    token = AccessToken(mailbox_account.user, mailbox_account.token(valid_for=-60))
    assert refusal_of(mailbox_account, credentials=token).extra["reason"] == "login_refused"


@pytest.mark.parametrize("password", ["wrong", "間違い", 'quo"te\\', "a" * 500])
def test_a_wrong_password_is_a_refused_log_in_that_shows_no_password(mailbox_account, password):
    error = refusal_of(mailbox_account, credentials=Password(mailbox_account.user, password))
    assert error.extra["reason"] == "login_refused"
    assert password not in str(error.to_wire())
    assert error.__suppress_context__


@pytest.mark.parametrize("password", ['with "quotes" and \\', "spaces in it", "合言葉"])
def test_passwords_of_every_kind_of_letters_work(dovecot, password):
    with into(dovecot.account(password=password)) as mailbox:
        assert mailbox.folders()


def test_a_port_on_which_nobody_listens_is_said(mailbox_account):
    server = Server("localhost", free_port(), "none")
    with pytest.raises(MailboxRefused) as refusal, opened(server, Password("a", "b"), HERE):
        pass
    assert refusal.value.extra["reason"] == "host_refused"


def test_tls_on_a_port_that_speaks_none_is_said(mailbox_account):
    server = Server("localhost", mailbox_account.port, "ssl")
    with pytest.raises(MailboxRefused) as refusal, opened(server, Password("a", "b"), HERE):
        pass
    assert refusal.value.extra["reason"] == "tls"


def test_an_unknown_host_is_said():
    with pytest.raises(MailboxRefused) as refusal:
        checked_addresses("no-such-host.invalid", 993, allowed=Allowed())
    assert refusal.value.extra["reason"] == "host_unknown"


@pytest.mark.parametrize("folder", ["Nowhere", "", "INBOX\r\nA9 LOGOUT", "nul\0"])
def test_a_missing_folder_is_said_and_no_second_command_fits_into_its_name(mailbox_account, folder):
    with into(mailbox_account) as mailbox:
        with pytest.raises(MailboxRefused) as refusal:
            mailbox.examine(folder)
        assert refusal.value.extra["reason"] == "folder_missing"
        assert mailbox.examine("INBOX").exists == 0


def test_folders_come_with_their_roles_and_japanese_names(mailbox_account):
    with mailbox_account.imap() as connection:
        connection.create('"&U9ZfFVFI-"')  # 取引先 in the modified UTF-7 of IMAP
    with into(mailbox_account) as mailbox:
        roles = {folder.name: folder.role for folder in mailbox.folders()}
        assert roles == {"INBOX": "inbox", "Sent": "sent", "取引先": "other"}
        assert mailbox.examine("取引先").exists == 0


def test_the_folder_for_junk_is_known_by_its_mark_or_by_its_name(mailbox_account):
    mailbox_account.create_folder("Spam")
    with into(mailbox_account) as mailbox:
        assert {"Spam": "other"}.items() <= roles_of(mailbox.folders(junk_names=["迷惑メール"])).items()
        assert {"Spam": "junk"}.items() <= roles_of(mailbox.folders(junk_names=["spam", "sent"])).items()
        mailbox_account.create_folder("Junk")
        assert roles_of(mailbox.folders(junk_names=["Spam"])) == {
            "INBOX": "inbox", "Sent": "sent", "Junk": "junk", "Spam": "other"
        }  # fmt: skip


def roles_of(folders):
    return {folder.name: folder.role for folder in folders}


def test_reading_marks_nothing_as_read(mailbox_account):
    mailbox_account.append(mail())
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        [head] = mailbox.heads([1])
        assert mailbox.bodies([1])[1] == mail()
        assert mailbox.flags([1]) == {1: " ".join(head.flags)}
    with mailbox_account.imap("INBOX") as connection:
        assert b"\\Seen" not in connection.uid("FETCH", "1", "(FLAGS)")[1][0]


def test_heads_tell_size_arrival_and_flags(mailbox_account):
    arrived = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
    mailbox_account.append(mail(), flags=r"(\Seen \Flagged)", date=arrived)
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        [head] = mailbox.heads([1])
    assert (head.uid, head.size, head.received_at) == (1, len(mail()), arrived)
    assert {"\\Seen", "\\Flagged"} <= set(head.flags)


def test_a_mail_that_went_between_search_and_fetch_is_left_out(mailbox_account):
    mailbox_account.append_all([mail("一"), mail("二"), mail("三")])
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        heads = mailbox.heads(mailbox.search(1))
        mailbox_account.expunge(2)
        assert [each.head.uid for each in fetched(mailbox, heads)] == [1, 3]
        assert [head.uid for head in mailbox.heads([1, 2, 3])] == [1, 3]


def test_a_search_from_beyond_the_last_uid_may_name_the_last_mail_again(mailbox_account):
    mailbox_account.append(mail())
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        assert mailbox.search(50) == [1]


def test_a_search_can_begin_at_a_day(mailbox_account):
    mailbox_account.append(mail("古い"), date=datetime.now(UTC) - timedelta(days=400))
    mailbox_account.append(mail("新しい"))
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        since = (datetime.now(UTC) - timedelta(days=30)).date()
        assert mailbox.search(1, 10, since=since) == [2]


@pytest.mark.parametrize("extra", [-1, 0, 1, 12345])
def test_a_big_mail_comes_piece_by_piece_byte_for_byte(mailbox_account, extra):
    head = b"From: a@example.jp\r\nSubject: big\r\n\r\n"
    big = head + b"0123456789abcdef" * (3 * BIG // 16)
    big = (big + b"z" * extra)[: 3 * BIG + extra - 2] + b"\r\n"
    mailbox_account.append(big)
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        [found] = fetched(mailbox, mailbox.heads([1]))
        kept = b"".join(found.chunks())
        found.close()
    assert kept == big
    assert found.size == len(big)


def test_an_answer_larger_than_anything_asked_for_ends_the_connection(mailbox_account):
    mailbox_account.append(b"From: a@example.jp\r\n\r\n" + b"x" * (ANSWER_BYTES + 1) + b"\r\n")
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        with pytest.raises(MailboxRefused) as caught:
            mailbox.bodies([1])
    assert caught.value.extra["reason"] == "connection_lost"


def test_a_big_mail_that_went_is_left_out(mailbox_account):
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        assert fetched(mailbox, [Head(7, BIG + 1, datetime.now(UTC))]) == []


def test_changed_flags_are_found_by_modseq(mailbox_account):
    mailbox_account.append_all([mail("一"), mail("二")])
    with into(mailbox_account) as mailbox:
        before = mailbox.examine("INBOX").modseq or 0
        with mailbox_account.imap("INBOX") as connection:
            connection.uid("STORE", "2", "+FLAGS", r"(\Seen)")
        assert (mailbox.examine("INBOX").modseq or 0) > before > 0
        assert mailbox.changed_since(before) == [2]
        assert "\\Seen" in mailbox.flags([2])[2]


def test_idle_hears_a_new_mail(mailbox_account):
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        deliver = threading.Timer(0.2, mailbox_account.append, [mail()])
        deliver.start()
        assert mailbox.listen(wake=lambda: False, seconds=20)
        deliver.join()
        assert mailbox.examine("INBOX").exists == 1


def test_idle_ends_when_somebody_wakes_it_and_the_connection_goes_on(mailbox_account):
    with into(mailbox_account) as mailbox:
        mailbox.examine("INBOX")
        assert not mailbox.listen(wake=lambda: True, seconds=20)
        assert not mailbox.listen(wake=lambda: False, seconds=0.05, slice_seconds=0.02)
        assert mailbox.examine("INBOX").exists == 0


def test_a_connection_that_ends_during_idle_is_noticed(mailbox_account):
    proxy = TcpProxy(mailbox_account.port).start()
    server = Server("localhost", proxy.port, "none")
    with opened(server, Password(mailbox_account.user, mailbox_account.password), HERE) as mailbox:
        mailbox.examine("INBOX")
        cut = threading.Timer(0.2, proxy.reset)
        cut.start()
        with pytest.raises(MailboxRefused) as refusal:
            mailbox.listen(wake=lambda: False, seconds=20)
        cut.join()
    proxy.close()
    assert refusal.value.extra["reason"] == "connection_lost"


def test_imaplib_keeps_no_copy_of_the_password(mailbox_account):
    with into(mailbox_account) as mailbox:
        wire = mailbox._client._imap
        assert mailbox_account.password not in repr(vars(wire))
        assert wire.debug == 0


def test_the_certificate_is_checked_unless_somebody_says_otherwise():
    context = tls_context(Server("mail.example.jp", 993, "ssl"))
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
