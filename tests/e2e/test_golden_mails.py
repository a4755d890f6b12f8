"""What becomes of each golden mail: from its bytes through the rules of all services, without broker and database.

`tests/mails/<trouble>.json` says it under ``becomes`` where it is not what becomes of any letter (LETTER): by what the
mailbox is for, and by whether the sender is a stranger or a customer. One text stands for all cases.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import MailMessageReceived
from contracts.base import Event
from mail_ingest_service import filing
from mail_ingest_service.parsing import parse
from matcher_service import decisions
from matcher_service.domain import decide, party_of
from services.history import domain as history
from services.leads import domain as leads
from services.tickets import domain as tickets
from services.tickets.tokens import key_from_secret

MAILS = Path(__file__).parent.parent / "mails"
TROUBLES = sorted(path.stem for path in MAILS.glob("*.eml"))
LETTER = {
    "sales": {"stranger": "lead", "customer": "history"},
    "support": {"stranger": "ticket", "customer": "ticket, history"},
}
CASES = [(purpose, who) for purpose, senders in LETTER.items() for who in senders]
CUSTOMER = {
    "kind": "contact",
    "id": new_id(),
    "rank": 1,
    "weak": False,
    "label": "田中 太郎",
    "organization_id": None,
    "explanation": "The address is his.",
}
# TT1 was opened by this mail; Tanaka takes part in it from both of his addresses.
QUESTION, PARTICIPANTS = "ticket-1@musubi.example", ("tanaka@abc.co.jp", "tanaka@elsewhere.example")
TICKET_KEY = key_from_secret("golden")


class Outbox:
    """Takes what a service says, as a transaction does."""

    def __init__(self) -> None:
        self.said: list[Event] = []

    def publish(self, contract: Any, *, subject: str, cause: Event | None, **data: Any) -> None:
        self.said.append(make_event(contract, subject=subject, **data))


def expected(trouble: str, purpose: str, who: str) -> str:
    said = json.loads((MAILS / f"{trouble}.json").read_text(encoding="utf-8")).get("becomes", LETTER)
    for key in (purpose, who):
        said = said[key] if isinstance(said, dict) else said
    return str(said)


def received(trouble: str, purpose: str) -> Event:
    """The mail as mail_ingest tells of it."""
    raw = (MAILS / f"{trouble}.eml").read_bytes()
    place = filing.Place(
        mailbox_id=new_id(),
        mailbox_name="窓口",
        purpose=purpose,
        policy="automatic",
        address="support@musubi.example",
        folder_id=new_id(),
        folder="INBOX",
        role="inbox",
        uidvalidity=1,
        size_limit=len(raw),
        authserv_ids=frozenset({"mail.musubi.example"}),
    )
    moment, parsed = datetime(2026, 11, 22, tzinfo=UTC), parse(raw).as_dict()
    mail = filing.filed(place, mail_message_id=new_id(), sha256=b"", size=len(raw), received_at=moment, parsed=parsed)
    return make_event(MailMessageReceived, **filing.received_data(place, mail))


def decided(received: Event, who: str) -> Event:
    """What the matcher says of its sender."""
    mail, personal = received.data["mail"], received.data["personal"]
    party, outbox = party_of(mail, personal), Outbox()
    outcome = decide(mail, party, candidates=[CUSTOMER] if who == "customer" and party.canonical else [], choice=None)
    row = {"id": new_id(), "revision": 1, "role": party.role, "party": party.stored(), "mail": mail}
    row |= {"mail_message_id": mail["mail_message_id"], "personal": personal, **decisions.columns_of(outcome)}
    decisions.announce(outbox, row, rematch=False, cause=received)
    [said] = outbox.said
    return said


def becomes(decision: Event) -> Iterator[str]:
    """What leads, tickets and history make of it."""
    yield from ("lead" for _ in leads.plan([decision], leads.Desk(), new_id=new_id).openings)
    yield from ticket_or_reply(decision)
    if history.places(history.word_of(decision)):
        yield "history"


def ticket_or_reply(decision: Event) -> Iterator[str]:
    desk = tickets.Desk(
        mails={QUESTION: ["first"]},
        serials={1: "first"},
        participants={("first", address) for address in PARTICIPANTS},
        tickets={"first": tickets.Standing("first", 1, "Order", tickets.OPEN, "Normal", None)},
    )
    arrival = tickets.arrival(decision, keys=[TICKET_KEY])
    for filed in tickets.file_batch([arrival] if arrival else [], desk, new_id=new_id):
        what = "ticket" if filed.opens else "reply"
        doubt = (" in doubt" if filed.opens else " to be looked at") if filed.needs_review else ""
        named = " that may be a reply" if filed.may_belong_to else ""
        yield what + doubt + named + (" (High)" if desk.tickets[filed.ticket_id].priority == "High" else "")


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_mail_becomes_what_its_sender_and_its_mailbox_mean(trouble):
    found = {case: ", ".join(becomes(decided(received(trouble, case[0]), case[1]))) or "nothing" for case in CASES}
    assert found == {case: expected(trouble, *case) for case in CASES}
