"""The rules of tickets: which mail opens one, which is a reply on one, what needs a person's eye."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from contracts.base import Event
from services.tickets.tokens import Claim, claims

OPEN, CLOSED = "Open", "Closed"
# A closed ticket is opened again before anything else is done with it, so that the timeline says who took it up.
TRANSITIONS: Mapping[str, frozenset[str]] = {
    "Open": frozenset({"In Progress", "Wait For Response", "Closed"}),
    "In Progress": frozenset({"Open", "Wait For Response", "Closed"}),
    "Wait For Response": frozenset({"Open", "In Progress", "Closed"}),
    "Closed": frozenset({"Open"}),
}
# A customer's answer ends the waiting for it, and takes a closed ticket up again.
REOPENED_BY_REPLY = frozenset({"Wait For Response", "Closed"})
RAISED_BY_COMPLAINT = frozenset({"Low", "Normal"})
# Each word with why it is here; short on purpose: a wrong High costs a look, a long list makes High mean nothing.
COMPLAINT_WORDS: Mapping[str, str] = {
    "クレーム": "the everyday word for a complaint",
    "苦情": "the formal word for a complaint",
    "返金": "wants the money back",
    "不良品": "calls the goods faulty",
    "欠陥": "speaks of a defect",
    "弁護士": "thinks of a lawsuit",
    "消費生活センター": "thinks of the consumer office",
    "納得でき": "does not accept an answer (納得できません)",
    "complaint": "says so",
    "refund": "wants the money back",
    "defective": "calls the goods faulty",
    "unacceptable": "does not accept what was done",
    "lawyer": "thinks of a lawsuit",
}
_COMPLAINT = re.compile(
    "|".join(rf"\b{word}s?\b" if word.isascii() else word for word in COMPLAINT_WORDS), re.IGNORECASE
)
# Ten times as fast as the above, which only what holds one of the words has to go through.
_MAY_COMPLAIN = re.compile("|".join(COMPLAINT_WORDS))
# Where these are the only wide characters, as in most Japanese mails, NFKC sees at a glance that nothing is left to do.
_WIDE = {chr(ord(narrow) + 0xFEE0): narrow for narrow in "0123456789!(),.:?~"} | {"\u3000": " "}
LONGEST_KEY = 200
# Mailboxes are read side by side: an answer in one may be decided before its question in another.
WAITING = timedelta(days=7)
# References kept of each mail: its root and its nearest ancestors (RFC 5322 §3.6.4 puts the nearest last).
KEPT_REFERENCES = 10

Values = dict[str, Any]


@dataclass(slots=True)
class Standing:
    """A ticket as a batch sees it; a reply changes it."""

    id: str
    serial: int
    title: str
    status: str
    priority: str
    customer: Values | None
    needs_review: bool = False
    changed: bool = False


@dataclass(slots=True)
class Desk:
    """What is known when a batch is decided; it grows as the batch goes on.

    ``placed``: mails on a ticket. ``mails``: thread key → tickets with that very mail. ``referring``: thread key →
    tickets with a mail that refers to it. ``serials``: number → ticket. ``participants``: (ticket, canonical address).
    """

    placed: set[str] = field(default_factory=set)
    mails: dict[str, list[str]] = field(default_factory=dict)
    referring: dict[str, list[str]] = field(default_factory=dict)
    serials: dict[int, str] = field(default_factory=dict)
    participants: set[tuple[str, str]] = field(default_factory=set)
    tickets: dict[str, Standing] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that may touch a ticket, with what it says of threads. ``keys``: nearest first."""

    event: Event
    own_key: str
    keys: list[str]
    claims: list[Claim]

    @property
    def mail(self) -> Values:
        """The mail block of the event."""
        mail: Values = self.event.data["mail"]
        return mail

    @property
    def sender(self) -> str:
        """The canonical address of who wrote."""
        return str(self.event.data["party"]["canonical"])


@dataclass(frozen=True, slots=True)
class Filed:
    """What a mail came to: the ticket it is on. ``opens``: it opened that ticket; ``joins``: its sender takes part.

    ``needs_review``: a person should look at the ticket, since nothing proves that the sender belongs to it.
    """

    arrival: Arrival
    ticket_id: str
    opens: bool
    joins: bool
    may_belong_to: str | None = None
    needs_review: bool = False


