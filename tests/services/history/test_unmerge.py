"""Timelines of records that were merged are one, and are two again when the records are taken apart."""

from itertools import permutations

import pytest

from chassis import clock
from contracts.errors import NotFound
from tests.services.decisions import contact, decision, mail_of
from tests.services.history.timelines import MARUYAMA, corrected, mails_of, revision_of, timeline, told
from tests.services.merges import a_moment_later, merged, unmerged

HIS = ("田仲", "Tanaka@Old.example")
HERS = ("田中", "tanaka@abc.example")


def comments_of(history, record):
    return [comment["text"] for comment in history.comments(**record)["items"]]


def linked_by_hand(history, record, party=HIS):
    """A mail that a person puts on a timeline."""
    mail = decision(party=party, policy="suggest")
    history.on_sender_decided([mail])
    history.link_mail(record=record, mail_message_id=mail_of(mail), actor=MARUYAMA)
    return mail_of(mail)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_what_was_ones_own_and_what_came_with_ones_address_goes_back_in_whatever_order(history, order):
    old, survivor = contact(), contact()
    early, own = decision(match=old, party=HIS), decision(match=survivor, party=HERS)
    history.on_sender_decided([early, own])
    history.add_comment(record=old, text="値引きの約束", actor=MARUYAMA)
    before = linked_by_hand(history, survivor)
    since = a_moment_later()
    between, hers = linked_by_hand(history, survivor), linked_by_hand(history, survivor, HERS)
    history.add_comment(record=survivor, text="こちらの話", actor=MARUYAMA)
    history.add_comment(record=survivor, text="そちらの話", mail_message_id=between, actor=MARUYAMA)
    merge = merged(old, survivor)
    steps = [
        lambda: history.on_record_event(merge),
        lambda: history.on_sender_decided([revision_of(early, 2, survivor, party=HIS)]),
        lambda: history.on_record_event(unmerged(merge, "tanaka@old.example", since=since)),
        lambda: history.on_sender_decided([revision_of(early, 3, old, party=HIS)]),
    ]
    for index in order:
        steps[index]()
    assert set(mails_of(history, old)) == {mail_of(early), between}
    assert set(mails_of(history, survivor)) == {mail_of(own), before, hers}
    assert sorted(comments_of(history, old)) == sorted(["値引きの約束", "そちらの話"])
    assert comments_of(history, survivor) == ["こちらの話"]
    shown = [entry["summary"]["text"] for entry in timeline(history, old) if entry["kind"] == "comment"]
    assert sorted(shown) == sorted(comments_of(history, old))


def test_while_they_are_one_both_are_read_as_the_survivor_once_and_page_by_page(history):
    old, survivor = contact(), contact()
    mails = [
        decision(match=who, received_at=f"2026-11-22T09:{minute:02}:00.000000Z")
        for minute, who in enumerate([old, survivor] * 5)
    ]
    history.on_sender_decided(mails)
    for mail in mails[::2][:3]:
        history.link_mail(record=survivor, mail_message_id=mail_of(mail), actor=MARUYAMA)
    history.on_record_event(merged(old, survivor))
    seen, cursor = [], None
    while True:
        page = history.entries(**survivor, limit=3, cursor=cursor)
        seen += [entry for entry in page["items"] if entry["kind"] == "mail"]
        if not (cursor := page["next"]):
            break
    assert [entry["mail_message_id"] for entry in seen] == [mail_of(mail) for mail in mails[::-1]]
    assert {entry["record"]["id"] for entry in seen} == {survivor["id"]}
    assert [entry["by_person"] for entry in seen].count(True) == 3


def test_a_rematch_that_moves_a_mail_within_what_is_one_is_told_of_once(history):
    old, survivor = contact(), contact()
    mail = decision(match=old)
    history.on_sender_decided([mail])
    history.on_record_event(merged(old, survivor))
    before = told(history)
    history.on_sender_decided([revision_of(mail, 2, survivor)])
    assert (told(history), mails_of(history, survivor)) == (before, [mail_of(mail)])


def test_a_mail_taken_off_by_hand_stays_off_both_after_an_unmerge(history):
    old, survivor = contact(), contact()
    mail = decision(match=old, party=HIS)
    history.on_sender_decided([mail])
    since, merge = clock.now(), merged(old, survivor)
    history.on_record_event(merge)
    history.unlink_mail(record=survivor, mail_message_id=mail_of(mail))
    history.on_sender_decided([revision_of(mail, 2, survivor, party=HIS)])
    assert mails_of(history, survivor) == []
    with pytest.raises(NotFound):
        history.unlink_mail(record=survivor, mail_message_id=mail_of(mail))
    history.on_record_event(unmerged(merge, "tanaka@old.example", since=since))
    history.on_sender_decided([revision_of(mail, 3, old, party=HIS)])
    assert mails_of(history, old) == mails_of(history, survivor) == []
    history.link_mail(record=old, mail_message_id=mail_of(mail), actor=MARUYAMA)
    assert mails_of(history, old) == [mail_of(mail)]


def test_a_mail_taken_off_the_one_stands_with_the_other_where_both_become_one(history):
    old, survivor = contact(), contact()
    mail = decision(match=old)
    history.on_sender_decided([mail])
    history.unlink_mail(record=old, mail_message_id=mail_of(mail))
    history.on_sender_decided([revision_of(mail, 2, survivor)])
    history.on_record_event(merged(old, survivor))
    assert mails_of(history, survivor) == [mail_of(mail)]


@pytest.mark.parametrize("rematch_first", [True, False])
def test_a_mail_that_a_person_gave_to_the_survivor_meanwhile_goes_back_by_its_address(history, rematch_first):
    old, survivor = contact(), contact()
    mail = decision(match=contact(), party=HIS)
    merge, since = merged(old, survivor), clock.now()
    history.on_sender_decided([mail])
    history.on_record_event(merge)
    history.on_match_corrected(corrected(mail, survivor))
    steps = [
        lambda: history.on_sender_decided([revision_of(mail, 2, old, party=HIS)]),
        lambda: history.on_record_event(unmerged(merge, "tanaka@old.example", since=since)),
    ]
    for step in steps if rematch_first else steps[::-1]:
        step()
    assert (mails_of(history, old), mails_of(history, survivor)) == ([mail_of(mail)], [])
    history.on_sender_decided([revision_of(mail, 3, party=HIS)])
    assert mails_of(history, old) == [mail_of(mail)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_a_merge_of_a_merge_taken_apart_gives_each_its_own_in_whatever_order(history, order):
    one, two, three = contact(), contact(), contact()
    first, since = merged(one, two), clock.now()
    second = merged(two, three)
    his, hers = linked_by_hand(history, three), linked_by_hand(history, three, HERS)
    steps = [
        lambda: history.on_record_event(first),
        lambda: history.on_record_event(second),
        lambda: history.on_record_event(unmerged(second, "tanaka@old.example", "tanaka@abc.example", since=since)),
        lambda: history.on_record_event(unmerged(first, "tanaka@old.example", since=since)),
    ]
    for index in order:
        steps[index]()
    assert [mails_of(history, each) for each in (one, two, three)] == [[his], [hers], []]


def test_a_second_merge_counts_although_the_end_of_the_first_comes_late(history):
    old, first, second = contact(), contact(), contact()
    mail = decision(match=old)
    history.on_sender_decided([mail])
    merges = [merged(old, first), merged(old, second)]
    for merge in merges:
        history.on_record_event(merge)
    history.on_record_event(unmerged(merges[0], since=clock.now()))
    assert (mails_of(history, first), mails_of(history, second)) == ([], [mail_of(mail)])
