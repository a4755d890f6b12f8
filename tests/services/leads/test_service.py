import pytest

from chassis.ids import new_id
from chassis.testing import published
from contracts.errors import Conflict, Invalid, NotFound, PreconditionFailed, ServiceTimeout
from tests.services.decisions import contact, decision, mail_of

STRANGER = ("佐藤 一郎", "Ichiro.Sato@mail.abc.co.jp")


def all_leads(leads):
    return leads.leads()["items"]


def told(leads):
    return [event.type for event in published(leads.db)]


def test_a_stranger_at_a_sales_mailbox_becomes_a_lead_with_what_the_mail_tells(leads):
    event = decision(party=STRANGER, subject="カタログ希望", excerpt="御社のカタログを送ってください。")
    leads.on_sender_decided([event])

    [lead] = all_leads(leads)
    assert (lead["number"], lead["status"]) == ("LEA1", "Not Contacted")
    assert (lead["last_name"], lead["first_name"], lead["company"]) == ("佐藤", "一郎", "abc")
    assert (lead["address"], lead["canonical"]) == (STRANGER[1], "ichiro.sato@mail.abc.co.jp")
    assert (lead["title"], lead["description"]) == ("カタログ希望", "御社のカタログを送ってください。")
    [opened] = published(leads.db)
    assert (opened.type, opened.causation_id, opened.subject) == ("lead.opened.v1", event.id, lead["id"])
    assert opened.data["mail_message_id"] == mail_of(event)
    assert [mail["mail_message_id"] for mail in leads.lead(id=lead["id"])["mails"]] == [mail_of(event)]


def test_the_second_mail_of_a_stranger_joins_the_first_within_one_batch(leads):
    first, second = decision(party=STRANGER), decision(party=("", STRANGER[1].upper()))
    leads.on_sender_decided([first, second])

    [lead] = all_leads(leads)
    assert {mail["mail_message_id"] for mail in leads.lead(id=lead["id"])["mails"]} == {mail_of(first), mail_of(second)}
    assert told(leads) == ["lead.opened.v1", "lead.mail_joined.v1"]


def test_the_second_mail_of_a_stranger_joins_the_first_of_an_earlier_batch(leads):
    first, second = decision(party=STRANGER), decision(party=STRANGER)
    leads.on_sender_decided([first])
    leads.on_sender_decided([second])

    [lead] = all_leads(leads)
    assert len(leads.lead(id=lead["id"])["mails"]) == 2
    assert told(leads) == ["lead.opened.v1", "lead.mail_joined.v1"]


def test_events_delivered_three_times_have_one_effect(leads):
    events = [decision(party=STRANGER), decision(party=STRANGER), decision(party=("", "b@example.jp"))]
    for delivery in (events, events[::-1], events + events):
        leads.on_sender_decided(delivery)

    assert [lead["number"] for lead in all_leads(leads)] == ["LEA2", "LEA1"]
    assert len(told(leads)) == 3


@pytest.mark.parametrize(
    "other",
    [
        {"policy": "suggest"},
        {"purpose": "support"},
        {"purpose": "general"},
        {"direction": "outgoing"},
        {"nature": "auto_reply"},
        {"nature": "bounce"},
        {"nature": "list"},
        {"nature": "bulk"},
        {"sender_ambiguous": True},
        {"reason": "several_candidates"},
        {"reason": "machine"},
        {"party": ("誰か", "")},
        {"revision": 2},
    ],
    ids=str,
)
def test_no_lead_is_opened_by_any_other_mail(leads, other):
    leads.on_sender_decided([decision(**other)])
    assert (all_leads(leads), told(leads)) == ([], [])


def test_a_mail_matched_to_an_open_lead_joins_it_whatever_the_mailbox_is_for(leads):
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    known = {"kind": "lead", "id": lead["id"]}
    event = decision(match=known, purpose="general", revision=2)
    leads.on_sender_decided([event, decision(match=known, policy="suggest"), decision(match=contact())])

    mails = leads.lead(id=lead["id"])["mails"]
    assert len(mails) == 2
    assert mail_of(event) in {mail["mail_message_id"] for mail in mails}


