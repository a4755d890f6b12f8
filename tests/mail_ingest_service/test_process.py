"""mail_ingest as a real process with RabbitMQ and PostgreSQL: push, crashes, replicas, commands, memory."""

import psycopg
import pytest
from sqlalchemy import make_url

from tests.infra import eventually
from tests.infra.services import ServiceProcesses
from tests.mail_ingest_service.conftest import mail

MEGABYTE = 1024 * 1024


@pytest.fixture
def system(amqp_url, database_url, postgres):
    """Makes the service's processes for a test, which may use mail servers on the loopback."""
    made = []

    def make(*services: str) -> ServiceProcesses:
        env = {"MUSUBI_MAIL_HOST_ALLOW": "127.0.0.0/8", "MUSUBI_MAIL_CHECK_SECONDS": "20"}
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
    eventually(lambda: query("SELECT subject FROM mail_messages") == [("先に",)], timeout=20)
    mailbox_account.append(mail("後から"))
    eventually(lambda: len(query("SELECT 1 FROM mail_messages")) == 2, timeout=20)
    assert mailbox_account.user in processes.musubi("mailbox", "list")
    assert mailbox_account.password not in processes.replicas["mail_ingest-1"].server.output()
    assert processes.musubi("mailbox", "rotate-keys").startswith("1 secrets")


@pytest.mark.parametrize("point", ["after_fetch:2", "before_commit:2", "before_commit:4", "after_commit:3"])
def test_a_process_that_dies_at_the_worst_moment_loses_and_doubles_nothing(system, mailbox_account, query, point):
    processes = system("mail_ingest")
    save(processes, mailbox_account, "--refresh", "none")
    processes.halt("mail_ingest-1")
    mailbox_account.deliver([mail(f"{number:04}") for number in range(900)])
    name, _, count = point.partition(":")
    processes.crash_at("mail_ingest-1", name, int(count))
    processes.resume("mail_ingest-1")
    eventually(lambda: processes.restarts["mail_ingest-1"], timeout=30, what="the crash")
    eventually(lambda: query("SELECT count(*) FROM deliveries") == [(900,)], timeout=60)
    assert query("SELECT count(*), count(DISTINCT subject) FROM mail_messages") == [(900, 900)]
    assert query("SELECT count(*) FROM raw_chunks") == [(900,)]


def test_a_second_replica_takes_over_when_the_one_that_reads_is_killed(system, mailbox_account, query):
    processes = system("mail_ingest", "mail_ingest")
    save(processes, mailbox_account)
    [[owner]] = eventually(lambda: query("SELECT owner FROM leases"), timeout=20)
    [reading] = [name for name, each in processes.replicas.items() if str(each.server.pid) == owner.split(":")[1]]
    processes.halt(reading)
    mailbox_account.append(mail("引き継がれた"))
    eventually(lambda: query("SELECT subject FROM mail_messages") == [("引き継がれた",)], timeout=30)
    assert query("SELECT owner FROM leases") != [(owner,)]


def test_a_mailbox_of_50_mb_mails_is_read_within_300_mb_of_memory(system, mailbox_account, query):
    head = b"From: a@example.jp\nSubject: %d\nContent-Type: application/zip\n\n"
    body = b"0123456789abcdef" * (50 * MEGABYTE // 16)
    mailbox_account.deliver(head % number + body for number in range(4))
    processes = system("mail_ingest")
    save(processes, mailbox_account)
    server = processes.replicas["mail_ingest-1"].server
    peak = 0

    def all_there() -> bool:
        nonlocal peak
        peak = max(peak, server.usage().memory)
        return query("SELECT count(*) FROM quarantine") == [(4,)]

    eventually(all_there, timeout=100, interval=0.01)
    assert peak < 300 * MEGABYTE
    assert query("SELECT min(size), max(size) FROM mail_messages")[0] > (50 * MEGABYTE, 50 * MEGABYTE)
