import threading
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.testing import published
from tests.services.decisions import contact, decision, mail_of
from tests.services.tickets.mails import COLLEAGUE, CUSTOMER, all_tickets, answer_to, mails_on, support, told


def test_a_mail_at_a_support_mailbox_opens_a_ticket_with_what_it_tells(tickets):
    known = contact()
    organization = new_id()
    event = support(match=known, organization_id=organization, subject="動きません", excerpt="電源が入りません。")
    tickets.on_sender_decided([event])

    [ticket] = all_tickets(tickets)
    assert (ticket["number"], ticket["title"], ticket["description"]) == ("TT1", "動きません", "電源が入りません。")
    assert (ticket["status"], ticket["priority"], ticket["needs_review"]) == ("Open", "Normal", False)
    assert (ticket["customer"], ticket["organization_id"]) == (known, organization)
    assert (ticket["requester_name"], ticket["requester_address"]) == CUSTOMER
    [opened] = published(tickets.db)
    assert (opened.type, opened.causation_id, opened.data["customer"]) == ("ticket.opened.v1", event.id, known)


def test_an_unknown_sender_at_support_gets_a_ticket_without_customer(tickets):
    tickets.on_sender_decided([support()])
    [ticket] = all_tickets(tickets)
    assert ticket["customer"] is None


@pytest.mark.parametrize(
    "other",
    [
        {"policy": "suggest"},
        {"purpose": "sales"},
        {"direction": "outgoing"},
        {"nature": "auto_reply"},
        {"nature": "bounce"},
        {"nature": "list"},
        {"nature": "bulk"},
        {"revision": 2},
    ],
    ids=str,
)
def test_no_ticket_is_opened_by_any_other_mail(tickets, other):
    tickets.on_sender_decided([support(**other)])
    assert (all_tickets(tickets), told(tickets)) == ([], [])


def test_a_complaint_has_priority_high(tickets):
    tickets.on_sender_decided([support(subject="クレーム：届いた商品について")])
    [ticket] = all_tickets(tickets)
    assert ticket["priority"] == "High"


@pytest.mark.parametrize("purpose", ["support", "sales", "personal"])
def test_a_reply_by_reference_of_a_participant_lands_on_its_ticket_whatever_the_mailbox_is_for(tickets, purpose):
    first = support(message_id="<first@kaisha.example.jp>")
    reply = answer_to(first, purpose=purpose)
    tickets.on_sender_decided([first])
    tickets.on_sender_decided([reply])

    [ticket] = all_tickets(tickets)
    assert mails_on(tickets, ticket) == {mail_of(first), mail_of(reply)}
    assert told(tickets) == ["ticket.opened.v1", "ticket.reply_received.v1"]


@pytest.mark.parametrize("order", ["in order", "answer first"])
@pytest.mark.parametrize("purpose", ["support", "sales"])
def test_mails_of_one_thread_in_one_batch_or_out_of_order_land_on_one_ticket(tickets, order, purpose):
    first = support(message_id="<first@kaisha.example.jp>")
    second = answer_to(first, purpose=purpose, message_id="<second@kaisha.example.jp>")
    third = answer_to(second, purpose=purpose)
    if order == "in order":
        tickets.on_sender_decided([first, second, third])
    else:
        for event in (third, second, first):
            tickets.on_sender_decided([event])

    [ticket] = all_tickets(tickets)
    assert mails_on(tickets, ticket) == {mail_of(first), mail_of(second), mail_of(third)}


def test_answers_that_come_before_their_question_land_on_one_ticket_with_it(tickets):
    first = support(message_id="<first@kaisha.example.jp>")
    answers = [answer_to(first, purpose="support") for _ in range(2)]
    for event in (*answers, first):
        tickets.on_sender_decided([event])
    [ticket] = all_tickets(tickets)
    assert mails_on(tickets, ticket) == {mail_of(event) for event in (first, *answers)}


def test_an_answer_to_our_own_mail_that_comes_before_the_question_lands_on_its_ticket(tickets):
    """Our mails are on no ticket, so the nearest reference never comes; the question does."""
    first = support(message_id="<first@kaisha.example.jp>")
    ours = "<ours@musubi.example>"
    answer = decision(party=CUSTOMER, purpose="sales", in_reply_to=ours, references=["<first@kaisha.example.jp>", ours])
    tickets.on_sender_decided([answer])
    tickets.on_sender_decided([first])
    [ticket] = all_tickets(tickets)
    assert mails_on(tickets, ticket) == {mail_of(first), mail_of(answer)}