def test_a_mail_matched_to_a_lead_that_is_gone_does_nothing(leads):
    leads.on_sender_decided([decision(match={"kind": "lead", "id": new_id()})])
    assert told(leads) == []


def test_a_first_decision_that_comes_after_the_sender_became_known_opens_no_lead(leads):
    late = decision(party=STRANGER)
    leads.on_sender_decided([decision(match=contact(), mail_id=mail_of(late), revision=2, party=STRANGER)])
    leads.on_sender_decided([late])
    assert all_leads(leads) == []


def test_the_last_revision_counts_whatever_the_order(leads):
    late = decision(party=STRANGER)
    mail_id = mail_of(late)
    leads.on_sender_decided([decision(mail_id=mail_id, revision=3, party=STRANGER)])
    leads.on_sender_decided([decision(match=contact(), mail_id=mail_id, revision=2, party=STRANGER)])
    leads.on_sender_decided([late])
    assert len(all_leads(leads)) == 1


def test_a_mail_decided_before_its_sender_was_converted_joins_the_converted_lead(leads):
    late = decision(party=STRANGER)
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    leads.convert_lead(id=lead["id"])
    leads.on_sender_decided([late])

    assert len(all_leads(leads)) == 1
    assert len(leads.lead(id=lead["id"])["mails"]) == 2


def test_a_stranger_who_writes_again_after_the_lead_was_deleted_becomes_a_new_lead(leads):
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    leads.delete_lead(id=lead["id"])
    leads.on_sender_decided([decision(party=STRANGER)])
    assert [lead["number"] for lead in all_leads(leads)] == ["LEA2"]
    assert told(leads) == ["lead.opened.v1", "lead.deleted.v1", "lead.opened.v1"]


def test_a_conversion_makes_organization_and_contact_and_tells_once(leads, contacts):
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    converted = leads.convert_lead(id=lead["id"], idempotency_key="k1")

    [organization] = contacts.service.organizations()["items"]
    [person] = contacts.service.contacts()["items"]
    assert (organization["name"], organization["addresses"]) == ("abc", [])
    assert (person["last_name"], person["addresses"], person["organization_id"]) == (
        "佐藤",
        [STRANGER[1]],
        organization["id"],
    )
    assert (converted["state"], converted["contact_id"]) == ("converted", person["id"])
    assert leads.convert_lead(id=lead["id"], idempotency_key="k1") == converted
    with pytest.raises(Conflict, match="LEA1 is converted already"):
        leads.convert_lead(id=lead["id"], idempotency_key="k2")
    assert len(contacts.service.contacts()["items"]) == 1
    assert told(leads).count("lead.converted.v1") == 1


def test_a_conversion_that_was_cut_off_is_finished_with_the_values_it_began_with(leads, contacts):
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    contacts.losing = 1
    with pytest.raises(ServiceTimeout):
        leads.convert_lead(id=lead["id"], data={"organization": {"name": "エービーシー株式会社"}})
    leads.convert_lead(id=lead["id"], data={"organization": {"name": "ABC"}})

    [organization] = contacts.service.organizations()["items"]
    assert organization["name"] == "エービーシー株式会社"
    assert len(contacts.service.contacts()["items"]) == 1


def test_values_that_contacts_refuses_can_be_tried_again_with_others(leads, contacts):
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    with pytest.raises(Invalid):
        leads.convert_lead(id=lead["id"], data={"contact": {"addresses": ["nonsense"]}})
    leads.convert_lead(id=lead["id"], data={"contact": {"addresses": ["ichiro@abc.co.jp"]}})
    [person] = contacts.service.contacts()["items"]
    assert person["addresses"] == ["ichiro@abc.co.jp"]


