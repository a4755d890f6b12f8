"""The ledger: mails that a seed generates, and what Musubi must have made of them, worked out by a plain model.

The model knows no order: whatever comes first, whatever comes twice, the rows must end the same.
"""

import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypedDict

SALES, SUPPORT, DESK = "sales", "support", "desk"
PURPOSES = {SALES: "sales", SUPPORT: "support", DESK: "support"}
SIZE_LIMIT = 1024 * 1024
# What a portion of mails is drawn from; a kind that stands twice comes twice as often.
KINDS = (
    "known to sales",
    "known to sales",
    "unknown to sales",
    "unknown to sales",
    "known to support",
    "known to support",
    "unknown to support",
    "lead to support",
    "reply",
    "reply",
    "reply to sales",
    "machine",
    "two writers",
    "in two mailboxes",
)
SUBJECTS = ("注文の件", "見積もりのお願い", "Delivery of order", "請求書について", "A question about the manual")
WORDS = ("納期", "部品", "確認", "よろしくお願いいたします", "invoice", "delivery", "二月", "工場", "spare part")

# (subject, effect, value) → how often it must stand in the rows.
Outcome = Counter[tuple[str, str, str]]


class _Facts(TypedDict):
    sender: str
    mailboxes: tuple[str, ...]
    thread: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail. ``key`` is its Message-ID; ``thread`` the key of the mail by which its ticket is known, or empty."""

    key: str
    kind: str
    sender: str
    mailboxes: tuple[str, ...]
    raw: bytes
    thread: str = ""
    references: tuple[str, ...] = ()


@dataclass(slots=True)
class Ledger:
    """All mails so far. ``contacts``: the addresses that the address book holds from the beginning."""

    seed: int
    contacts: list[str]
    mails: list[Mail] = field(default_factory=list)
    chance: random.Random = field(init=False)

    def __post_init__(self) -> None:
        """The same seed, the same mails."""
        self.chance = random.Random(self.seed)

    def more(self, count: int, *, kinds: tuple[str, ...] = KINDS) -> list[Mail]:
        """The next mails, every kind in turn, each kind's sender, words and thread by chance."""
        return [self._add(kinds[number % len(kinds)]) for number in range(count)]

    def poison(self, count: int) -> list[Mail]:
        """Mails above the size limit, which must wait in quarantine."""
        return [self._add("too large", body="0123456789 " * (SIZE_LIMIT // 10)) for _ in range(count)]

    def expected(self) -> Outcome:
        """What the rows must say of everything in the ledger."""
        return expected(self.mails, set(self.contacts))

    def _add(self, kind: str, *, body: str = "") -> Mail:
        begun = self._begun(kind)
        key = f"{len(self.mails)}.{self.seed}@ledger.example"
        sender = begun.sender if begun else self._sender(kind)
        thread = begun.thread if begun else key
        references = (*begun.references, begun.key) if begun else ()
        mailboxes = self._mailboxes(kind, begun)
        raw = self._letter(key, kind, sender, mailboxes[0], references, body)
        on_ticket = begun or (PURPOSES[mailboxes[0]] == "support" and kind not in ("machine", "too large"))
        thread = thread if on_ticket else ""
        facts = _Facts(sender=sender, mailboxes=mailboxes, thread=thread, references=references)
        mail = Mail(key=key, kind=kind, raw=raw, **facts)
        self.mails.append(mail)
        return mail

    def _begun(self, kind: str) -> Mail | None:
        """The mail that a reply answers: one that is on a ticket, its sender beyond doubt."""
        if not kind.startswith("reply"):
            return None
        known = kind == "reply to sales"
        fitting = [
            mail
            for mail in self.mails
            if mail.thread and mail.kind != "two writers" and (not known or mail.sender in self.contacts)
        ]
        return self.chance.choice(fitting[-30:]) if fitting else None

    def _sender(self, kind: str) -> str:
        number = self.chance.randrange(10_000)
        leads = [mail.sender for mail in self.mails if mail.kind == "unknown to sales"]
        if kind == "lead to support" and leads:
            return self.chance.choice(leads[-20:])
        if kind in ("unknown to sales", "lead to support"):
            # Every third stranger has written before, never two in a row: each portion of mails has somebody new in it.
            again = leads and number % 3 == 0 and leads.count(leads[-1]) == 1
            return self.chance.choice(leads) if again else f"lead{number}@stranger.example"
        if kind == "unknown to support":
            return f"guest{number}@visitor.example"
        return self.chance.choice(self.contacts)

    def _mailboxes(self, kind: str, begun: Mail | None) -> tuple[str, ...]:
        if kind == "in two mailboxes":
            return (SUPPORT, DESK)
        if kind.endswith("to sales"):
            return (SALES,)
        if begun and begun.sender in self.contacts:
            return (self.chance.choice((SUPPORT, DESK)),)
        if begun:
            return begun.mailboxes[:1]
        return (self.chance.choice((SUPPORT, DESK) if "support" in kind else (SALES, SUPPORT)),)

    def _letter(self, key: str, kind: str, sender: str, mailbox: str, references: tuple[str, ...], body: str) -> bytes:
        extra = {
            "machine": ["Auto-Submitted: auto-replied", "Precedence: bulk"],
            "two writers": [f"Sender: {sender}"],
        }.get(kind, [])
        writers = f"{sender}, somebody@elsewhere.example" if kind == "two writers" else f"田中 <{sender}>"
        words = " ".join(self.chance.choices(WORDS, k=self.chance.randrange(5, 120)))
        lines = [
            f"From: {writers}",
            f"To: {mailbox}@musubi.example",
            f"Subject: {self.chance.choice(SUBJECTS)}",
            f"Message-ID: <{key}>",
            "Date: Sun, 22 Nov 2026 20:00:00 +0900",
            *extra,
            *([f"In-Reply-To: <{references[-1]}>"] if references else []),
            *([f"References: {' '.join(f'<{one}>' for one in references)}"] if references else []),
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: 8bit",
            "",
            body or words,
            "",
        ]
        return "\r\n".join(lines).encode()


def expected(mails: Iterable[Mail], contacts: set[str]) -> Outcome:
    """What the rows must say. A stranger who wrote to sales is a lead in the end, for all of their mails."""
    mails = list(mails)
    leads = {mail.sender for mail in mails if mail.kind == "unknown to sales"} - contacts
    found: Outcome = Counter()
    threads: dict[str, list[Mail]] = defaultdict(list)
    for mail in mails:
        found.update(_of_mail(mail, _record_of(mail, contacts, leads)))
        if mail.thread:
            threads[mail.thread].append(mail)
    for thread, members in threads.items():
        found.update(_of_ticket(thread, len(members), _record_of(members[0], contacts, leads)))
    for address in leads:
        found.update({(f"lead:{address}", "opened", "lead"): 1, (f"lead:{address}", "told", "lead.opened"): 1})
    return found


def _record_of(mail: Mail, contacts: set[str], leads: set[str]) -> str:
    """Who is behind a mail: ``contact:…``, ``lead:…``, or the reason why nobody is."""
    if mail.kind == "too large":
        return ""
    if mail.kind == "machine":
        return "machine"
    if mail.kind == "two writers":
        return "sender_ambiguous"
    if mail.sender in contacts:
        return f"contact:{mail.sender}"
    return f"lead:{mail.sender}" if mail.sender in leads else "unknown"


def _of_mail(mail: Mail, record: str) -> Outcome:
    effects = {
        "message": "received" if record else "quarantined",
        "bytes": hashlib.sha256(mail.raw).hexdigest(),
        "decision": record,
        "history": record if ":" in record else "",
        "lead": record if record.startswith("lead:") else "",
        "ticket": mail.thread,
    }
    found = Counter({(mail.key, effect, value): 1 for effect, value in effects.items() if value})
    found.update({(mail.key, "delivery", mailbox): 1 for mailbox in mail.mailboxes})
    return found


def _of_ticket(thread: str, mails: int, record: str) -> Outcome:
    subject, customer = f"ticket:{thread}", record if ":" in record else "nobody"
    found = Counter({(subject, "opened", customer): 1, (subject, "told", "ticket.opened"): 1})
    found[(subject, "told", "ticket.reply_received")] = mails - 1
    if customer != "nobody":
        found[(subject, "told customer", f"ticket.opened {customer}")] = 1
    return +found
