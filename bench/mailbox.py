"""A mailbox of any size, the same for the same seed: who writes what to which of two, and what must come of it.

5,000 people write, 60 % of them known. One mail in five goes on with an earlier thread of its sender. A third of the
mails is plain English, a third HTML, a third Japanese (half ISO-2022-JP, half UTF-8); one in ten has an attachment.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from bench import texts
from bench.writing import written

PEOPLE = 5_000
KNOWN_OF_FIVE = 3
REPLIES, ATTACHMENTS = 0.2, 0.1
KINDS = ("plain", "plain", "html", "html", "iso-2022-jp", "utf-8")
PURPOSES = ("sales", "support")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes mails."""

    number: int

    @property
    def known(self) -> bool:
        return self.number % 5 < KNOWN_OF_FIVE

    @property
    def address(self) -> str:
        return f"{texts.LATIN[self.number % 10].lower()}.{self.number}@company{self.number % 700}.example"

    @property
    def last_name(self) -> str:
        return texts.FAMILIES[self.number % 10]

    @property
    def first_name(self) -> str:
        return texts.GIVEN[self.number // 10 % 10]

    @property
    def latin_name(self) -> str:
        return f"{texts.LATIN[self.number % 10]} {self.number}"


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail before it is written. ``thread``: Message-IDs of the mails it goes on with, the oldest first."""

    number: int
    purpose: str
    sender: Person
    kind: str
    attached: bool
    thread: tuple[str, ...] = ()

    @property
    def message_id(self) -> str:
        return f"<bench.{self.number}.{self.sender.number}@company{self.sender.number % 700}.example>"


@dataclass(frozen=True)
class GeneratedMailbox:
    """``count`` mails, half to a sales and half to a support mailbox."""

    count: int
    seed: int = 11
    drafts: list[Draft] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Draw everything but the texts."""
        chance = random.Random(self.seed)
        for number in range(self.count):
            self.drafts.append(self._draft(number, chance))

    def mails(self, purpose: str) -> Iterator[bytes]:
        """The mails of one of the two mailboxes, with LF line ends, oldest first."""
        for draft in self.drafts:
            if draft.purpose == purpose:
                yield written(draft, seed=self.seed)

    @cached_property
    def known_people(self) -> list[Person]:
        return [person for person in map(Person, range(PEOPLE)) if person.known]

    def _draft(self, number: int, chance: random.Random) -> Draft:
        kind, attached = chance.choice(KINDS), chance.random() < ATTACHMENTS
        if self.drafts and chance.random() < REPLIES:
            before = self.drafts[chance.randrange(len(self.drafts))]
            thread = (*before.thread[-9:], before.message_id)
            return Draft(number, before.purpose, before.sender, kind, attached, thread)
        sender = Person(chance.randrange(PEOPLE))
        # A stranger writes to one of the mailboxes only: what becomes of him must not depend on which is read first.
        purpose = chance.choice(PURPOSES) if sender.known else PURPOSES[sender.number // 5 % 2]
        return Draft(number, purpose, sender, kind, attached)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """How many rows a mailbox must lead to. ``tickets`` are opened by ``known_tickets`` known senders and others."""

    mails: int
    known_mails: int
    leads: int
    lead_mails: int
    tickets: int
    known_tickets: int
    ticket_mails: int

    @classmethod
    def of(cls, mailbox: GeneratedMailbox) -> "Expected":
        """By the rules of the road: a lead per stranger at sales, a ticket per thread at support, the rest joins."""
        support = [draft for draft in mailbox.drafts if draft.purpose == "support"]
        strangers = [one for one in mailbox.drafts if one.purpose == "sales" and not one.sender.known]
        openings = [draft for draft in support if not draft.thread]
        return cls(
            mails=mailbox.count,
            known_mails=sum(draft.sender.known for draft in mailbox.drafts),
            leads=len({draft.sender for draft in strangers}),
            lead_mails=len(strangers),
            tickets=len(openings),
            known_tickets=sum(draft.sender.known for draft in openings),
            ticket_mails=len(support),
        )
