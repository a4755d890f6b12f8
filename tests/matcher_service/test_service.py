"""The matcher on SQLite and PostgreSQL, with the real address book behind it."""

import pytest

from chassis import migrations
from chassis.ids import new_id
from chassis.testing import make_event
from contracts import MailMessageReceived
from contracts.errors import NotFound
from matcher_service import models
from tests.matcher_service.conftest import Away, id_of, mail_event, mailbox


def test_the_migrations_make_exactly_the_tables_of_the_models(road):
    assert migrations.differences(models, road.url) == []


def test_a_mail_of_a_known_person_is_matched_to_the_person(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("TANAKA@ABC.CO.JP")
    road.receive(mail)
    [matched] = road.said()
    assert matched.type == "sender.matched.v1"
    assert matched.data["match"] == {"kind": "contact", "id": tanaka["id"]}
    assert matched.data["party"] == {
        "name": "",
        "address": "TANAKA@ABC.CO.JP",
        "canonical": "tanaka@abc.co.jp",
        "label": "田中",
    }
    assert (matched.data["decision"]["revision"], matched.data["decision"]["rematch"]) == (1, False)
    assert (matched.subject, matched.causation_id) == (id_of(mail), mail.id)
    assert (matched.data["mail"], matched.data["personal"]) == (mail.data["mail"], mail.data["personal"])


@pytest.mark.parametrize("stranger", ["atanaka@abc.co.jp", "tanaka@abc.co.jp.example", "tanaka@abc.co"])
def test_an_address_that_only_contains_a_known_one_is_unknown(road, stranger):
    road.add_contact("田中", "tanaka@abc.co.jp")
    road.receive(mail_event(stranger))
    [unmatched] = road.said()
    assert (unmatched.type, unmatched.data["reason"]) == ("sender.unmatched.v1", "unknown")


def test_a_persons_second_address_and_an_internationalized_one_are_the_persons_too(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp", "ichiro@田中.jp")
    mails = [mail_event("ichiro@田中.jp"), mail_event("ichiro@xn--fiqx46g.jp")]
    road.receive(*mails)
    assert [event.data.get("match", {}).get("id") for event in road.said()] == [tanaka["id"]] * 2


def test_two_contacts_with_one_address_wait_for_a_person(road):
    road.add_contact("田中 一郎", "family@tanaka.example")
    road.add_contact("田中 花子", "family@tanaka.example")
    mail = mail_event("family@tanaka.example")
    road.receive(mail)
    [unmatched] = road.said()
    assert (unmatched.data["reason"], unmatched.data["decision"]["candidate_count"]) == ("several_candidates", 2)
    labels = [candidate["label"] for candidate in road.decision(mail)["candidates"]]
    assert labels == ["田中 一郎", "田中 花子"]


def test_our_own_sent_mail_is_matched_to_its_recipient(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    sent = mail_event(
        "support@musubi.example",
        direction="outgoing",
        folder={"name": "Sent", "role": "sent"},
        to=mailbox("tanaka@abc.co.jp"),
    )
    road.receive(sent)
    [matched] = road.said()
    assert (matched.data["decision"]["role"], matched.data["match"]["id"]) == ("recipient", tanaka["id"])


def test_a_web_forms_mail_is_matched_to_the_person_in_reply_to(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("support@musubi.example", reply_to=mailbox("tanaka@abc.co.jp"))
    road.receive(mail)
    [matched] = road.said()
    assert matched.data["match"]["id"] == tanaka["id"]
    assert road.decision(mail)["party"]["chosen_by"] == "reply_to_of_web_form"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"nature": "bounce"}, "machine"),
        ({"nature": "bulk"}, "machine"),
        ({"sender_ambiguous": True}, "sender_ambiguous"),
        ({"authentic": False}, "sender_ambiguous"),
        ({"sender": []}, "no_address"),
    ],
)
def test_a_mail_that_may_not_act_by_itself_says_why(road, changes, reason):
    road.add_contact("田中", "tanaka@abc.co.jp")
    road.receive(mail_event(**changes))
    [unmatched] = road.said()
    assert unmatched.data["reason"] == reason


def test_a_batch_with_repeated_and_redelivered_mails_is_decided_once_each(road):
    mails = [mail_event(f"a{number}@x.example") for number in range(3)]
    again = make_event(MailMessageReceived, **mails[0].data)
    road.receive(*mails, mails[0], again)
    road.receive(*mails)
    assert sorted(event.subject for event in road.said()) == sorted(id_of(mail) for mail in mails)
    assert len(road.matcher.decisions()["items"]) == 3


def test_a_person_may_have_a_mail_decided_again_and_gets_the_new_decision(road):
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    decided = road.matcher.rematch(mail_message_id=id_of(mail))
    assert (decided["match"], decided["revision"]) == ({"kind": "contact", "id": tanaka["id"]}, 2)


def test_the_panel_looks_up_who_it_is_now_and_offers_what_suits(road):
    mail = mail_event(mailbox("tanaka@abc.co.jp", name="田中 一郎"))
    road.receive(mail)
    unknown = road.matcher.open_panel(mail_message_id=id_of(mail))
    assert unknown["actions"] == ["add_contact", "add_lead", "add_organization", "add_ticket"]
    assert unknown["form"] == {
        "last_name": "田中",
        "first_name": "一郎",
        "company": "abc",
        "address": "tanaka@abc.co.jp",
        "title": "見積のお願い",
        "description": "いつもお世話になっております。",
    }
    road.add_contact("田中", "tanaka@abc.co.jp")
    known = road.matcher.open_panel(mail_message_id=id_of(mail))
    assert known["actions"] == ["select", "add_comment", "create_to_do", "add_ticket"]
    assert [candidate["label"] for candidate in known["candidates"]] == ["田中"]


def test_the_panel_shows_the_stored_candidates_while_the_address_book_is_away(road):
    road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    road.matcher.contacts = Away()
    panel = road.matcher.open_panel(mail_message_id=id_of(mail))
    assert (panel["live"], [candidate["label"] for candidate in panel["candidates"]]) == (False, ["田中"])


def test_decisions_are_listed_newest_first_by_state_in_pages(road):
    road.add_contact("田中", "tanaka@abc.co.jp")
    mails = [mail_event("tanaka@abc.co.jp"), mail_event("x@x.example"), mail_event("y@y.example")]
    for mail in mails:
        road.receive(mail)
    first = road.matcher.decisions(state="unmatched", limit=1)
    second = road.matcher.decisions(state="unmatched", limit=1, cursor=first["next"])
    seen = [decision["mail_message_id"] for page in (first, second) for decision in page["items"]]
    assert (seen, second["next"]) == ([id_of(mails[2]), id_of(mails[1])], None)


@pytest.mark.parametrize("mail_message_id", ["x", None, new_id()])
def test_a_mail_without_a_decision_is_not_found(road, mail_message_id):
    with pytest.raises(NotFound):
        road.matcher.decision(mail_message_id=mail_message_id)
