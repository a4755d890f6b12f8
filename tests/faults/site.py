"""The whole system on real servers for a fault run: every service a process, its links through proxies."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from tests.faults.checker import Verdict, compare
from tests.faults.ledger import PURPOSES, SIZE_LIMIT, Ledger, Mail
from tests.faults.rows import SERVICES, Rows
from tests.faults.shovel import Shovel
from tests.faults.visits import PASSWORD, Visits
from tests.infra import eventually
from tests.infra.dovecot import Account, Dovecot
from tests.infra.postgres import PostgreSQL
from tests.infra.proxy import TcpProxy
from tests.infra.rabbitmq import RabbitMQ
from tests.infra.services import ServiceProcesses

CONTACTS = 20
# (exchange, event type, who reads it)
PLANTED = (
    ("mail_ingest.batches", "mail_message.received.v1", ("matcher",)),
    ("matcher.batches", "sender.unmatched.v1", ("leads", "tickets", "history")),
)
SETTINGS = {
    "MUSUBI_MAIL_HOST_ALLOW": "127.0.0.1",
    "MUSUBI_RETRY_PAUSES": "1,2,4,8",
    "MUSUBI_REQUESTS_PER_MINUTE": "1000000",
    "MUSUBI_ANONYMOUS_PER_MINUTE": "1000000",
    "MUSUBI_ADMIN_PASSWORD": PASSWORD,
}


class Site:
    """A running Musubi with three mailboxes and a ledger of what was put into them."""

    def __init__(
        self,
        name: str,
        *,
        servers: tuple[RabbitMQ, PostgreSQL, Dovecot],
        seed: int,
        doubled: tuple[str, ...] = ("matcher", "tickets"),
    ) -> None:
        """``name`` of the virtual host and of the databases; services in ``doubled`` run as two replicas."""
        self.rabbitmq, self.postgres, self.dovecot = servers
        self.vhost = name
        self.amqp = TcpProxy(self.rabbitmq.port).start()
        self.imap = TcpProxy(self.dovecot.port).start()
        self.sql = TcpProxy(self.postgres.port).start()
        self.rabbitmq.add_vhost(name)
        self.amqp_url = self.rabbitmq.url(name)
        self.rows = Rows(self.postgres, name)
        self.ledger = Ledger(seed, [f"kunde{number}@customer.example" for number in range(CONTACTS)])
        self.accounts: dict[str, Account] = {}
        self.contacts: dict[str, str] = {}
        self.planted: list[tuple[str, bytes]] = []
        self.kills: Counter[str] = Counter()
        self.shovel = Shovel(self.amqp_url)
        self.processes = ServiceProcesses(
            [*SERVICES, "gateway", *doubled],
            amqp_url=self.amqp_url.replace(f":{self.rabbitmq.port}/", f":{self.amqp.port}/"),
            database_url=self.postgres.make_databases(name, SERVICES).replace(
                f":{self.postgres.port}/", f":{self.sql.port}/"
            ),
            env=SETTINGS,
        )
        self.people = ThreadPoolExecutor(2, thread_name_prefix="visits")
        gateways = [name for name in self.processes.replicas if name.startswith("gateway-")]
        self.visits = Visits([self.processes.url(name) for name in gateways], self.people)

    def start(self) -> "Site":
        """Migrate, start, and fill in mailboxes and contacts."""
        self.processes.migrate()
        self.rabbitmq.settle()
        self.processes.start()
        self.processes.wait_ready()
        self.shovel.bind(f"{service}.batches" for service in SERVICES)
        self.processes.musubi("staff", "add-admin", "--login", "root", "--name", "管理者")
        self.api = httpx.Client(base_url=f"{self.processes.url('gateway')}/api/v1", timeout=60)
        session = self.post("/sessions", {"login": "root", "password": PASSWORD})
        self.api.headers["Authorization"] = f"Bearer {session.json()['token']}"
        self._fill_in()
        self.rabbitmq.settle()
        return self

    def close(self) -> None:
        """End everything and forget it."""
        self.api.close()
        self.people.shutdown(cancel_futures=True)
        for name in self.processes.replicas:
            self.processes.halt(name)
        self.processes.stop()
        self.amqp.close()
        self.imap.close()
        self.sql.close()
        self.rabbitmq.delete_vhost(self.vhost)
        self.postgres.drop_databases(f"{self.vhost}_")

    def post(self, path: str, data: dict[str, Any], *, key: str | None = None) -> httpx.Response:
        """A request that may be repeated where it has a ``key``."""
        return self.api.post(path, json=data, headers={"Idempotency-Key": key} if key else {})

    def append(self, mails: list[Mail]) -> None:
        """Put mails into their mailboxes, in order."""
        for name, account in self.accounts.items():
            mine = [mail.raw for mail in mails if name in mail.mailboxes]
            if mine:
                account.append_all(mine)

    def kill(self, name: str) -> None:
        """Kill -9 one process; the supervisor starts it again. One that is down already is left alone."""
        if self.processes.replicas[name].server.running:
            self.kills[name] += 1
            self.processes.kill9(name)

    def plant(self) -> None:
        """Put what breaks its schema, what no column holds and what is no event where mails and senders are read."""
        for exchange, key, readers in PLANTED:
            for body in (b'{"planted":"\xe2\x98\xa0"}', rb'{"id":"\u0000","type":"\u0000"}', b"no event at all"):
                self.planted += [(reader, body) for reader in readers]
                self.shovel.publish([(exchange, key, body)])

    def settled(self) -> bool:
        """Whether everything was read and nothing is under way; looked at twice, since events move on meanwhile."""
        return self.read_all() and all(self._quiet() for _ in range(2))

    def read_all(self) -> bool:
        """Whether the cursor of each mailbox stands at its last mail."""
        return self.rows.cursors() == self._last_uids()

    def verdict(self) -> Verdict:
        """What the rows say against what they must say."""
        return compare(self.ledger.expected(), self.rows.outcome(self.contacts))

    def check(self, *, timeout: float = 150) -> Verdict:
        """Wait until all has settled and is right; else the AssertionError names the faults that stay."""
        verdict = Verdict()

        def right() -> bool:
            nonlocal verdict
            if not self.settled():
                return False
            verdict = self.verdict()
            return not verdict.faults

        try:
            eventually(right, timeout=timeout, interval=0.1)
        except AssertionError as error:
            raise AssertionError(f"{self.state()}\n{self.verdict()}") from error
        self._check_remains()
        return verdict

    def _check_remains(self) -> None:
        """What was planted and nothing else became a dead letter, once; what people entered is there, once.

        No session is forgotten, and no process ended unasked.
        """
        letters = self.rows.dead_letters()
        assert sorted((reader, body) for reader, body, _ in letters) == sorted(self.planted), letters
        entered = self.rows.query("contacts", "SELECT last_name FROM contacts WHERE last_name LIKE '客 %%'")
        assert sorted(entered) == sorted((name,) for name in self.visits.names)
        assert self.rows.forgotten_transactions() == []
        assert self.processes.restarts == self.kills

    def _quiet(self) -> bool:
        return not self.rows.outbox() and not any(self.queues().values())

    def queues(self) -> dict[str, int]:
        """The queues of services with the messages in them; those of the tests themselves are left out."""
        counts = self.rabbitmq.queues(self.vhost)
        return {name: count for name, count in counts.items() if not name.startswith("shovel")}

    def state(self) -> str:
        """Where things stand, for whoever reads a failure."""
        waiting = {name: count for name, count in self.queues().items() if count}
        last = self._last_uids()
        cursors = {name: (uid, last[name]) for name, uid in self.rows.cursors().items()}
        letters = [(service, error) for service, _, error in self.rows.dead_letters()]
        shown = f"queues {waiting}, outboxes {self.rows.outbox()}, cursors {cursors}, dead letters {letters}"
        return "\n".join(
            [shown, *(f"{name}: {self._last_words(name)}" for name in self.processes.replicas), *self._locks()]
        )

    def _locks(self) -> list[str]:
        """What the sessions of this system wait for."""
        sql = (
            "SELECT datname, state, wait_event_type, wait_event, left(query, 80) FROM pg_stat_activity "
            "WHERE starts_with(datname, %s) AND (state <> 'idle' OR wait_event_type = 'Lock')"
        )
        return [str(row) for row in self.postgres.query(sql, self.rows.prefix)]

    def _last_words(self, name: str) -> list[str]:
        """The last things a process complained of."""
        grave = [line for line in self.processes.logs(name) if line.get("level", "error") not in ("info", "debug")]
        replica = self.processes.replicas[name]
        return [f"{replica.server.exit_code} {replica.get('/health/ready')}", *(str(line)[:400] for line in grave[-4:])]

    def _last_uids(self) -> dict[str, int]:
        return {name: max(account.uids(), default=0) for name, account in self.accounts.items()}

    def _fill_in(self) -> None:
        for address in self.ledger.contacts:
            name = address.partition("@")[0]
            made = self.post("/contacts", {"last_name": name, "addresses": [address]}, key=name)
            assert made.status_code == 201, made.text
            self.contacts[made.json()["id"]] = address
        for name, purpose in PURPOSES.items():
            self.accounts[name] = account = self.dovecot.account()
            connection = {"provider": "other", "host": "127.0.0.1", "port": self.imap.port, "security": "none"}
            log_in = {"user": account.user, "secret": account.password, "address": f"{name}@musubi.example"}
            kind = {"name": name, "purpose": purpose, "policy": "automatic", "size_limit": SIZE_LIMIT}
            saved = self.post("/mailboxes", {**connection, **log_in, **kind}, key=name)
            assert saved.status_code == 201, saved.text