@pytest.mark.parametrize("together", [True, False])
def test_customers_who_answer_one_circular_have_nothing_to_do_with_each_other(tickets, together):
    circular = "<news@musubi.example>"
    events = [support(party=party, in_reply_to=circular) for party in (CUSTOMER, COLLEAGUE)]
    for batch in [events] if together else [[event] for event in events]:
        tickets.on_sender_decided(batch)
    assert [ticket["may_belong_to"] for ticket in all_tickets(tickets)] == [None, None]


def test_a_reply_by_reference_of_a_stranger_opens_a_ticket_of_its_own_that_says_where_it_may_belong(tickets):
    first = support(message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([first, answer_to(first, party=COLLEAGUE, purpose="support")])

    stranger, original = all_tickets(tickets)
    assert (stranger["may_belong_to"], stranger["needs_review"]) == (original["id"], True)
    assert mails_on(tickets, original) == {mail_of(first)}


def test_a_stranger_who_refers_to_a_ticket_from_a_sales_mailbox_is_not_our_business(tickets):
    first = support(message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([first, answer_to(first, party=COLLEAGUE, purpose="sales")])
    assert len(all_tickets(tickets)) == 1


@pytest.mark.parametrize("place", ["subject", "recipients", "references"])
def test_a_mail_with_a_signed_token_is_on_its_ticket_whoever_wrote_it(tickets, place):
    tickets.on_sender_decided([support()])
    [ticket] = all_tickets(tickets)
    token = tickets.reply_token(id=ticket["id"])
    places: dict[str, Any] = {
        "subject": f"Re: [#{token}] 動きません",
        "recipients": (f"desk+{token.lower()}@musubi.example",),
        "references": [f"<{token.lower()}.0193@musubi.example>"],
    }
    tickets.on_sender_decided([decision(party=COLLEAGUE, purpose="general", **{place: places[place]})])

    assert len(all_tickets(tickets)) == 1
    assert len(mails_on(tickets, ticket)) == 2


def with_token(tickets, ticket, **given):
    """A mail that bears the token of a ticket and refers to no mail on it."""
    return support(subject=f"[#{tickets.reply_token(id=ticket['id'])}]", **given)


def test_a_token_alone_puts_the_mail_before_a_person_and_makes_its_sender_no_participant(tickets):
    tickets.on_sender_decided([support()])
    [ticket] = all_tickets(tickets)
    forwarded = with_token(tickets, ticket, party=COLLEAGUE, message_id="<forwarded@elsewhere.example>")
    tickets.on_sender_decided([forwarded])

    looked_at = tickets.ticket(id=ticket["id"])
    assert looked_at["needs_review"]
    assert told(tickets)[-2:] == ["ticket.reply_received.v1", "ticket.updated.v1"]
    tickets.update_ticket(id=ticket["id"], data={"needs_review": False}, version=looked_at["version"])

    without_token = answer_to(forwarded, party=COLLEAGUE, purpose="support")
    tickets.on_sender_decided([without_token])
    another = all_tickets(tickets)[0]
    assert mails_on(tickets, another) == {mail_of(without_token)}
    assert (another["may_belong_to"], another["needs_review"]) == (ticket["id"], True)

    tickets.on_sender_decided([with_token(tickets, ticket, party=COLLEAGUE)])
    assert tickets.ticket(id=ticket["id"])["needs_review"]


def test_the_mail_of_a_participant_needs_no_look_and_ends_no_need_for_one(tickets):
    tickets.on_sender_decided([support()])
    [ticket] = all_tickets(tickets)
    tickets.on_sender_decided([with_token(tickets, ticket)])
    assert not tickets.ticket(id=ticket["id"])["needs_review"]

    tickets.on_sender_decided([with_token(tickets, ticket, party=COLLEAGUE), with_token(tickets, ticket)])
    assert tickets.ticket(id=ticket["id"])["needs_review"]
    assert len(mails_on(tickets, ticket)) == 4


def test_the_customer_takes_part_from_another_address_of_his(tickets):
    customer = contact()
    first = support(match=customer, message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([first])
    [ticket] = all_tickets(tickets)
    private = ("鈴木 次郎", "jiro.suzuki@private.example.jp")
    tickets.on_sender_decided([with_token(tickets, ticket, party=private, match=customer)])
    tickets.on_sender_decided([answer_to(first, party=private, match=None, purpose="support")])

    [ticket] = all_tickets(tickets)
    assert not ticket["needs_review"]
    assert len(mails_on(tickets, ticket)) == 3


def test_where_a_mail_names_two_tickets_the_one_that_its_sender_takes_part_in_is_his(tickets):
    first = support(message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([support(party=COLLEAGUE), first])
    his, of_a_colleague = all_tickets(tickets)
    token = tickets.reply_token(id=of_a_colleague["id"])
    tickets.on_sender_decided([answer_to(first, subject=f"[#{token}]")])

    assert len(mails_on(tickets, his)) == 2
    assert not tickets.ticket(id=of_a_colleague["id"])["needs_review"]


def test_a_forged_token_opens_a_ticket_that_waits_for_a_person(tickets):
    tickets.on_sender_decided([support()])
    [original] = all_tickets(tickets)
    tickets.on_sender_decided([support(party=COLLEAGUE, subject="Re: [#TT1.aaaaaaaaaaaaaaaa] 動きません")])

    forged = all_tickets(tickets)[0]
    assert (forged["may_belong_to"], forged["needs_review"]) == (original["id"], True)
    assert len(mails_on(tickets, original)) == 1


@pytest.mark.parametrize("doubt", [{"authentic": False}, {"sender_ambiguous": True, "reason": "sender_ambiguous"}])
@pytest.mark.parametrize("purpose", ["support", "sales"])
def test_who_may_not_be_who_he_says_never_joins_by_himself(tickets, doubt, purpose):
    first = support(message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([first])
    [original] = all_tickets(tickets)
    token = tickets.reply_token(id=original["id"])
    tickets.on_sender_decided([answer_to(first, purpose=purpose, subject=f"[#{token}]", **doubt)])

    doubtful = all_tickets(tickets)[0]
    assert (doubtful["may_belong_to"], doubtful["needs_review"]) == (original["id"], True)
    assert mails_on(tickets, original) == {mail_of(first)}


def test_who_was_not_proved_takes_part_in_nothing(tickets):
    first = support(message_id="<first@kaisha.example.jp>", authentic=False)
    tickets.on_sender_decided([first])
    tickets.on_sender_decided([answer_to(first, purpose="support")])
    assert [ticket["needs_review"] for ticket in all_tickets(tickets)] == [True, True]


@pytest.mark.parametrize("status", ["Closed", "Wait For Response"])
def test_a_reply_opens_its_ticket_again(tickets, status):
    first = support(message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([first])
    [ticket] = all_tickets(tickets)
    tickets.update_ticket(id=ticket["id"], data={"status": status}, version=1)
    tickets.on_sender_decided([answer_to(first, excerpt="まだ直りません。返金してください。")])

    [ticket] = all_tickets(tickets)
    assert (ticket["status"], ticket["priority"], ticket["version"]) == ("Open", "High", 3)
    *_, reply, update = published(tickets.db)
    assert (reply.type, reply.data["status"]) == ("ticket.reply_received.v1", "Open")
    assert (update.type, update.data["priority"]) == ("ticket.updated.v1", "High")


def test_a_reply_to_a_ticket_in_progress_leaves_its_status(tickets):
    first = support(message_id="<first@kaisha.example.jp>")
    tickets.on_sender_decided([first])
    [ticket] = all_tickets(tickets)
    tickets.update_ticket(id=ticket["id"], data={"status": "In Progress", "priority": "Urgent"}, version=1)
    tickets.on_sender_decided([answer_to(first, excerpt="苦情です")])
    [ticket] = all_tickets(tickets)
    assert (ticket["status"], ticket["priority"], ticket["version"]) == ("In Progress", "Urgent", 2)


def test_events_delivered_three_times_and_out_of_order_have_one_effect(tickets):
    first = support(message_id="<first@kaisha.example.jp>")
    events = [first, answer_to(first), support(party=COLLEAGUE)]
    for delivery in (events[1:], events[::-1], events + events):
        tickets.on_sender_decided(delivery)

    assert sorted(len(mails_on(tickets, ticket)) for ticket in all_tickets(tickets)) == [1, 2]
    assert [ticket["number"] for ticket in all_tickets(tickets)] == ["TT2", "TT1"]
    assert len(told(tickets)) == 3


def test_replicas_that_handle_a_thread_at_the_same_time_open_one_ticket(tickets):
    first = support(message_id="<0@kaisha.example.jp>")
    events = [first, *(answer_to(first, message_id=f"<{n}@kaisha.example.jp>", purpose="support") for n in range(1, 8))]
    together = threading.Barrier(len(events))

    def handle(event):
        together.wait()
        tickets.on_sender_decided([event])

    threads = [threading.Thread(target=handle, args=(event,)) for event in events]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    [ticket] = all_tickets(tickets)
    assert mails_on(tickets, ticket) == {mail_of(event) for event in events}
