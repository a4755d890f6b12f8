import threading
from itertools import permutations
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.testing import make_event, published
from contracts import ContactDeleted, LeadConverted, LeadOpened
from tests.services.decisions import contact, decision, mail_of
from tests.services.history.timelines import MARUYAMA, corrected, mails_of, revision_of, timeline, told
from tests.services.merges import merged


def test_a_mail_of_somebody_known_stands_on_his_timeline_with_what_it_tells(history):
    known = contact()
    event = decision(match=known, subject="御礼", excerpt="ありがとうございました。" * 100, attachment_count=2)
    history.on_sender_decided([event])

    [entry] = timeline(history, known)
    assert (entry["kind"], entry["title"], entry["happened_at"]) == ("mail", "御礼", "2026-11-22T09:00:00.000000Z")
    assert entry["summary"]["attachment_count"] == 2
    assert len(entry["summary"]["excerpt"]) == 300
    [added] = published(history.db)
    assert (added.data["record"], added.data["mail_message_id"]) == (known, mail_of(event))
    assert (added.subject, added.causation_id) == (entry["id"], event.id)


@pytest.mark.parametrize("other", [{"policy": "suggest"}, {"nature": "auto_reply"}, {"nature": "list"}], ids=str)
def test_a_mail_of_a_machine_or_a_mailbox_that_only_suggests_stands_nowhere_by_itself(history, other):
    known = contact()
    history.on_sender_decided([decision(match=known, **other)])
    assert (timeline(history, known), told(history)) == ([], [])


def test_own_sent_mail_stands_on_the_timeline_of_the_one_it_went_to(history):
    known = contact()
    history.on_sender_decided([decision(match=known, direction="outgoing")])
    assert timeline(history, known)[0]["summary"]["direction"] == "outgoing"


def test_events_delivered_three_times_have_one_effect(history):
    known = contact()
    events = [decision(match=known), decision(match=known), decision()]
    for delivery in (events, events[::-1], events + events):
        history.on_sender_decided(delivery)
    assert len(timeline(history, known)) == len(told(history)) == 2


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("together", [True, False])
def test_the_last_revision_counts_in_whatever_order_they_arrive(history, order, together):
    first_guess, last_word = contact(), contact()
    one = decision(match=first_guess)
    events = [one, revision_of(one, 2), revision_of(one, 3, last_word)]
    shuffled = [events[index] for index in order]
    for batch in [shuffled] if together else [[event] for event in shuffled]:
        history.on_sender_decided(batch)

    assert timeline(history, first_guess) == []
    assert mails_of(history, last_word) == [mail_of(one)]


def test_a_revision_that_says_the_same_again_changes_nothing(history):
    known = contact()
    one = decision(match=known)
    history.on_sender_decided([one])
    before = timeline(history, known)
    history.on_sender_decided([revision_of(one, 2, known)])
    history.on_match_corrected(corrected(one, known))
    assert timeline(history, known) == before
    assert len(told(history)) == 1


def test_a_mail_whose_sender_is_no_longer_known_leaves_the_timeline(history):
    known = contact()
    one = decision(match=known)
    history.on_sender_decided([one])
    history.on_sender_decided([revision_of(one, 2)])
    assert timeline(history, known) == []


def test_a_correction_moves_a_mail_and_an_older_decision_does_not_move_it_back(history):
    wrong, right = contact(), contact()
    one = decision(match=wrong)
    late = revision_of(one, 2, wrong)
    history.on_sender_decided([one])
    history.on_match_corrected(corrected(one, right))
    history.on_sender_decided([late])
    assert (timeline(history, wrong), mails_of(history, right)) == ([], [mail_of(one)])
    history.on_match_corrected(corrected(one, None))
    assert timeline(history, right) == []


def test_a_correction_places_a_mail_that_nobody_was_behind(history):
    right, one = contact(), decision()
    history.on_sender_decided([one])
    history.on_match_corrected(corrected(one, right))
    assert mails_of(history, right) == [mail_of(one)]


def test_a_correction_that_comes_before_its_mail_waits_for_it(history):
    wrong, right = contact(), contact()
    one = decision(match=wrong, subject="先に届いた訂正")
    history.on_match_corrected(corrected(one, right))
    assert timeline(history, right) == []
    history.on_sender_decided([one])
    [entry] = timeline(history, right)
    assert (entry["title"], timeline(history, wrong)) == ("先に届いた訂正", [])


def test_a_merge_moves_the_timeline_and_late_events_follow(history):
    old, survivor = contact(), contact()
    early, late = decision(match=old), decision(match=old)
    history.on_sender_decided([early])
    history.add_comment(record=old, text="値引きの約束あり", actor=MARUYAMA)
    history.on_record_event(merged(old, survivor))
    history.on_sender_decided([late])
    history.on_match_corrected(corrected(early, old))

    assert set(mails_of(history, survivor)) == {mail_of(early), mail_of(late)}
    assert timeline(history, old) == timeline(history, survivor)
    [comment] = history.comments(**survivor)["items"]
    assert comment["text"] == "値引きの約束あり"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_merges_of_merges_end_at_the_last_survivor_in_whatever_order(history, order):
    one, two, three = contact(), contact(), contact()
    mail = decision(match=one)
    steps = [
        lambda: history.on_sender_decided([mail]),
        lambda: history.on_record_event(merged(one, two)),
        lambda: history.on_record_event(merged(two, three)),
    ]
    for index in order:
        steps[index]()
    assert mails_of(history, three) == [mail_of(mail)]


def test_the_timeline_of_a_converted_lead_goes_along(history):
    lead, known = {"kind": "lead", "id": new_id()}, contact()
    before, after = decision(match=lead), decision(match=lead)
    personal = {"last_name": "佐藤", "first_name": "一郎", "company": "abc", "address": "", "canonical": ""}
    facts: dict[str, Any] = {"number": "LEA1", "status": "Not Contacted", "mail_message_id": None, "personal": personal}
    opened = make_event(LeadOpened, lead_id=lead["id"], **facts)
    ids = {"lead_id": lead["id"], "contact_id": known["id"], "organization_id": None}
    history.on_sender_decided([before])
    history.on_lead_event([make_event(LeadConverted, canonical="", **ids)])
    history.on_lead_event([opened])
    history.on_sender_decided([after])

    assert set(mails_of(history, known)) == {mail_of(before), mail_of(after)}
    told_of_lead = [entry["summary"]["event"] for entry in timeline(history, known) if entry["kind"] == "lead"]
    assert sorted(told_of_lead) == ["lead.converted.v1", "lead.opened.v1"]


def test_a_deleted_contact_keeps_its_timeline(history):
    gone = contact()
    history.on_sender_decided([decision(match=gone)])
    history.on_record_event(make_event(ContactDeleted, contact_id=gone["id"]))
    assert sorted(entry["kind"] for entry in timeline(history, gone)) == ["change", "mail"]


def test_replicas_that_handle_revisions_and_a_merge_at_the_same_time_agree(history):
    old, survivor = contact(), contact()
    ones = [decision(match=contact()) for _ in range(20)]
    lasts = [revision_of(one, 2, old) for one in ones]
    work = [
        (history.on_sender_decided, ones),
        (history.on_sender_decided, lasts[::-1]),
        (history.on_record_event, merged(old, survivor)),
    ]
    threads = [threading.Thread(target=method, args=(events,)) for method, events in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(mails_of(history, survivor)) == {mail_of(one) for one in ones}
    assert {entry["mail_message_id"] for one in ones for entry in timeline(history, one.data["match"])} == set()
