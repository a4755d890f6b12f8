"""mail_ingest as a real process with RabbitMQ and PostgreSQL: push, crashes, replicas, commands, memory."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from tests.infra import eventually
from tests.infra.proxy import TcpProxy
from tests.infra.services import ServiceProcesses
from tests.mail_ingest_service.conftest import mail

REPOSITORY = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024


@pytest.fixture
def system(amqp_url, database_url, postgres):
    """Makes the service's processes for a test, which may use mail servers on the loopback."""
    made = []

    def make(*services: str) -> ServiceProcesses:
        env = {"MUSUBI_MAIL_HOST_ALLOW": "127.0.0.0/8"}
        made.append(ServiceProcesses(services, amqp_url=amqp_url, database_url=database_url, env=env))
        made[-1].migrate()
        made[-1].start()
        made[-1].wait_ready()
        return made[-1]

    yield make
    for processes in made:
        processes.stop()


@pytest.fixture
def query(database_url):
    """Asks the service's database."""

    def ask(sql: str) -> list[tuple]:
        url = make_url(database_url.replace("{service}", "mail_ingest"))
        with psycopg.connect(host=url.host, port=url.port, user=url.username, dbname=url.database) as connection:
            return connection.execute(sql).fetchall()

    return ask


def save(processes, account, *more: str) -> None:
    server = ["--host", "127.0.0.1", "--port", str(account.port), "--security", "none"]
    login = ["--user", account.user, "--secret", account.password]
    processes.musubi("mailbox", "add", *server, *login, *more)


def test_a_mailbox_added_by_command_is_read_and_new_mail_is_pushed(system, mailbox_account, query):
    mailbox_account.append(mail("先に"))
    processes = system("mail_ingest")
    save(processes, mailbox_account)
    eventually(lambda: query("SELECT subject FROM mail_messages") == [("先に",)], timeout=60)
    mailbox_account.append(mail("後から"))
    eventually(lambda: len(query("SELECT 1 FROM mail_messages")) == 2, timeout=60)
    assert mailbox_account.user in processes.musubi("mailbox", "list")
    assert mailbox_account.password not in processes.replicas["mail_ingest-1"].server.output()
    assert processes.musubi("mailbox", "rotate-keys").startswith("1 secrets")


def test_a_server_too_slow_to_be_tried_out_is_refused_with_the_time_it_had(system, mailbox_account, query):
    processes = system("mail_ingest")
    with TcpProxy(mailbox_account.port) as proxy:
        proxy.delay(1)
        server = ["--host", "127.0.0.1", "--port", str(proxy.port), "--security", "none"]
        login = ["--user", mailbox_account.user, "--secret", mailbox_account.password]
        with pytest.raises(RuntimeError, match=r"did not answer all that was asked within 3\.5 seconds"):
            processes.musubi("mailbox", "add", *server, *login)
    assert query("SELECT 1 FROM mailboxes") == []


TRIED_OUT = """
import warnings; warnings.simplefilter("ignore")
import eventlet; eventlet.monkey_patch()
import sys, time
from cryptography.fernet import Fernet
from contracts.errors import MailboxRefused
from mail_ingest_service import domain
from mail_ingest_service.connecting import Connector
from mail_ingest_service.credentials import Vault
from mail_ingest_service.hosts import Allowed

port, user, secret, seconds = sys.argv[1:]
vault, allowed = Vault([Fernet.generate_key().decode()]), Allowed.parse("127.0.0.0/8")
twice = lambda host, port: ["127.0.0.1", "127.0.0.1"]
connector = Connector(vault, allowed, check_seconds=float(seconds), resolve=twice)
settings = {"provider": "other", "host": "localhost", "port": int(port), "security": "none"}
began = time.monotonic()
try:
    found = connector.folders(domain.new_settings(settings | {"user": user, "secret": secret}))
    print(sorted(folder.name for folder in found))
except MailboxRefused as refusal:
    print(refusal.extra["reason"], time.monotonic() - began < 20)
"""


