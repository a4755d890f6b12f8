from itertools import permutations

import pytest

from chassis.ids import new_id
from chassis.testing import make_event, published
from contracts import TicketOpened, TicketReplyReceived, TicketUpdated
from contracts.errors import Invalid, NotFound
from tests.services.decisions import contact, decision, mail_of
from tests.services.history.timelines import MARUYAMA, mails_of, revision_of, timeline, told
from tests.services.merges import merged


def test_a_link_by_hand_is_never_undone_by_a_rematch(history):
    chosen, guessed = contact(), contact()
    one = decision(match=chosen)
    history.on_sender_decided([one])
    linked = history.link_mail(record=chosen, mail_message_id=mail_of(one), actor=MARUYAMA)
    history.on_sender_decided([revision_of(one, 2, guessed)])
    history.on_sender_decided([revision_of(one, 3)])

    assert linked["by_person"] is True
    assert mails_of(history, chosen) == [mail_of(one)]
    assert timeline(history, guessed) == []
    assert len(told(history)) == 2


def test_an_unlink_by_hand_is_never_undone_by_a_rematch(history):
    known = contact()
    one = decision(match=known)
    history.on_sender_decided([one])
    history.unlink_mail(record=known, mail_message_id=mail_of(one))
    history.on_sender_decided([revision_of(one, 2, known)])
    assert timeline(history, known) == []
    with pytest.raises(NotFound):
        history.unlink_mail(record=known, mail_message_id=mail_of(one))
    told = [history.link_mail(record=known, mail_message_id=mail_of(one))["added"] for _ in range(2)]
    assert (told, mails_of(history, known)) == ([True, False], [mail_of(one)])


def test_a_mail_is_linked_once_and_from_what_the_caller_tells_of_it(history):
    known, mail_id = contact(), new_id()
    with pytest.raises(Invalid, match="not told of this mail"):
        history.link_mail(record=known, mail_message_id=mail_id)
    facts = {"title": "名刺交換", "happened_at": "2026-11-20T09:00:00Z", "summary": {"excerpt": "先日は…"}}
    for key in ("a", "a", "b"):
        history.link_mail(record=known, mail_message_id=mail_id, facts=facts, idempotency_key=key)
    history.on_sender_decided([decision(mail_id=mail_id, match=known, policy="suggest")])

    [entry] = timeline(history, known)
    assert (entry["by_person"], len(told(history))) == (True, 1)


def test_a_mail_on_both_timelines_stands_once_after_the_merge_and_stays_linked_by_hand(history):
    old, survivor = contact(), contact()
    one = decision(match=survivor)
    history.on_sender_decided([one])
    history.link_mail(record=old, mail_message_id=mail_of(one))
    history.on_record_event(merged(old, survivor))
    history.on_sender_decided([revision_of(one, 2)])
    assert mails_of(history, survivor) == [mail_of(one)]


def ticket_facts(ticket_id, customer, status="Open"):
    facts = {"title": "動きません", "status": status, "priority": "High", "number": "TT1", "customer": customer}
    return {"ticket_id": ticket_id, **facts}


def ticket_events(ticket_id, first, second):
    reply = {name: ticket_facts(ticket_id, first)[name] for name in ("ticket_id", "number", "status", "customer")}
    return [
        make_event(TicketOpened, mail_message_id=new_id(), **ticket_facts(ticket_id, first)),
        make_event(TicketReplyReceived, mail_message_id=new_id(), **reply),
        make_event(TicketUpdated, **ticket_facts(ticket_id, second, status="Closed")),
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("first_known", [True, False])
def test_a_ticket_stands_on_its_own_timeline_and_its_last_customers_in_whatever_order(history, order, first_known):
    ticket, first, second = {"kind": "ticket", "id": new_id()}, contact(), contact()
    events = ticket_events(ticket["id"], first if first_known else None, second)
    for index in order:
        history.on_ticket_event([events[index]])
    history.on_ticket_event(events)

    own = [entry["summary"]["event"] for entry in timeline(history, ticket)]
    assert own == ["ticket.updated.v1", "ticket.reply_received.v1", "ticket.opened.v1"]
    shown = [(entry["title"], entry["summary"]["event"]) for entry in timeline(history, second)]
    assert shown == [("動きません", "ticket.updated.v1"), ("動きません", "ticket.opened.v1")]
    assert timeline(history, first) == []


def test_the_tickets_of_a_merged_contact_go_along(history):
    ticket_id, old, survivor = new_id(), contact(), contact()
    opened, _, updated = ticket_events(ticket_id, old, old)
    history.on_ticket_event([opened])
    history.on_record_event(merged(old, survivor))
    history.on_ticket_event([updated])
    assert [entry["kind"] for entry in timeline(history, survivor) if entry["kind"] == "ticket"] == ["ticket", "ticket"]


def test_a_comment_is_written_once_told_and_shown(history):
    known, mail_id = contact(), new_id()
    written = {"record": known, "text": " 折り返し電話 ", "mail_message_id": mail_id, "actor": MARUYAMA}
    answers = [history.add_comment(**written, idempotency_key="once") for _ in range(2)]

    assert answers[0] == answers[1]
    assert (answers[0]["text"], answers[0]["author_name"], answers[0]["mail_message_id"]) == (
        "折り返し電話",
        "丸山",
        mail_id,
    )
    assert [event.type for event in published(history.db)] == ["comment.added.v1", "history_entry.added.v1"]
    assert history.comments(**known)["items"] == [answers[0]]
    assert timeline(history, known)[0]["summary"]["text"] == "折り返し電話"


@pytest.mark.parametrize(
    "facts",
    [
        {"title": "a\x00b", "happened_at": "2026-11-20T09:00:00Z"},
        {"title": "件名"},
        {"title": "件名", "happened_at": "0001-01-01T00:00:00+14:00"},
        {"title": "件名", "happened_at": "2026-11-20T09:00:00Z", "summary": {"excerpt": "長" * 30_000}},
        [],
    ],
    ids=["NUL", "no time", "no such year", "too long", "a list"],
)
def test_facts_of_a_mail_that_cannot_be_are_refused(history, facts):
    with pytest.raises(Invalid, match="cannot be used"):
        history.link_mail(record=contact(), mail_message_id=new_id(), facts=facts)


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "長" * 2_001, None])
def test_a_comment_without_text_or_without_end_is_refused(history, text):
    with pytest.raises(Invalid):
        history.add_comment(record=contact(), text=text)


@pytest.mark.parametrize("record", [{"kind": "invoice", "id": new_id()}, {"kind": "contact", "id": "7"}, {}, None])
def test_what_is_no_record_has_no_history(history, record):
    with pytest.raises(Invalid, match="not one that has a history"):
        history.add_comment(record=record, text="…")


def test_a_timeline_is_read_newest_first_page_by_page(history):
    known = contact()
    hours = [f"2026-11-22T{hour:02}:00:00.000000Z" for hour in (9, 11, 10, 11)]
    history.on_sender_decided([decision(match=known, received_at=hour) for hour in hours])
    pages: list[str] = []
    cursor = None
    while not pages or cursor:
        page = history.entries(**known, limit=1, cursor=cursor)
        pages += [entry["happened_at"] for entry in page["items"]]
        cursor = page["next"]
    assert pages == sorted(hours, reverse=True)
    with pytest.raises(Invalid):
        history.entries(**known, cursor="nonsense")
