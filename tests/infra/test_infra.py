"""The tests' own servers do what tests lean on: they start, survive kill -9 and restarts, and break when told to."""

import contextlib
import imaplib
import socket
import ssl
import threading
from collections.abc import Iterator

import pika
import psycopg
import pytest

from tests.infra import eventually
from tests.infra.dovecot import Dovecot
from tests.infra.proxy import TcpProxy

MAIL = b"From: =?utf-8?b?55Sw5Lit?= <tanaka@abc.co.jp>\r\nSubject: hello\r\n\r\nA line.\r\n"


@contextlib.contextmanager
def channel_to(url: str) -> Iterator[pika.channel.Channel]:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        yield channel
    finally:
        if connection.is_open:
            connection.close()


def publish_durably(url: str, queue: str, *, count: int) -> None:
    with channel_to(url) as channel:
        channel.queue_declare(queue, durable=True, arguments={"x-queue-type": "quorum"})
        for number in range(count):
            channel.basic_publish("", queue, str(number).encode(), pika.BasicProperties(delivery_mode=2))


class TestRabbitMQ:
    def test_every_test_has_a_virtual_host_of_its_own(self, rabbitmq, amqp_url):
        publish_durably(amqp_url, "letters", count=3)
        other = rabbitmq.add_vhost("other")
        assert rabbitmq.queues(amqp_url.rsplit("/", 1)[1]) == {"letters": 3}
        assert rabbitmq.queues(other.rsplit("/", 1)[1]) == {}
        rabbitmq.delete_vhost("other")

    def test_confirmed_messages_survive_kill_9(self, rabbitmq, amqp_url):
        publish_durably(amqp_url, "letters", count=3)
        rabbitmq.settle()
        publish_durably(amqp_url, "letters", count=2)
        rabbitmq.kill9()
        rabbitmq.start()
        eventually(lambda: rabbitmq.queues(amqp_url.rsplit("/", 1)[1]) == {"letters": 5})

    def test_stop_app_closes_the_listener_until_start_app(self, rabbitmq, amqp_url):
        rabbitmq.stop_app()
        with pytest.raises(pika.exceptions.AMQPConnectionError), channel_to(amqp_url):
            pass
        rabbitmq.start_app()
        publish_durably(amqp_url, "letters", count=1)

    def test_a_memory_alarm_blocks_publishers_until_it_ends(self, rabbitmq, amqp_url):
        done = threading.Event()

        def publish() -> None:
            publish_durably(amqp_url, "letters", count=1)
            done.set()

        with rabbitmq.memory_alarm():
            worker = threading.Thread(target=publish)
            worker.start()
            assert not done.wait(1)
        assert done.wait(60)
        worker.join()

    def test_queues_and_connections_can_be_taken_away(self, rabbitmq, amqp_url):
        publish_durably(amqp_url, "letters", count=1)
        with contextlib.suppress(pika.exceptions.AMQPError), channel_to(amqp_url) as channel:
            rabbitmq.close_connections()
            with pytest.raises(pika.exceptions.ConnectionClosed):
                channel.queue_declare("letters", passive=True)
        rabbitmq.delete_queue(amqp_url.rsplit("/", 1)[1], "letters")
        assert rabbitmq.queues(amqp_url.rsplit("/", 1)[1]) == {}


class TestPostgreSQL:
    def test_each_service_gets_a_database_of_its_own(self, postgres, make_databases):
        template = make_databases(["contacts", "tickets"])
        assert template.count("{service}") == 1
        names = {template.format(service=service).rsplit("/", 1)[1] for service in ("contacts", "tickets")}
        assert {name for (name,) in postgres.query("SELECT datname FROM pg_database")} >= names

    def test_committed_rows_survive_kill_9(self, postgres, postgres_url_for):
        database = postgres_url_for("contacts").rsplit("/", 1)[1]
        postgres.execute("CREATE TABLE letter (number int)", database=database)
        postgres.execute("INSERT INTO letter SELECT generate_series(1, 1000)", database=database)
        postgres.kill9()
        postgres.start()
        assert postgres.query("SELECT count(*) FROM letter", database=database) == [(1000,)]

    def test_it_is_as_durable_as_in_production(self, postgres):
        assert postgres.query("SELECT current_setting('fsync'), current_setting('synchronous_commit')") == [
            ("on", "on")
        ]
        assert postgres.query("SELECT current_setting('default_toast_compression')") == [("lz4",)]

    def test_restart_cuts_sessions_off_and_comes_back(self, postgres):
        session = psycopg.connect(host="127.0.0.1", port=postgres.port, user="musubi", dbname="postgres")
        postgres.restart()
        with pytest.raises(psycopg.OperationalError):
            session.cursor().execute("SELECT 1")
        session.close()
        assert postgres.query("SELECT 1") == [(1,)]