def mail_id(event: Event) -> str:
    """The mail a decision is about."""
    return str(event.data["mail"]["mail_message_id"])


def is_rematch(event: Event) -> bool:
    """Whether the decision replaces an earlier one of the same mail: it names a customer, it opens nothing."""
    decision = event.data["decision"]
    return bool(decision["rematch"]) or decision["revision"] > 1


def acts(event: Event) -> bool:
    """Whether tickets may act on a mail by themselves: a person wrote it, to a mailbox that does not only suggest."""
    mail = event.data["mail"]
    stays_out = mail["mailbox"]["policy"] != "automatic" or mail["direction"] != "incoming"
    return not stays_out and bool(mail["nature"] == "personal")


def arrival(event: Event, *, keys: Sequence[bytes]) -> Arrival | None:
    """The arrival that an event tells of; None where it cannot touch a ticket. ``keys`` sign tokens."""
    if not acts(event) or is_rematch(event):
        return None
    mail = event.data["mail"]
    threads = thread_keys(mail)
    named = claims(mail, event.data["personal"], keys=keys)
    own = thread_key(mail["message_id"] or "")
    support = mail["mailbox"]["purpose"] == "support"
    return Arrival(event, own, threads, named) if support or threads or named else None


def thread_key(message_id: str) -> str:
    """The form in which a Message-ID is looked up: without brackets, and short enough for an index."""
    bare = message_id.strip().strip("<>").strip()
    if len(bare.encode()) <= LONGEST_KEY:
        return bare
    return "sha256:" + hashlib.sha256(bare.encode()).hexdigest()


def thread_keys(mail: Mapping[str, Any]) -> list[str]:
    """The mails that a mail refers to, nearest first."""
    named = [mail["in_reply_to"] or "", *reversed(mail["references"])]
    return [key for key in dict.fromkeys(map(thread_key, named)) if key]


def kept_keys(keys: Sequence[str]) -> list[str]:
    """Those of a mail's references that are stored."""
    return [*keys[: KEPT_REFERENCES - 1], *keys[KEPT_REFERENCES - 1 :][-1:]]


def file_batch(arrivals: Iterable[Arrival], desk: Desk, *, new_id: Callable[[], str]) -> list[Filed]:
    """Decide a batch in order; mails of one thread land on one ticket, whichever comes first."""
    done: list[Filed] = []
    left, before = list(arrivals), -1
    # A reply may stand before its question in one batch: what came to nothing is asked again while others are filed.
    while len(done) > before:
        before = len(done)
        done += [filed for one in left if (filed := _file_noted(one, desk, new_id=new_id))]
        left = [one for one in left if mail_id(one.event) not in desk.placed]
    return done


def waiting(arrivals: Iterable[Arrival], desk: Desk) -> list[Arrival]:
    """The mails that came to nothing, but may be replies to a mail that is still to come."""
    return [one for one in arrivals if one.keys and mail_id(one.event) not in desk.placed]


def _file_noted(one: Arrival, desk: Desk, *, new_id: Callable[[], str]) -> Filed | None:
    filed = None if mail_id(one.event) in desk.placed else _file(one, desk, new_id=new_id)
    if filed:
        _take_note(filed, desk)
    return filed


def _file(one: Arrival, desk: Desk, *, new_id: Callable[[], str]) -> Filed | None:
    trusted = one.mail["authentic"] is not False and not one.mail["sender_ambiguous"]
    own = _own_ticket(one, desk)
    if own and trusted:
        belongs = _takes_part(one, own, desk)
        return Filed(one, own, opens=False, joins=belongs, needs_review=not belongs)
    # Who writes in a participant's name without proof is not passed over, whatever the mailbox: a person has to look.
    if own is None and one.mail["mailbox"]["purpose"] != "support":
        return None
    suspected = own or next(_named_tickets(one, desk), None)
    doubtful = not trusted or suspected is not None
    return Filed(one, new_id(), opens=True, joins=trusted, may_belong_to=suspected, needs_review=doubtful)


