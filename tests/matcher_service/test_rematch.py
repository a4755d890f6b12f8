"""Decisions that are made anew because the address book changed, also just while they are being made."""

import pytest

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import LeadConverted, LeadOpened
from contracts.errors import ServiceTimeout
from matcher_service import rematch as rematching
from tests.matcher_service.conftest import id_of, mail_event


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


def lead_opened(lead_id, address):
    personal = {"last_name": "鈴木", "first_name": "", "company": "xyz", "address": address, "canonical": address}
    return make_event(
        LeadOpened, lead_id=lead_id, number="LEA1", status="Not Contacted", mail_message_id=None, personal=personal
    )


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
    road.contacts.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
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
