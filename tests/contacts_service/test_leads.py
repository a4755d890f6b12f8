"""Leads in the address book: what the contacts service makes of their events."""

from chassis.ids import new_id
from chassis.testing import make_event
from contracts import LeadConverted, LeadDeleted, LeadOpened, LeadUpdated


def lead_opened(lead_id, address="suzuki@xyz.example", *, last_name="鈴木"):
    personal = {"last_name": last_name, "first_name": "", "company": "xyz", "address": address, "canonical": address}
    return make_event(
        LeadOpened, lead_id=lead_id, number="LEA1", status="Not Contacted", mail_message_id=None, personal=personal
    )


def lead_updated(lead_id, address):
    personal = {"last_name": "鈴木", "first_name": "", "company": "xyz", "address": address, "canonical": address}
    return make_event(LeadUpdated, lead_id=lead_id, status="Contacted", personal=personal)


def test_an_open_leads_address_is_in_the_book_until_the_lead_is_converted(contacts):
    lead_id = new_id()
    opened = lead_opened(lead_id)
    contacts.service.on_lead_changed([opened])
    [assigned] = contacts.published()
    assert contacts.who("suzuki@xyz.example") == [("lead", "鈴木")]
    assert (assigned.data["record"], assigned.causation_id) == ({"kind": "lead", "id": lead_id}, opened.id)
    gone = make_event(
        LeadConverted, lead_id=lead_id, contact_id=new_id(), organization_id=None, canonical="suzuki@xyz.example"
    )
    contacts.service.on_lead_changed([gone])
    assert contacts.said() == [("address.released", "suzuki@xyz.example")]
    assert contacts.who("suzuki@xyz.example") == []


def test_a_leads_new_address_takes_the_old_ones_place(contacts):
    lead_id = new_id()
    contacts.service.on_lead_changed([lead_opened(lead_id), lead_updated(lead_id, "suzuki@new.example")])
    assert contacts.who("suzuki@new.example") == [("lead", "鈴木")]
    assert contacts.who("suzuki@xyz.example") == []
    assert contacts.said() == [("address.assigned", "suzuki@new.example")]


def test_the_news_of_a_lead_may_overtake_one_another(contacts):
    lead_id, other_id = new_id(), new_id()
    opened, updated = lead_opened(lead_id), lead_updated(lead_id, "suzuki@new.example")
    other_opened = lead_opened(other_id, "sato@xyz.example")
    deleted = make_event(LeadDeleted, lead_id=other_id, canonical="sato@xyz.example")
    contacts.service.on_lead_changed([updated, deleted])
    contacts.service.on_lead_changed([opened, other_opened])
    assert contacts.who("suzuki@new.example") == [("lead", "鈴木")]
    assert contacts.who("suzuki@xyz.example") == contacts.who("sato@xyz.example") == []


def test_news_of_a_lead_that_are_delivered_again_change_nothing(contacts):
    opened = lead_opened(new_id())
    contacts.service.on_lead_changed([opened, opened])
    contacts.service.on_lead_changed([opened])
    assert contacts.said() == [("address.assigned", "suzuki@xyz.example")]


def test_a_lead_without_an_address_stands_for_none(contacts):
    contacts.service.on_lead_changed([lead_opened(new_id(), "")])
    assert contacts.said() == []
