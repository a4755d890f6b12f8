"""A mail on a ticket stands with the ticket's customer, whoever wrote it."""

from itertools import permutations

import pytest

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import TicketOpened, TicketReplyReceived, TicketUpdated
from tests.services.decisions import contact, decision, mail_of
from tests.services.history.timelines import corrected, mails_of, revision_of, told
from tests.services.merges import a_moment_later, merged, unmerged


def facts(ticket_id, customer):
    return {"ticket_id": ticket_id, "number": "TT1", "status": "Open", "customer": customer}


def opened(ticket_id, customer, mail_id):
    told = {"title": "動きません", "priority": "High", "mail_message_id": mail_id}
    return make_event(TicketOpened, **facts(ticket_id, customer), **told)


def replied(ticket_id, customer, mail_id):
    return make_event(TicketReplyReceived, **facts(ticket_id, customer), mail_message_id=mail_id)


def updated(ticket_id, customer):
    return make_event(TicketUpdated, **facts(ticket_id, customer), title="動きません", priority="High")


def mails_counted(history, record):
    found = history.entries(**record, kinds=["mail"], counted=True)
    assert (found["count"], found["exact"]) == (len(found["items"]), True)
    return [entry["mail_message_id"] for entry in found["items"]]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_stranger_s_mail_on_a_ticket_stands_once_with_its_customer_in_whatever_order(history, order):
    ticket, first, second = new_id(), contact(), contact()
    foreign = decision(party=("同僚", "colleague@abc.co.jp"))
    mail = mail_of(foreign)
    events = [
        (history.on_sender_decided, foreign),
        (history.on_ticket_event, replied(ticket, first, mail)),
        (history.on_ticket_event, updated(ticket, second)),
    ]
    for index in order:
        hear, event = events[index]
        hear([event])
    before = told(history)
    for hear, event in events:
        hear([event])
    assert (mails_counted(history, first), mails_counted(history, second)) == ([], [mail])
    [entry] = history.entries(**second, kinds=["mail"])["items"]
    assert (entry["ticket_id"], entry["by_person"]) == (ticket, False)
    assert entry["summary"]["party"] == {"name": "同僚", "address": "colleague@abc.co.jp"}
    assert told(history) == before


@pytest.mark.parametrize("ticket_first", [True, False])
def test_a_mail_of_the_customer_stands_once_and_stays_for_its_ticket_when_the_sender_is_another(history, ticket_first):
    ticket, customer, other = new_id(), contact(), contact()
    own = decision(match=customer)
    mail = mail_of(own)
    events = [(history.on_ticket_event, opened(ticket, customer, mail)), (history.on_sender_decided, own)]
    for hear, event in events if ticket_first else reversed(events):
        hear([event])
    assert mails_counted(history, customer) == [mail]
    [entry] = history.entries(**customer, kinds=["mail"])["items"]
    assert entry["ticket_id"] is None
    history.on_sender_decided([revision_of(own, 2, other)])
    assert (mails_counted(history, customer), mails_counted(history, other)) == ([mail], [mail])
    [entry] = history.entries(**customer, kinds=["mail"])["items"]
    assert entry["ticket_id"] == ticket
    history.on_ticket_event([updated(ticket, other)])
    assert (mails_counted(history, customer), mails_counted(history, other)) == ([], [mail])
    history.on_ticket_event([updated(ticket, None)])
    assert mails_counted(history, other) == [mail]


def test_a_mail_that_turns_out_to_be_the_customer_s_stays_his_when_the_ticket_goes_elsewhere(history):
    ticket, customer, other = new_id(), contact(), contact()
    one = decision()
    history.on_sender_decided([one])
    history.on_ticket_event([opened(ticket, customer, mail_of(one))])
    count = len(told(history))
    history.on_sender_decided([revision_of(one, 2, customer)])
    [entry] = history.entries(**customer, kinds=["mail"])["items"]
    assert (entry["ticket_id"], len(told(history))) == (None, count)
    history.on_ticket_event([updated(ticket, other)])
    assert (mails_counted(history, customer), mails_counted(history, other)) == ([mail_of(one)], [mail_of(one)])


