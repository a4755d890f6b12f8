"""Corrections by a person: they hold for the mail and for later ones, whatever the address book says."""

import pytest

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import ContactDeleted
from contracts.errors import Invalid, NotFound, ServiceUnavailable
from tests.matcher_service.conftest import Away, id_of, mail_event


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
    road.contacts.merge_contacts(survivor_id=survivor["id"], other_ids=[other["id"]])
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
