"""The matcher on SQLite and PostgreSQL, with the real address book behind it."""

import pytest

from chassis import migrations
from chassis.ids import new_id
from chassis.testing import make_event
from contracts import ContactDeleted, LeadConverted, LeadOpened, MailMessageReceived
from contracts.errors import Invalid, NotFound, ServiceTimeout, ServiceUnavailable
from matcher_service import models
from matcher_service import rematch as rematching
from tests.matcher_service.conftest import id_of, mail_event, mailbox


class Interrupted:
    """The address book; something happens just after it has given its first answer, before that is used."""

    def __init__(self, contacts, happens):
        self._contacts, self._happens = contacts, happens

    def resolve_addresses(self, *, addresses):
        answer = self._contacts.resolve_addresses(addresses=addresses)
        happens, self._happens = self._happens, None
        if happens:
            happens()
        return answer


class Away:
    """An address book that does not answer."""

    def resolve_addresses(self, *, addresses):
        raise ServiceUnavailable("No contacts service is running.")


def lead_opened(lead_id, address):
    personal = {"last_name": "鈴木", "first_name": "", "company": "xyz", "address": address, "canonical": address}
    return make_event(
        LeadOpened, lead_id=lead_id, number="LEA1", status="Not Contacted", mail_message_id=None, personal=personal
    )


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
        ({"sender_ambiguous": True}, "sender_ambiguous"),
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


def test_past_mails_are_matched_when_their_sender_enters_the_address_book(road):
    mails = [mail_event("tanaka@abc.co.jp"), mail_event("Tanaka@abc.co.jp"), mail_event("other@abc.co.jp")]
    road.receive(*mails)
    road.said()
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    [assigned] = road.carry()
    said = road.said()
    assert [(event.type, event.subject) for event in said] == [("sender.matched.v1", id_of(mail)) for mail in mails[:2]]
    for event, mail in zip(said, mails, strict=False):
        assert event.data["match"]["id"] == tanaka["id"]
        assert (event.data["decision"]["revision"], event.data["decision"]["rematch"]) == (2, True)
        assert event.data["personal"] == mail.data["personal"]
        assert event.causation_id == assigned.id


def test_an_address_event_that_changes_no_result_says_nothing(road):
    road.add_contact("田中", "tanaka@abc.co.jp")
    road.receive(mail_event("tanaka@abc.co.jp"))
    road.said()
    road.carry()
    road.contacts.create_organization(data={"name": "ABC", "addresses": ["tanaka@abc.co.jp"]})
    road.carry()
    assert road.said() == []


