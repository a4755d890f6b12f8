"""The one line that tells what became of a mail."""

from typing import Any

from contracts.base import Event
from demo.story import Line, Storyteller

MAIL = "mail-1"
PERSONAL = {"subject": "お見積りのお願い", "sender": [{"name": "田中 太郎", "address": "tanaka@abc.co.jp"}]}


def event(type: str, **data: Any) -> Event:
    return Event("e", f"{type}.v1", "s", MAIL, "t", "c", None, data)


def teller() -> Storyteller:
    return Storyteller(lead_number=lambda id: f"LEA of {id}", describe=lambda id: ("図面", "髙松"))


def received() -> Event:
    return event("mail_message.received", mail={"mail_message_id": MAIL}, personal=PERSONAL)


def unmatched(reason: str, *, nature: str = "personal", direction: str = "incoming") -> Event:
    mail = {"mail_message_id": MAIL, "nature": nature, "direction": direction}
    return event("sender.unmatched", mail=mail, reason=reason, personal=PERSONAL)


def matched(label: str = "田中 太郎") -> Event:
    party = {"label": label, "address": "a@b.example"}
    return event("sender.matched", mail={"mail_message_id": MAIL}, party=party, personal=PERSONAL)


def filed(kind: str = "contact") -> Event:
    record = {"kind": kind, "id": "r"}
    return event("history_entry.added", mail_message_id=MAIL, kind="mail", record=record)


def told(*events: Event) -> list[Line]:
    storyteller = teller()
    for each in events:
        storyteller.take(each, 0.0)
    return storyteller.settled(10.0)


def outcome(*events: Event) -> str:
    [line] = told(*events)
    return line.outcome


def test_a_line_says_subject_sender_and_what_became_of_the_mail():
    lead = event("lead.opened", mail_message_id=MAIL, lead_id="l", number="LEA3")
    assert told(received(), unmatched("unknown"), lead) == [Line("お見積りのお願い", "田中 太郎", "lead LEA3", "lead")]


def test_a_mail_that_came_before_we_listened_is_named_by_what_is_decided_of_it_now():
    assert told(matched(), filed()) == [Line("お見積りのお願い", "田中 太郎", "history of 田中 太郎", "history")]


def test_nothing_is_told_before_a_mail_has_come_to_rest():
    storyteller = teller()
    storyteller.take(received(), 0.0)
    storyteller.take(unmatched("several_candidates"), 5.0)
    assert storyteller.settled(5.5) == []
    assert len(storyteller.settled(6.5)) == 1


def test_a_mail_is_told_once_and_again_when_more_becomes_of_it():
    storyteller = teller()
    storyteller.take(received(), 0.0)
    storyteller.take(unmatched("unknown"), 0.0)
    assert [line.kind for line in storyteller.settled(2.0)] == ["nothing"]
    assert storyteller.settled(3.0) == []
    storyteller.take(matched(), 4.0)
    storyteller.take(filed(), 4.0)
    assert [(line.outcome, line.again) for line in storyteller.settled(6.0)] == [("history of 田中 太郎", True)]


def test_a_ticket_comes_before_the_history_it_is_in_as_well():
    ticket = event("ticket.opened", mail_message_id=MAIL, number="TT2", priority="High")
    assert outcome(received(), matched(), filed(), ticket) == "ticket TT2 (High), history of 田中 太郎"


def test_a_reply_names_its_ticket():
    assert (
        outcome(received(), event("ticket.reply_received", mail_message_id=MAIL, number="TT2")) == "reply on ticket TT2"
    )


def test_a_lead_s_own_history_goes_without_saying():
    lead = event("lead.mail_joined", mail_message_id=MAIL, lead_id="7")
    assert outcome(received(), matched(), filed("lead"), lead) == "joins lead LEA of 7"


def test_a_newsletter_is_nothing_and_the_line_says_why():
    assert outcome(received(), unmatched("machine", nature="bulk")) == "nothing: a newsletter or advertising"


def test_a_mail_of_our_own_to_a_stranger_is_nothing():
    assert outcome(received(), unmatched("unknown", direction="outgoing")) == "nothing: sent to somebody nobody knows"


def test_a_quarantined_mail_is_told_with_its_reason_and_what_could_be_read_of_it():
    quarantined = event("mail_message.quarantined", mail_message_id=MAIL, reason="The mail is empty.")
    assert told(quarantined) == [Line("図面", "髙松", "quarantine: The mail is empty.", "quarantine")]


def test_events_about_no_mail_are_passed_over():
    assert told(event("ticket.opened", mail_message_id=None, number="TT1", priority="Low")) == []