def _own_ticket(one: Arrival, desk: Desk) -> str | None:
    """The ticket that a mail belongs to: one that its sender takes part in, else one whose token we signed."""
    signed = [desk.serials[claim.serial] for claim in one.claims if claim.signed and claim.serial in desk.serials]
    named = (*signed, *_threaded_tickets(one, desk))
    return next((ticket for ticket in named if _takes_part(one, ticket, desk)), next(iter(signed), None))


def _takes_part(one: Arrival, ticket_id: str, desk: Desk) -> bool:
    """Whether the sender wrote on the ticket before, or is its customer, from whichever of his addresses.

    A token proves the thread and not the writer: with one forwarded mail anybody has it.
    """
    customer = one.event.data.get("match")
    is_customer = customer is not None and customer == desk.tickets[ticket_id].customer
    return is_customer or (ticket_id, one.sender) in desk.participants


def _named_tickets(one: Arrival, desk: Desk) -> Iterator[str]:
    """The tickets that a mail names without proof."""
    yield from (desk.serials[claim.serial] for claim in one.claims if claim.serial in desk.serials)
    yield from (ticket for key in one.keys for ticket in desk.mails.get(key, ()))


def _threaded_tickets(one: Arrival, desk: Desk) -> Iterator[str]:
    """By what a mail refers to, nearest first; then by what refers to it or to the same: answers may come first."""
    for key in one.keys:
        yield from desk.mails.get(key, ())
    for key in (one.own_key, *one.keys):
        yield from desk.referring.get(key, ()) if key else ()


def _take_note(filed: Filed, desk: Desk) -> None:
    one = filed.arrival
    desk.placed.add(mail_id(one.event))
    if filed.opens:
        desk.tickets[filed.ticket_id] = new_standing(filed)
    else:
        reply(desk.tickets[filed.ticket_id], complains(one.event.data["personal"]), needs_review=filed.needs_review)
    if filed.joins and one.sender:
        desk.participants.add((filed.ticket_id, one.sender))
    if one.own_key:
        desk.mails.setdefault(one.own_key, []).append(filed.ticket_id)
    for key in one.keys:
        desk.referring.setdefault(key, []).append(filed.ticket_id)


def new_standing(filed: Filed) -> Standing:
    """A new ticket; its number is given when the whole batch is decided."""
    data = filed.arrival.event.data
    priority = "High" if complains(data["personal"]) else "Normal"
    title, customer = title_of(data["personal"]), data.get("match")
    return Standing(filed.ticket_id, 0, title, OPEN, priority, customer, filed.needs_review)


def reply(ticket: Standing, complaint: bool, *, needs_review: bool) -> None:
    """What a reply does to its ticket: it is open again, and urgent where the customer complains.

    One that nothing shows to be a participant's is looked at; no reply ends the need for a look.
    """
    if ticket.status in REOPENED_BY_REPLY:
        ticket.status, ticket.changed = OPEN, True
    if complaint and ticket.priority in RAISED_BY_COMPLAINT:
        ticket.priority, ticket.changed = "High", True
    if needs_review and not ticket.needs_review:
        ticket.needs_review = ticket.changed = True


def complains(personal: Mapping[str, Any]) -> bool:
    """Whether a mail speaks like a complaint."""
    text = _normalized(f"{personal['subject']}\n{personal['excerpt']}")
    return bool(_MAY_COMPLAIN.search(text.lower()) and _COMPLAINT.search(text))


def _normalized(text: str) -> str:
    """The text in NFKC."""
    if text.isascii():
        return text
    for wide, narrow in _WIDE.items():
        text = text.replace(wide, narrow)
    return unicodedata.normalize("NFKC", text)


def title_of(personal: Mapping[str, Any]) -> str:
    """The subject; where there is none, the first line of the text."""
    first_line = next((line.strip() for line in personal["excerpt"].splitlines() if line.strip()), "")
    return str(personal["subject"]).strip() or first_line[:100] or "(no subject)"


def number(serial: int) -> str:
    """The number people see: TT1."""
    return f"TT{serial}"