def test_an_address_that_is_taken_away_leaves_its_mails_unknown(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    road.contacts.update_contact(id=tanaka["id"], data={"addresses": []}, version=1)
    road.carry()
    assert [event.type for event in road.said()] == ["sender.matched.v1", "sender.unmatched.v1"]
    assert road.decision(mail)["match"] is None


def test_an_address_that_moves_takes_its_mails_along(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    road.contacts.update_contact(id=tanaka["id"], data={"addresses": []}, version=1)
    suzuki = road.add_contact("鈴木", "tanaka@abc.co.jp")
    road.carry()
    assert road.decision(mail)["match"] == {"kind": "contact", "id": suzuki["id"]}


def test_a_merged_contacts_mails_go_to_the_survivor(road):
    survivor, other = road.add_contact("田中", "tanaka@abc.co.jp"), road.add_contact("田仲", "ichiro@tanaka.example")
    mail = mail_event("ichiro@tanaka.example")
    road.receive(mail)
    road.contacts.merge_contacts(survivor_id=survivor["id"], other_id=other["id"])
    road.carry()
    assert road.decision(mail)["match"] == {"kind": "contact", "id": survivor["id"]}


def test_a_deleted_contacts_mails_become_unknown(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    road.contacts.delete_contact(id=tanaka["id"])
    road.carry()
    assert road.decision(mail)["reason"] == "unknown"


def test_a_lead_that_was_opened_for_a_mail_is_then_who_is_behind_it_and_its_contact_after_conversion(road):
    mail, lead_id = mail_event("suzuki@xyz.example"), new_id()
    road.receive(mail)
    road.contacts.on_lead_changed([lead_opened(lead_id, "suzuki@xyz.example")])
    road.carry()
    assert road.decision(mail)["match"] == {"kind": "lead", "id": lead_id}
    suzuki = road.add_contact("鈴木", "suzuki@xyz.example")
    gone = make_event(
        LeadConverted, lead_id=lead_id, contact_id=suzuki["id"], organization_id=None, canonical="suzuki@xyz.example"
    )
    road.contacts.on_lead_changed([gone])
    road.carry()
    assert road.decision(mail)["match"] == {"kind": "contact", "id": suzuki["id"]}


def test_many_past_mails_of_one_address_are_all_remade(road, monkeypatch):
    monkeypatch.setattr(rematching, "CHUNK", 3)
    mails = [mail_event("tanaka@abc.co.jp") for _ in range(7)]
    road.receive(*mails)
    road.add_contact("田中", "tanaka@abc.co.jp")
    road.carry()
    assert {road.decision(mail)["revision"] for mail in mails} == {2}


def test_a_rematch_that_takes_too_long_goes_on_at_the_next_delivery(road, monkeypatch):
    monkeypatch.setattr(rematching, "CHUNK", 3)
    mails = [mail_event("tanaka@abc.co.jp") for _ in range(7)]
    road.receive(*mails)
    road.add_contact("田中", "tanaka@abc.co.jp")
    monkeypatch.setattr(rematching, "BUDGET_SECONDS", -1)
    with pytest.raises(ServiceTimeout):
        road.carry()
    assert sorted(road.decision(mail)["revision"] for mail in mails) == [1, 1, 1, 1, 2, 2, 2]
    monkeypatch.setattr(rematching, "BUDGET_SECONDS", 20)
    road._carried = 0
    road.carry()
    assert {road.decision(mail)["revision"] for mail in mails} == {2}


def test_an_address_that_changes_while_a_mail_is_being_decided_is_not_missed(road):
    """The address event is worked off between the look-up and the commit of the decision, and sees no decision."""
    made = []

    def somebody_adds_the_sender():
        made.append(road.add_contact("田中", "tanaka@abc.co.jp"))
        road.carry()

    road.matcher.contacts = Interrupted(road.contacts, somebody_adds_the_sender)
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    assert road.decision(mail)["match"] == {"kind": "contact", "id": made[0]["id"]}
    assert [event.data["decision"]["revision"] for event in road.said()] == [1, 2]


def test_a_crash_before_the_second_look_is_made_good_at_redelivery(road, monkeypatch):
    def somebody_adds_the_sender():
        road.add_contact("田中", "tanaka@abc.co.jp")
        road.carry()

    def crash(*_args, **_kwargs):
        raise ConnectionError("the process ended here")

    road.matcher.contacts = Interrupted(road.contacts, somebody_adds_the_sender)
    mail = mail_event("tanaka@abc.co.jp")
    with monkeypatch.context() as patch:
        patch.setattr(rematching.Rematch, "settle", crash)
        with pytest.raises(ConnectionError):
            road.receive(mail)
    assert road.decision(mail)["state"] == "unmatched"
    road.receive(mail)
    assert road.decision(mail)["state"] == "matched"


def test_an_address_that_changes_while_decisions_are_remade_is_not_missed(road):
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")

    def it_is_taken_away_again():
        road.contacts.update_contact(id=tanaka["id"], data={"addresses": []}, version=1)
        road.carry()

    road.matcher.contacts = Interrupted(road.contacts, it_is_taken_away_again)
    road.carry()
    assert road.decision(mail)["reason"] == "unknown"


def test_a_correction_holds_for_the_mail_and_for_later_ones_of_the_address(road):
    ichiro = road.add_contact("田中 一郎", "family@tanaka.example")
    hanako = road.add_contact("田中 花子", "family@tanaka.example")
    first, later = mail_event("family@tanaka.example"), mail_event("Family@tanaka.example")
    road.receive(first)
    road.said()
    record = {"kind": "contact", "id": hanako["id"]}
    corrected = road.matcher.correct(mail_message_id=id_of(first), record=record, actor={"staff_user_id": "7"})
    [said] = road.said()
    assert said.type == "match.corrected.v1"
    assert said.data["previous"] is None
    assert (said.data["match"], said.data["staff_user_id"]) == (record, "7")
    assert (corrected["match"], corrected["label"], corrected["revision"]) == (record, "田中 花子", 2)
    road.receive(later)
    [matched] = road.said()
    assert matched.data["match"] == record
    assert ichiro["id"] != hanako["id"]


def test_a_rematch_never_undoes_what_a_person_decided(road):
    mail = mail_event("private@home.example")
    road.receive(mail)
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": tanaka["id"]})
    road.add_contact("鈴木", "private@home.example")
    road.carry()
    assert road.decision(mail)["match"]["id"] == tanaka["id"]


def test_what_was_decided_for_a_merged_contact_goes_to_the_survivor_also_for_later_mails(road):
    survivor, other = road.add_contact("田中"), road.add_contact("田仲")
    mail, later = mail_event("private@home.example"), mail_event("private@home.example")
    road.receive(mail)
    road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": other["id"]})
    road.contacts.merge_contacts(survivor_id=survivor["id"], other_id=other["id"])
    road.carry()
    road.receive(later)
    assert [road.decision(one)["match"]["id"] for one in (mail, later)] == [survivor["id"]] * 2


def test_what_was_decided_for_a_deleted_contact_is_decided_anew(road):
    tanaka = road.add_contact("田中")
    mail, later = mail_event("private@home.example"), mail_event("private@home.example")
    road.receive(mail)
    road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": tanaka["id"]})
    road.contacts.delete_contact(id=tanaka["id"])
    road.carry()
    road.receive(later)
    assert [road.decision(one)["reason"] for one in (mail, later)] == ["unknown"] * 2


def test_a_record_that_is_gone_is_let_go_even_if_the_event_comes_twice_with_a_crash_between(road, monkeypatch):
    tanaka = road.add_contact("田中")
    mail = mail_event("private@home.example")
    road.receive(mail)
    road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": tanaka["id"]})
    gone = make_event(ContactDeleted, contact_id=tanaka["id"])
    road.matcher.contacts = Away()
    with pytest.raises(ServiceUnavailable):
        road.matcher.on_record_gone([gone])
    road.matcher.contacts = road.contacts
    road.matcher.on_record_gone([gone])
    assert road.decision(mail)["match"] is None


def test_a_person_may_say_that_it_is_nobody_we_know(road):
    road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    corrected = road.matcher.correct(mail_message_id=id_of(mail), record=None)
    assert (corrected["state"], corrected["reason"]) == ("unmatched", "unknown")
    assert road.said()[-1].data["match"] is None


def test_confirming_a_decision_says_nothing_new(road):
    tanaka = road.add_contact("田中", "tanaka@abc.co.jp")
    mail = mail_event("tanaka@abc.co.jp")
    road.receive(mail)
    road.said()
    confirmed = road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": tanaka["id"]})
    assert (confirmed["corrected"], confirmed["revision"], road.said()) == (True, 1, [])


@pytest.mark.parametrize("record", [{"kind": "ticket", "id": new_id()}, {"kind": "contact", "id": "CON1"}, "CON1", {}])
def test_a_mail_cannot_be_put_to_what_is_no_record_of_a_person(road, record):
    with pytest.raises(Invalid):
        road.matcher.correct(mail_message_id=new_id(), record=record)


def test_a_mail_cannot_be_put_to_a_contact_that_is_not_there(road):
    mail = mail_event()
    road.receive(mail)
    with pytest.raises(NotFound):
        road.matcher.correct(mail_message_id=id_of(mail), record={"kind": "contact", "id": new_id()})


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
    assert known["actions"] == ["select", "add_comment", "create_todo", "add_ticket"]
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
