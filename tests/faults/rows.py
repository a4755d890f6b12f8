"""Reads from every service's PostgreSQL database, in SQL of its own, what became of the mails."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tests.faults.ledger import Outcome
from tests.infra.postgres import PostgreSQL

BUSINESS = {
    "mail_ingest": ("mail_messages", "raw_chunks", "deliveries", "quarantine", "attachments"),
    "matcher": ("decisions",),
    "leads": ("leads", "lead_mails"),
    "tickets": ("tickets", "ticket_mails", "participants", "waiting_replies"),
    "history": ("entries", "mails", "comments"),
    "contacts": ("contacts", "addresses"),
}
SERVICES = (*BUSINESS, "staff")


@dataclass(frozen=True, slots=True)
class Rows:
    """The databases ``<prefix>_<service>`` of one system."""

    postgres: PostgreSQL
    prefix: str

    def query(self, service: str, sql: str, *values: object) -> list[tuple]:
        """The rows that a service's database answers."""
        return self.postgres.query(sql, *values, database=f"{self.prefix}_{service}")

    def count(self, service: str, table: str) -> int:
        """How many rows a table has."""
        [(count,)] = self.query(service, f"SELECT count(*) FROM {table}")
        return int(count)

    def counts(self) -> dict[str, int]:
        """The rows of every table that mails have effects on."""
        return {f"{service}.{table}": self.count(service, table) for service in BUSINESS for table in BUSINESS[service]}

    def outbox(self) -> dict[str, int]:
        """What waits to be published, by service; empty when nothing does."""
        return {service: count for service in SERVICES if (count := self.count(service, "outbox"))}

    def cursors(self) -> dict[str, int]:
        """The highest UID read of each inbox, by the mailbox's name."""
        sql = "SELECT m.name, f.last_uid FROM folders f JOIN mailboxes m ON m.id = f.mailbox_id WHERE f.role = 'inbox'"
        return dict(self.query("mail_ingest", sql))

    def dead_letters(self) -> list[tuple[str, bytes, str]]:
        """(service, body, error) of every event that was given up."""
        sql = "SELECT body, error FROM dead_letters"
        return [(name, bytes(body), error) for name in SERVICES for body, error in self.query(name, sql)]

    def forgotten_transactions(self) -> list[tuple]:
        """Sessions of this system that have held a transaction open and idle for more than two seconds."""
        sql = (
            "SELECT datname, query FROM pg_stat_activity WHERE state LIKE 'idle in transaction%%' "
            "AND starts_with(datname, %s) AND state_change < now() - interval '2 seconds'"
        )
        return self.postgres.query(sql, self.prefix)

    def outcome(self, contacts: Mapping[str, str]) -> Outcome:
        """Everything that became of the mails; ``contacts``: id → address of those entered at the beginning."""
        keys = self._keys()
        names = _Names(dict(contacts), dict(self.query("leads", "SELECT id::text, canonical FROM leads")))
        found: Outcome = Counter()
        for part in (self._messages(keys), self._decisions(keys, names), self._leads(keys, names)):
            found.update(part)
        threads = self._threads(keys)
        found.update(self._tickets(keys, names, threads))
        found.update(self._history(keys, names, threads))
        return found

    def _keys(self) -> dict[str, str]:
        rows = self.query("mail_ingest", "SELECT id::text, message_id FROM mail_messages")
        return {mail: (message_id or mail).strip("<>") for mail, message_id in rows}

    def _messages(self, keys: dict[str, str]) -> Outcome:
        found = Counter(
            (keys[mail], "message", state)
            for mail, state in self.query("mail_ingest", "SELECT id::text, state FROM mail_messages")
        )
        whole = (
            "SELECT mail_message_id::text, encode(sha256(string_agg(content, '' ORDER BY number)), 'hex') "
            "FROM raw_chunks GROUP BY 1"
        )
        found.update((keys.get(mail, mail), "bytes", digest) for mail, digest in self.query("mail_ingest", whole))
        lies = "SELECT d.mail_message_id::text, m.name FROM deliveries d JOIN mailboxes m ON m.id = d.mailbox_id"
        found.update((keys.get(mail, mail), "delivery", name) for mail, name in self.query("mail_ingest", lies))
        return found

    def _decisions(self, keys: dict[str, str], names: "_Names") -> Outcome:
        sql = "SELECT mail_message_id::text, reason, match_kind, match_id::text FROM decisions"
        return Counter(
            (keys.get(mail, mail), "decision", names.of(kind, id) if id else reason)
            for mail, reason, kind, id in self.query("matcher", sql)
        )

    def _leads(self, keys: dict[str, str], names: "_Names") -> Outcome:
        found = Counter((f"lead:{canonical}", "opened", "lead") for canonical in names.leads.values())
        for mail, lead in self.query("leads", "SELECT mail_message_id::text, lead_id::text FROM lead_mails"):
            found[(keys.get(mail, mail), "lead", names.of("lead", lead))] += 1
        return found

    def _threads(self, keys: dict[str, str]) -> dict[str, str]:
        """Ticket → the oldest of its mails in the ledger, which is what a thread is called by."""
        threads: dict[str, str] = {}
        for mail, ticket in self.query("tickets", "SELECT mail_message_id::text, ticket_id::text FROM ticket_mails"):
            threads[ticket] = min(threads.get(ticket, keys.get(mail, mail)), keys.get(mail, mail), key=_age)
        return threads

    def _tickets(self, keys: dict[str, str], names: "_Names", threads: dict[str, str]) -> Outcome:
        sql = "SELECT id::text, customer_kind, customer_id::text FROM tickets"
        found = Counter(
            (f"ticket:{threads.get(ticket, ticket)}", "opened", names.of(kind, id) if id else "nobody")
            for ticket, kind, id in self.query("tickets", sql)
        )
        for mail, ticket in self.query("tickets", "SELECT mail_message_id::text, ticket_id::text FROM ticket_mails"):
            found[(keys.get(mail, mail), "ticket", threads[ticket])] += 1
        return found

    def _history(self, keys: dict[str, str], names: "_Names", threads: dict[str, str]) -> Outcome:
        sql = (
            "SELECT kind, record_kind, record_id::text, mail_message_id::text, about_id::text, summary->>'event' "
            "FROM entries"
        )
        found: Outcome = Counter()
        for kind, record_kind, record, mail, about, event in self.query("history", sql):
            told = (event or "").removesuffix(".v1")
            if kind == "mail":
                found[(keys.get(mail, mail), "history", names.of(record_kind, record))] += 1
            elif told == "lead.opened":
                found[(names.of("lead", about), "told", told)] += 1
            elif told in ("ticket.opened", "ticket.reply_received"):
                own = record_kind == "ticket"
                value = told if own else f"{told} {names.of(record_kind, record)}"
                found[(f"ticket:{threads.get(about, about)}", "told" if own else "told customer", value)] += 1
        return found


@dataclass(frozen=True, slots=True)
class _Names:
    """What the records are called in the ledger."""

    contacts: dict[str, str]
    leads: dict[str, str]

    def of(self, kind: str, id: str) -> str:
        known = self.contacts if kind == "contact" else self.leads
        return f"{kind}:{known.get(id, id)}"


def _age(key: str) -> tuple[int, str]:
    number = key.partition(".")[0]
    return (int(number) if number.isdigit() else -1, key)