@pytest.mark.parametrize("doubt", [{"authentic": False}, {"sender_ambiguous": True}])
@pytest.mark.parametrize("ticket_first", [True, False])
def test_what_may_be_forged_never_stands_with_the_customer_until_a_person_says_who_wrote_it(
    history, doubt, ticket_first
):
    ticket, customer, other = new_id(), contact(), contact()
    forged = decision(reason="sender_ambiguous", **doubt)
    mail = mail_of(forged)
    events = [(history.on_ticket_event, opened(ticket, None, mail)), (history.on_sender_decided, forged)]
    for hear, event in events if ticket_first else reversed(events):
        hear([event])
    history.on_ticket_event([updated(ticket, customer)])
    assert mails_counted(history, customer) == []
    history.on_match_corrected(corrected(forged, other))
    assert (mails_counted(history, customer), mails_counted(history, other)) == ([mail], [mail])
    history.on_match_corrected(corrected(forged, None))
    assert (mails_counted(history, customer), mails_counted(history, other)) == ([], [])


def test_what_a_person_took_off_or_put_there_outlasts_the_ticket(history):
    ticket, customer, other = new_id(), contact(), contact()
    off, on = decision(), decision()
    history.on_sender_decided([off, on])
    history.on_ticket_event([opened(ticket, customer, mail_of(off)), replied(ticket, customer, mail_of(on))])
    history.unlink_mail(record=customer, mail_message_id=mail_of(off))
    history.link_mail(record=customer, mail_message_id=mail_of(on))
    history.on_ticket_event([updated(ticket, other)])
    assert mails_counted(history, customer) == [mail_of(on)]
    assert sorted(mails_counted(history, other)) == sorted([mail_of(off), mail_of(on)])
    history.on_ticket_event([updated(ticket, customer)])
    assert (mails_counted(history, customer), mails_counted(history, other)) == ([mail_of(on)], [])


def test_it_goes_along_with_a_merge_told_once_and_comes_back_with_its_ticket(history):
    ticket, old, survivor = new_id(), contact(), contact()
    one = decision(party=("同僚", "colleague@abc.co.jp"))
    history.on_sender_decided([one])
    history.on_ticket_event([opened(ticket, old, mail_of(one))])
    merge, since = merged(old, survivor), a_moment_later()
    history.on_record_event(merge)
    count = len(told(history))
    history.on_ticket_event([updated(ticket, survivor)])
    # The ticket's change is told, its mail stood there before.
    assert (mails_counted(history, survivor), len(told(history)) - count) == ([mail_of(one)], 1)
    history.on_record_event(unmerged(merge, since=since))
    history.on_ticket_event([updated(ticket, old)])
    assert (mails_counted(history, old), mails_counted(history, survivor)) == ([mail_of(one)], [])


def test_a_mail_given_back_by_its_address_stays_with_the_customer_of_its_ticket(history):
    ticket, old, survivor = new_id(), contact(), contact()
    one = decision(party=("旧姓", "old@abc.co.jp"))
    history.on_sender_decided([one])
    merge, since = merged(old, survivor), a_moment_later()
    history.on_record_event(merge)
    history.on_ticket_event([opened(ticket, survivor, mail_of(one))])
    history.link_mail(record=survivor, mail_message_id=mail_of(one))
    history.on_record_event(unmerged(merge, "old@abc.co.jp", since=since))
    assert (mails_counted(history, old), mails_counted(history, survivor)) == ([mail_of(one)], [mail_of(one)])


def test_an_organization_s_timeline_has_the_mail_of_its_person_s_ticket_once(history):
    ticket, firm, person = new_id(), {"kind": "organization", "id": new_id()}, contact()
    one = decision(match=firm)
    history.on_sender_decided([one])
    history.on_ticket_event([opened(ticket, person, mail_of(one))])
    found = history.entries(**firm, people=[person["id"]], kinds=["mail"], counted=True)
    assert ([entry["mail_message_id"] for entry in found["items"]], found["count"]) == ([mail_of(one)], 1)
    assert mails_of(history, person) == [mail_of(one)]


def test_a_mail_that_a_person_puts_on_a_ticket_stands_with_its_customer_until_it_is_taken_off(history):
    ticket, customer = {"kind": "ticket", "id": new_id()}, contact()
    one, came_in = decision(), decision()
    history.on_sender_decided([one, came_in])
    history.on_ticket_event([opened(ticket["id"], customer, mail_of(came_in))])
    for mail in (mail_of(one), mail_of(came_in)):
        history.link_mail(record=ticket, mail_message_id=mail)
    assert sorted(mails_counted(history, customer)) == sorted([mail_of(one), mail_of(came_in)])
    for mail in (mail_of(one), mail_of(came_in)):
        history.unlink_mail(record=ticket, mail_message_id=mail)
    assert mails_counted(history, customer) == [mail_of(came_in)]