def test_a_conversion_into_nothing_is_refused(leads):
    leads.on_sender_decided([decision(party=STRANGER)])
    [lead] = all_leads(leads)
    with pytest.raises(Invalid, match="name at least one"):
        leads.convert_lead(id=lead["id"], data={"contact": None, "organization": None})


def test_a_lead_opened_by_hand_guesses_what_was_left_out(leads):
    lead = leads.open_lead(data={"address": "k.suzuki@shop.example.jp"}, mail_message_id=new_id())
    assert (lead["last_name"], lead["company"], lead["number"]) == ("k.suzuki", "example", "LEA1")
    assert len(leads.lead(id=lead["id"])["mails"]) == 1


def test_a_second_lead_for_one_address_is_refused_and_its_mail_joins(leads):
    data = {"last_name": "鈴木", "address": "suzuki@example.jp"}
    lead = leads.open_lead(data=data)
    with pytest.raises(Conflict, match="LEA1 is open for this address") as refusal:
        leads.open_lead(data=data)
    assert refusal.value.extra == {"lead_id": lead["id"]}
    assert leads.open_lead(data=data, mail_message_id=new_id())["id"] == lead["id"]
    assert told(leads) == ["lead.opened.v1", "lead.mail_joined.v1"]


def test_one_idempotency_key_opens_one_lead(leads):
    answers = [leads.open_lead(data={"last_name": "鈴木"}, idempotency_key="once") for _ in range(3)]
    assert len({answer["id"] for answer in answers}) == len(all_leads(leads)) == 1


def test_an_update_needs_the_present_version_and_tells_only_what_changed(leads):
    lead = leads.open_lead(data={"last_name": "鈴木", "address": "suzuki@example.jp"})
    warm = leads.update_lead(id=lead["id"], data={"status": "Warm"}, version=1)
    same = leads.update_lead(id=lead["id"], data={"status": "Warm"}, version=2)
    assert (warm["status"], warm["version"], same["version"]) == ("Warm", 2, 2)
    with pytest.raises(PreconditionFailed):
        leads.update_lead(id=lead["id"], data={"status": "Hot"}, version=1)
    assert told(leads) == ["lead.opened.v1", "lead.updated.v1"]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"status": "Boiling"}, "status"),
        ({"last_name": ""}, "last_name"),
        ({"colour": "red"}, "colour"),
        ({"address": "not an address"}, "address"),
        ({"description": "a\x00b"}, "description"),
    ],
)
def test_a_field_that_cannot_be_is_named(leads, data, field):
    lead = leads.open_lead(data={"last_name": "鈴木"})
    with pytest.raises(Invalid) as refusal:
        leads.update_lead(id=lead["id"], data=data, version=1)
    assert list(refusal.value.fields) == [field]


@pytest.mark.parametrize("id", [new_id(), "17", "'; --", None])
def test_a_lead_that_is_not_there_is_not_found(leads, id):
    with pytest.raises(NotFound):
        leads.lead(id=id)


def test_leads_are_listed_newest_first_page_by_page_and_searched_in_any_width_and_case(leads):
    for name in ("田中", "ＡＢＣ商会", "Smith"):
        leads.open_lead(data={"last_name": name})
    page = leads.leads(limit=2)
    assert [lead["number"] for lead in page["items"]] == ["LEA3", "LEA2"]
    assert [lead["number"] for lead in leads.leads(limit=2, cursor=page["next"])["items"]] == ["LEA1"]
    assert [lead["last_name"] for lead in leads.leads(query="abc")["items"]] == ["ＡＢＣ商会"]
    assert leads.leads(query="100%\x00")["items"] == []
    with pytest.raises(Invalid, match="no such status"):
        leads.leads(status="Boiling")
    assert [lead["last_name"] for lead in leads.leads(status="Not Contacted", query="SMITH")["items"]] == ["Smith"]