def tried_out(account, port: int, *, within: float) -> str:
    command = [sys.executable, "-c", TRIED_OUT, str(port), account.user, account.password, str(within)]
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=REPOSITORY).stdout.strip()


def test_a_silent_server_is_given_up_in_time_at_the_first_of_its_addresses(mailbox_account):
    with TcpProxy(mailbox_account.port) as proxy:
        proxy.hole_all()
        assert tried_out(mailbox_account, proxy.port, within=0.5) == "too_slow True"
        assert proxy.accepted == 1


def test_a_server_that_is_silent_at_the_farewell_only_has_been_tried_out(mailbox_account):
    with TcpProxy(mailbox_account.port) as proxy:
        proxy.hole_at(b"* BYE")
        assert tried_out(mailbox_account, proxy.port, within=3) == "['INBOX', 'Sent']"


@pytest.mark.parametrize("point", ["after_fetch:2", "before_commit:2", "before_commit:4", "after_commit:3"])
def test_a_process_that_dies_at_the_worst_moment_loses_and_doubles_nothing(system, mailbox_account, query, point):
    processes = system("mail_ingest")
    save(processes, mailbox_account, "--refresh", "none")
    processes.halt("mail_ingest-1")
    mailbox_account.deliver([mail(f"{number:04}") for number in range(900)])
    name, _, count = point.partition(":")
    processes.crash_at("mail_ingest-1", name, int(count))
    processes.resume("mail_ingest-1")
    eventually(lambda: processes.restarts["mail_ingest-1"], timeout=60, what="the crash")
    eventually(lambda: query("SELECT count(*) FROM deliveries") == [(900,)], timeout=60)
    assert query("SELECT count(*), count(DISTINCT subject) FROM mail_messages") == [(900, 900)]
    assert query("SELECT count(*) FROM raw_chunks") == [(900,)]


def test_a_second_replica_takes_over_when_the_one_that_reads_is_killed(system, mailbox_account, query):
    processes = system("mail_ingest", "mail_ingest")
    save(processes, mailbox_account)
    [[owner]] = eventually(lambda: query("SELECT owner FROM leases"), timeout=60)
    [reading] = [name for name, each in processes.replicas.items() if str(each.server.pid) == owner.split(":")[1]]
    processes.halt(reading)
    mailbox_account.append(mail("引き継がれた"))
    eventually(lambda: query("SELECT subject FROM mail_messages") == [("引き継がれた",)], timeout=60)
    assert query("SELECT owner FROM leases") != [(owner,)]


@pytest.mark.parametrize(("size_limit", "state"), [("32", "quarantined"), ("64", "received")])
def test_a_mailbox_of_50_mb_mails_is_read_within_300_mb_of_memory(system, mailbox_account, query, size_limit, state):
    head = b"From: a@example.jp\nSubject: %d\nContent-Type: application/zip\nContent-Transfer-Encoding: base64\n\n"
    body = (b"0123456789abcdef" * 4 + b"\n") * (50 * MEGABYTE // 65 + 1)
    mailbox_account.deliver(head % number + body for number in range(4))
    processes = system("mail_ingest")
    save(processes, mailbox_account, "--size-limit", size_limit)
    server = processes.replicas["mail_ingest-1"].server
    peak = 0

    def all_there() -> bool:
        nonlocal peak
        peak = max(peak, server.usage().memory)
        return query("SELECT state, count(*) FROM mail_messages GROUP BY state") == [(state, 4)]

    eventually(all_there, timeout=100, interval=0.01)
    assert peak < 300 * MEGABYTE
    assert query("SELECT min(size), max(size) FROM mail_messages")[0] > (50 * MEGABYTE, 50 * MEGABYTE)
    files = 4 if state == "received" else 0
    assert query("SELECT count(*) FROM attachments WHERE size > 35 * 1024 * 1024") == [(files,)]