class TestDovecot:
    def test_an_appended_mail_comes_back_byte_for_byte(self, mailbox_account):
        mailbox_account.append(MAIL)
        with mailbox_account.imap("INBOX") as connection:
            [(_, body), _] = connection.uid("FETCH", "1", "(BODY.PEEK[])")[1]
        assert body == MAIL

    def test_delivered_mails_are_seen_in_their_folder(self, mailbox_account):
        mailbox_account.create_folder("Kunden/2026")
        mailbox_account.deliver([MAIL] * 20, folder="Kunden/2026")
        assert mailbox_account.uids("Kunden/2026") == list(range(1, 21))

    def test_recreating_a_folder_changes_its_uidvalidity(self, mailbox_account):
        mailbox_account.create_folder("Support")
        mailbox_account.append_all([MAIL, MAIL], folder="Support")
        before = uidvalidity(mailbox_account, "Support")
        mailbox_account.recreate_folder("Support")
        assert uidvalidity(mailbox_account, "Support") != before
        assert mailbox_account.uids("Support") == []

    def test_an_expunged_mail_is_gone(self, mailbox_account):
        mailbox_account.append_all([MAIL, MAIL])
        mailbox_account.expunge(1)
        assert mailbox_account.uids() == [2]

    def test_tls_is_trusted_through_the_own_authority_alone(self, dovecot, mailbox_account):
        with imaplib.IMAP4_SSL("localhost", dovecot.tls_port, ssl_context=dovecot.tls(), timeout=60) as connection:
            assert connection.login(mailbox_account.user, mailbox_account.password)[0] == "OK"
        with pytest.raises(ssl.SSLCertVerificationError):
            imaplib.IMAP4_SSL("localhost", dovecot.tls_port, ssl_context=ssl.create_default_context(), timeout=60)

    def test_a_wrong_password_is_refused_without_delay(self, dovecot, mailbox_account):
        with (
            imaplib.IMAP4("127.0.0.1", dovecot.port, timeout=60) as connection,
            pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONFAILED"),
        ):
            connection.login(mailbox_account.user, "wrong")

    def test_a_valid_token_logs_in_and_an_expired_one_does_not(self, dovecot, mailbox_account):
        assert xoauth2(dovecot, mailbox_account.user, mailbox_account.token()) == "OK"
        assert xoauth2(dovecot, mailbox_account.user, mailbox_account.token(valid_for=-5)) == "refused"

    def test_mail_and_log_in_survive_kill_9(self, dovecot, mailbox_account):
        mailbox_account.append(MAIL)
        dovecot.kill9()
        dovecot.start()
        assert eventually(mailbox_account.uids) == [1]


def uidvalidity(account, folder: str) -> bytes:
    with account.imap() as connection:
        return connection.status(folder, "(UIDVALIDITY)")[1][0]


def xoauth2(dovecot: Dovecot, user: str, token: str) -> str:
    answers = iter([f"user={user}\x01auth=Bearer {token}\x01\x01".encode()])
    with imaplib.IMAP4("127.0.0.1", dovecot.port, timeout=60) as connection:
        try:
            return connection.authenticate("XOAUTH2", lambda _: next(answers, b""))[0]
        except imaplib.IMAP4.error:
            return "refused"


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that sends back what it gets; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            while data := client.recv(65536):
                client.sendall(data)

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


@pytest.fixture
def proxy(echo: int) -> Iterator[TcpProxy]:
    with TcpProxy(echo) as proxy:
        yield proxy


@contextlib.contextmanager
def connected(proxy: TcpProxy) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=5) as client:
        yield client


def said(client: socket.socket, text: bytes) -> bytes:
    client.sendall(text)
    return client.recv(65536)


class TestTcpProxy:
    def test_it_forwards_both_ways(self, proxy):
        with connected(proxy) as client:
            assert said(client, b"hello") == b"hello"
            assert proxy.open == 1
        eventually(lambda: proxy.open == 0)

    def test_a_hole_silences_old_connections_and_lets_new_ones_work(self, proxy):
        with connected(proxy) as old, connected(proxy) as new:
            assert said(old, b"a") == b"a"
            assert said(new, b"b") == b"b"
            assert proxy.hole() == 2
            old.settimeout(0.3)
            with pytest.raises(TimeoutError):
                said(old, b"is anyone there?")
            with connected(proxy) as later:
                assert said(later, b"c") == b"c"

    def test_a_hole_for_all_silences_new_connections_until_healed(self, proxy):
        proxy.hole_all()
        with connected(proxy) as client:
            client.settimeout(0.3)
            with pytest.raises(TimeoutError):
                said(client, b"hello")
            proxy.heal()
            client.settimeout(5)
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        with connected(proxy) as client:
            assert said(client, b"again") == b"again"

    def test_a_cut_passes_exactly_so_many_bytes_and_then_resets_once(self, proxy):
        proxy.cut_after(7)
        with connected(proxy) as client:
            assert said(client, b"12345") == b"12345"
            assert said(client, b"67890") == b"67"
            with pytest.raises(ConnectionResetError):
                client.recv(1)
        assert not proxy.cutting
        with connected(proxy) as client:
            assert said(client, b"1234567890") == b"1234567890"

    def test_reset_ends_every_connection_with_an_error(self, proxy):
        with connected(proxy) as client:
            assert said(client, b"a") == b"a"
            assert proxy.reset() == 1
            with pytest.raises(ConnectionResetError):
                client.recv(1)

    def test_refused_connections_end_at_once(self, proxy):
        proxy.refuse()
        with connected(proxy) as client:
            assert client.recv(1) == b""


def test_eventually_tells_the_last_answer_when_time_is_up():
    with pytest.raises(AssertionError, match=r"the lamp did not hold within 0\.05 s; last: 0"):
        eventually(lambda: 0, timeout=0.05, what="the lamp")
